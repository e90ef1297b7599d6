import type { ShinglePolicy } from '../domain/shingle.js';
import { HIGH_SEED, LOW_SEED, hashRun, joinLanes, stepHigh, stepLow } from './hash.js';
import { normalise } from './normalise.js';
import { type Words, wordsOf } from './words.js';

/** A set of shingles: 53-bit hashes, ascending, each once. Empty where the text is too short for one. */
export type ShingleSet = Float64Array;

/** The shingle set of a raw text under a policy. Character shingles are taken of the normalised text. */
export function shinglesOf(raw: string, policy: ShinglePolicy): ShingleSet {
  return policy.unit === 'words'
    ? wordShingles(wordsOf(raw), policy.size)
    : charShingles(normalise(raw).text, policy.size);
}

/** Runs of `size` words, by their keys. */
export function wordShingles(words: Words, size: number): ShingleSet {
  const count = words.count - size + 1;
  if (count <= 0) return new Float64Array(0);
  const hashes = new Float64Array(count);
  for (let start = 0; start < count; start += 1) hashes[start] = hashRun(words.keys, start, size);
  return sortedUnique(hashes);
}

/** Runs of `size` UTF-16 units of a text that is normalised already, spaces included. */
export function charShingles(normalised: string, size: number): ShingleSet {
  const count = normalised.length - size + 1;
  if (count <= 0) return new Float64Array(0);
  const hashes = new Float64Array(count);
  for (let start = 0; start < count; start += 1) {
    let low = LOW_SEED;
    let high = HIGH_SEED;
    for (let index = start; index < start + size; index += 1) {
      low = stepLow(low, normalised.charCodeAt(index));
      high = stepHigh(high, normalised.charCodeAt(index));
    }
    hashes[start] = joinLanes(high, low);
  }
  return sortedUnique(hashes);
}

function sortedUnique(hashes: Float64Array): ShingleSet {
  hashes.sort();
  let kept = 0;
  for (let index = 0; index < hashes.length; index += 1) {
    if (index > 0 && hashes[index] === hashes[index - 1]) continue;
    hashes[kept] = hashes[index] ?? 0;
    kept += 1;
  }
  return hashes.slice(0, kept);
}

/** `|a ∩ b| / |a ∪ b|`, exactly; 0 where either is empty. */
export function jaccard(a: ShingleSet, b: ShingleSet): number {
  if (a.length === 0 || b.length === 0) return 0;
  const common = intersectionSize(a, b);
  return common / (a.length + b.length - common);
}

/**
 * The exact Jaccard where it is at least `threshold`, else 0. Stops as soon as the threshold is out of
 * reach: `|a ∩ b|` must be at least `t/(1+t) · (|a| + |b|)`.
 */
export function jaccardFrom(a: ShingleSet, b: ShingleSet, threshold: number): number {
  const [small, large] = a.length < b.length ? [a, b] : [b, a];
  if (small.length === 0 || small.length < threshold * large.length) return 0;
  const found = jaccard(small, large);
  return found >= threshold ? found : 0;
}

/** How many hashes two sets share. */
export function intersectionSize(a: ShingleSet, b: ShingleSet): number {
  let left = 0;
  let right = 0;
  let common = 0;
  while (left < a.length && right < b.length) {
    const difference = (a[left] ?? 0) - (b[right] ?? 0);
    if (difference === 0) common += 1;
    if (difference <= 0) left += 1;
    if (difference >= 0) right += 1;
  }
  return common;
}
