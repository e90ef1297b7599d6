import type { JobLedger } from '../src/domain/fine-tuning.js';
import { standingOf } from '../src/domain/job-machine.js';
import type { JobHandle, ParkedJob } from '../src/domain/job.js';
import { record } from '../src/providers/launch.js';

/** What waiting for a job ends with where a person has to see to something first. */
interface Parked {
  readonly kind: 'parked';
  readonly parked: ParkedJob;
}

/** Written down as what it is, paid and neither failed nor of use yet, so that no run asks for another job unasked. */
export async function parkedUnnamed(
  ledger: JobLedger,
  { provider, runKey, jobId }: JobHandle,
  message: string,
): Promise<Parked> {
  const { attempts: attempt } = standingOf(await ledger.read());
  const why = { reason: 'unnamed', attempt, candidates: [jobId], message } as const;
  await record(ledger, { kind: 'parked', ...why });
  return { kind: 'parked', parked: { runKey, provider, ...why } };
}

/** Parks a run whose provider wants its bill paid first; nothing is written of it, since the job is as it was. */
export async function parkedForMoney(
  ledger: JobLedger,
  { provider, runKey }: JobHandle,
  message: string,
): Promise<Parked> {
  const { attempts: attempt } = standingOf(await ledger.read());
  const parked = { runKey, provider, reason: 'money', attempt, candidates: [], message } as const;
  return { kind: 'parked', parked };
}
