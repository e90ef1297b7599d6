import type { GateCheck, SuiteResult } from '../domain/gate.js';
import { grouped } from './outlook.js';

/** Below this share of pairs with one answer in both orders a judge says more of the order than of the answers. */
const LEAST_CONSISTENCY = 0.5;

/**
 * What a judge's verdicts are worth: in how many of the pairs that it was asked about it said the same in both orders.
 * Those that it said otherwise about are ties, so that a biased judge promotes nobody, and holds nobody.
 */
export function judgeCheck({ suite, judged }: SuiteResult): readonly GateCheck[] {
  if (judged === undefined) return [];
  const { pairs, equal, consistent, inconsistent, abstained, tookFirst } = judged;
  const asked = pairs - equal;
  const name = `judge on ${suite}`;
  const what = `The judge was asked about ${grouped(asked)} of ${grouped(pairs)} pairs of answers on ${suite}, in both orders`;
  const same = equal === 0 ? '' : `; ${grouped(equal)} were equal`;
  const without = abstained === 0 ? '' : `, and abstained on ${grouped(abstained)}`;
  const told = consistent + inconsistent;
  if (told === 0) return [{ name, outcome: 'pass', reason: `${what}${same}${without}` }];
  const share = (amount: number, of: number): string => `${((amount / of) * 100).toFixed(0)} %`;
  const reason =
    `${what}${same}: it said the same in both orders of ${grouped(consistent)} (${share(consistent, told)})` +
    `${without}; ${share(tookFirst, 2 * asked)} of its replies took the first answer`;
  const isBiased = consistent < LEAST_CONSISTENCY * told;
  return [{ name, outcome: isBiased ? 'warn' : 'pass', reason }];
}
