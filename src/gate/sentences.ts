import type { Comparison } from '../domain/gate.js';

/** A difference in points with its sign: `points(0.087)` is `+8.7`, `points(-0.004)` is `-0.4`. */
export function points(difference: number): string {
  const value = (difference * 100).toFixed(1);
  if (Number(value) === 0) return '0.0';
  return difference > 0 ? `+${value}` : value;
}

/** The size of a difference in points, without its sign: `distance(-0.004)` is `0.4`. */
export function distance(difference: number): string {
  return points(Math.abs(difference)).replace('+', '');
}

/**
 * What was measured, as a sentence without its full stop: `The candidate is 8.7 points better on
 * frozen:mail (clean, n = 627, one-sided 95 % bounds +5.9 and +11.5)`. Clusters are named where they are
 * fewer than the samples.
 */
export function measured(suite: string, comparison: Comparison): string {
  return measuredAgainst('on', suite, comparison);
}

/** The same against another than the champion: `… 8.7 points better than the anchor on frozen:mail (…)`. */
export function measuredAgainst(link: string, suite: string, comparison: Comparison): string {
  const { difference, count, clusterCount, confidence, lower, upper } = comparison;
  const size = clusterCount === count ? `n = ${count}` : `n = ${count} in ${clusterCount} clusters`;
  const level = `${Number((confidence * 100).toFixed(1))} %`;
  const bounds = `one-sided ${level} bounds ${points(lower)} and ${points(upper)}`;
  return `The candidate is ${standing(difference)} ${link} ${suite} (clean, ${size}, ${bounds}${byMethod(comparison)})`;
}

function standing(difference: number): string {
  if (distance(difference) === '0.0') return 'neither better nor worse';
  return `${distance(difference)} points ${difference > 0 ? 'better' : 'worse'}`;
}

function byMethod(comparison: Comparison): string {
  const counted = countedText(comparison);
  return comparison.method === 'permutation' ? `, by permutation${counted}` : counted;
}

/** What the lower of two bounds counts that was not seen, to follow them; nothing by default. */
export function countedText({ unseen }: Comparison): string {
  return unseen === 'lost' ? ', the lower one counting a cluster that is lost as a whole' : '';
}
