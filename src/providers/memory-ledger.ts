import type { JobLedger } from '../domain/fine-tuning.js';
import { standingOf, type JobEvent } from '../domain/job-machine.js';

/** A ledger for as long as the process lives: for jobs that cost nothing, and for tests. */
export function createMemoryLedger(): JobLedger {
  const events: JobEvent[] = [];
  return {
    read: () => Promise.resolve([...events]),
    append: (event, known) => {
      if (events.length !== known) return Promise.resolve(false);
      standingOf([...events, event]);
      events.push(event);
      return Promise.resolve(true);
    },
  };
}
