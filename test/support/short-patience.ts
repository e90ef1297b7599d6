import type { Patience } from '../../src/storage/s3-patience.js';
import { createRandom } from './random.js';

/**
 * For a server on this machine that fails on purpose: many attempts with short waits, drawn from a seed. `timeoutMs` is
 * what a request that is never answered costs a test.
 */
export function shortPatience(seed: number, timeoutMs: number): Patience {
  const random = createRandom(seed);
  return { attempts: 14, firstWaitMs: 2, longestWaitMs: 50, timeoutMs, random };
}
