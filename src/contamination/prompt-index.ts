import { createBandTable } from '../dedup/band-table.js';
import { chooseBands } from '../dedup/bands.js';
import { type ShingleLanes, createOverlap } from '../dedup/overlap.js';
import { createSketcher } from '../dedup/sketch.js';
import type { ShinglePolicy } from '../domain/shingle.js';
import type { Kernel } from '../text/kernel.js';
import type { Shingler, Shingles } from '../text/shingler.js';
import { CANDIDATE_THRESHOLD, SHORT_SAMPLE_WORDS } from './policy.js';

/** Finds indexed texts that are near to a whole text. */
export interface PromptIndex {
  /**
   * Numbers of the texts whose Jaccard with the text that the shingler read last is at least one half, ascending.
   * `shared` is how many different runs of three words any one indexed text has in common with it, at most.
   */
  near(shared: number): readonly number[];
}

interface IndexedSet {
  readonly number: number;
  readonly set: ShingleLanes;
}

/** Decides which pairs MinHash looks at, never what they are. */
const SEED = 1;

/** Candidates come from MinHash bands of a recall of 0.99; exact Jaccard decides. */
export function createPromptIndex(
  texts: readonly string[],
  shingle: ShinglePolicy,
  shingler: Shingler,
  kernel: Kernel | null,
): PromptIndex {
  const bands = chooseBands(CANDIDATE_THRESHOLD);
  const sketcher = createSketcher(kernel, SEED, bands.bandCount * bands.rowCount);
  const table = createBandTable(bands);
  const overlap = createOverlap();
  const sets: IndexedSet[] = [];
  const sizes = { least: Infinity, most: 0 };
  // A run of three words or more that both have begins with three that both have.
  const isCountedByRuns = shingle.unit === 'words' && shingle.size >= 3;
  const shinglesOf = (): Shingles =>
    shingle.unit === 'words' ? shingler.words(shingle.size) : shingler.characters(shingle.size);
  texts.forEach((raw, number) => {
    if (shingler.read(raw) < SHORT_SAMPLE_WORDS) return;
    const shingles = shinglesOf();
    const size = overlap.load(shingles);
    if (size === 0) return;
    sets.push({ number, set: overlap.loaded() });
    table.add(sketcher.sketch(shingles));
    sizes.least = Math.min(sizes.least, size);
    sizes.most = Math.max(sizes.most, size);
  });
  /** Of A and B with J >= 1/2: |A| <= 2 |B|, and |A ∩ B| >= (|A| + |B|) / 3, so |A| <= 3 |A ∩ B| - |B|. */
  const largest = (shared: number): number => {
    const byOverlap = isCountedByRuns ? 3 * shared - sizes.least : Infinity;
    return Math.min(sizes.most / CANDIDATE_THRESHOLD, byOverlap);
  };
  return {
    near(shared) {
      if (sets.length === 0 || largest(shared) < sizes.least * CANDIDATE_THRESHOLD) return [];
      const shingles = shinglesOf();
      const size = overlap.load(shingles, largest(shared));
      if (size < sizes.least * CANDIDATE_THRESHOLD || size > largest(shared)) return [];
      return table.candidates(sketcher.sketch(shingles)).flatMap((entry) => {
        const indexed = sets[entry];
        if (indexed === undefined) return [];
        return overlap.jaccard(indexed.set) >= CANDIDATE_THRESHOLD ? [indexed.number] : [];
      });
    },
  };
}
