import type { LaunchClock } from '../../../src/providers/launch.js';

/** How many seconds pass on the fast clock in one of the machine's. */
export const FAST = 50;

/** A clock that every process of the machine reads alike, and that waits for no one: 20 s pass in 0.4 s. */
export const fastClock: LaunchClock = {
  now: () => Date.now() * FAST - (FAST - 1) * Date.parse('2026-11-26T00:00:00.000Z'),
  sleep: (ms) => new Promise((resolve) => setTimeout(resolve, ms / FAST)),
  random: Math.random,
};
