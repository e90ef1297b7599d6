import { binomialMass } from './binomial-sums.js';
import type { ClusterSum } from './clusters.js';
import { ENUMERATED_CLUSTERS, flipSigns, signFlipP } from './sign-flip.js';

/** Shares of clusters that differ for which the error is looked at: 0, 1/400, … 1. */
const SHARES = 400;

/**
 * Whether the sign-flip test tells the candidate from the champion though few clusters differ.
 *
 * Where only k of G clusters differ, there are 2^k choices of signs, and a test that rejects ⌊alpha · 2^k⌋ of them errs
 * in far less than alpha: none of 16, one of 32 (3.1 %), three of 64 (4.7 %). But k is chance, too: if clusters are
 * drawn, each differs with the same probability π, whatever its size, and only the error over all k has to be
 * at most alpha, Σ_k Bin(k; G, π) c_k / 2^k ≤ alpha for every π (Boschloo 1970, for Fisher's exact test). So from the
 * fewest on, c_k becomes ⌊alpha · 2^k + 1/2⌋, what mid-p would reject, wherever that sum allows it: one of 16, two of 32.
 * G = 10 at 0.05 rejects 1, 2, 3, 6, 12, 26 and 51 choices for k = 4 to 10; five clusters that always differ, 1.
 */
export function fewSignsTell(clusters: readonly ClusterSum[], alpha: number): boolean {
  const differing = clusters.filter(({ sum }) => sum !== 0);
  const count = differing.length;
  if (count === 0 || count > ENUMERATED_CLUSTERS) return false;
  const hits = Math.round(signFlipP(flipSigns(differing), 0) * 2 ** count);
  if (hits <= exactHits(count, alpha)) return true;
  return hits <= midHits(count, alpha) && hits <= rejectedHits(clusters.length, count, alpha);
}

/** How many of the 2^`differing` choices of signs are rejected where so many of `clusterCount` clusters differ. */
export function rejectedHits(clusterCount: number, differing: number, alpha: number): number {
  const rejected = Array.from({ length: clusterCount + 1 }, (_, k) =>
    shareOf(exactHits(k, alpha), k, alpha),
  );
  for (let k = 0; k <= differing; k += 1) {
    const exact = rejected[k] ?? 0;
    rejected[k] = shareOf(midHits(k, alpha), k, alpha);
    if (largestError(rejected) > alpha + 1e-9) rejected[k] = exact;
  }
  return Math.round((rejected[differing] ?? 0) * 2 ** differing);
}

/** The largest error over all shares of clusters that differ. */
function largestError(rejected: readonly number[]): number {
  let largest = 0;
  for (let step = 0; step <= SHARES; step += 1) {
    let error = 0;
    rejected.forEach((share, k) => {
      error += share * binomialMass(k, rejected.length - 1, step / SHARES);
    });
    largest = Math.max(largest, error);
  }
  return largest;
}

function exactHits(differing: number, alpha: number): number {
  return Math.floor(alpha * 2 ** differing + 1e-9);
}

function midHits(differing: number, alpha: number): number {
  return Math.floor(alpha * 2 ** differing + 0.5 + 1e-9);
}

/** Above so many clusters one choice more or less makes no difference, and 2^k is no number any more. */
const MANY_CLUSTERS = 50;

function shareOf(hits: number, differing: number, alpha: number): number {
  return differing > MANY_CLUSTERS ? alpha : hits / 2 ** differing;
}
