import { incompleteBeta } from './distributions.js';

/** P(X ≥ `least`) of X ~ Bin(`count`, `share`). */
export function binomialTail(least: number, count: number, share: number): number {
  if (least <= 0) return 1;
  if (least > count) return 0;
  return incompleteBeta(share, least, count - least + 1);
}

/** One-sided bounds of a share at 1 − alpha each. */
export interface ShareBounds {
  readonly lower: number;
  readonly upper: number;
}

/**
 * Clopper and Pearson's exact bounds of a share (1934), each one-sided at 1 − `alpha`: 0 of 300 at 0.05 give
 * an upper bound of 0.0099. With clusters, `hits` and `count` are effective numbers and need not be whole
 * (Korn and Graubard 1998).
 */
export function clopperPearson(hits: number, count: number, alpha: number): ShareBounds {
  return {
    lower: hits <= 0 ? 0 : betaQuantile(alpha, hits, count - hits + 1),
    upper: hits >= count ? 1 : betaQuantile(1 - alpha, hits + 1, count - hits),
  };
}

/** The x with I_x(a, b) = `probability`, by bisection. */
function betaQuantile(probability: number, a: number, b: number): number {
  let low = 0;
  let high = 1;
  for (let i = 0; i < 100 && high - low > Number.EPSILON * high; i += 1) {
    const middle = (low + high) / 2;
    if (incompleteBeta(middle, a, b) < probability) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}

/** Exact one-sided McNemar: P(X ≥ wins) of Bin(wins + losses, 1/2); 1 without discordant pairs. */
export function oneSidedMcNemar(wins: number, losses: number): number {
  return binomialTail(wins, wins + losses, 0.5);
}
