import type { LaunchClock } from '../../src/providers/launch.js';
import { createRandom } from './random.js';

/** A clock on which time passes only when nobody has anything to do before the next sleeper wakes. */
export interface VirtualClock extends LaunchClock {
  /** Lets time pass until `work` is done, and gives what it came to. @throws where it waits for nothing on this clock */
  run<T>(work: Promise<T>): Promise<T>;
}

interface Sleeper {
  readonly atMs: number;
  readonly wake: () => void;
}

/** Begins at 0; chance comes from a seed. */
export function createVirtualClock(seed = 1): VirtualClock {
  let now = 0;
  const sleepers: Sleeper[] = [];

  function sleep(ms: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const sleeper = { atMs: now + ms, wake: resolve };
      sleepers.push(sleeper);
      signal?.addEventListener('abort', () => {
        const at = sleepers.indexOf(sleeper);
        if (at >= 0) sleepers.splice(at, 1);
        reject(signal.reason as Error);
      });
    });
  }

  async function run<T>(work: Promise<T>): Promise<T> {
    let isDone = false;
    const settle = (): void => void (isDone = true);
    work.then(settle, settle);
    for (;;) {
      await new Promise((resolve) => setImmediate(resolve));
      if (isDone) return work;
      const next = sleepers.reduce<Sleeper | null>(
        (first, one) => (first === null || one.atMs < first.atMs ? one : first),
        null,
      );
      if (next === null) throw new Error(`nobody sleeps at ${now} ms, and the work is not done`);
      sleepers.splice(sleepers.indexOf(next), 1);
      now = next.atMs;
      next.wake();
    }
  }

  return { now: () => now, sleep, random: createRandom(seed), run };
}
