import type { LaunchClock } from '../../src/providers/launch.js';

/** The machine's clock. */
export const realClock: LaunchClock = {
  now: Date.now,
  sleep: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
  random: Math.random,
};

/** A clock that moves when somebody sleeps, or is told to. */
export interface ManualClock extends LaunchClock {
  advance(ms: number): void;
  /** How long was slept in all. */
  readonly slept: () => number;
}

/** Time begins on 2026-11-26 at noon and passes only in sleeps; `random` is always a half. */
export function createManualClock(): ManualClock {
  let now = Date.parse('2026-11-26T12:00:00.000Z');
  let slept = 0;
  return {
    now: () => now,
    sleep: async (ms) => {
      now += ms;
      slept += ms;
    },
    random: () => 0.5,
    advance: (ms) => void (now += ms),
    slept: () => slept,
  };
}
