import { readFileSync } from 'node:fs';
import { type NearPair, nearPairsOf } from './near-truth.js';

/** What removing documents was worth, by the exact Jaccard of all pairs. */
export interface NearAccuracy {
  /** Share of the pairs at 0.7, 0.8 and 0.9 of which at least one document was removed. */
  readonly recall: Readonly<Record<'0.7' | '0.8' | '0.9', number>>;
  /** Share of the removed documents that have a relative at 0.7. */
  readonly precision: number;
  readonly removed: number;
}

/** All pairs of the texts of a corpus with a Jaccard of at least 0.5. */
export function truthOf(corpus: string): readonly NearPair[] {
  const texts = jsonLines<{ readonly text: string }>(corpus).map(({ text }) => text);
  return nearPairsOf(texts, 0.5);
}

export function accuracyOf(pairs: readonly NearPair[], removed: ReadonlySet<number>): NearAccuracy {
  const at = (threshold: number): number => {
    const near = pairs.filter(({ jaccard }) => jaccard >= threshold);
    const found = near.filter(({ a, b }) => removed.has(a) || removed.has(b));
    return found.length / near.length;
  };
  const near = pairs.filter(({ jaccard }) => jaccard >= 0.7);
  const rightly = new Set(near.flatMap(({ a, b }) => [a, b]));
  const right = [...removed].filter((index) => rightly.has(index)).length;
  return {
    recall: { '0.7': at(0.7), '0.8': at(0.8), '0.9': at(0.9) },
    precision: right / removed.size,
    removed: removed.size,
  };
}

/** The rows of a file of JSON Lines. */
export function jsonLines<Row>(path: string): Row[] {
  return readFileSync(path, 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Row);
}
