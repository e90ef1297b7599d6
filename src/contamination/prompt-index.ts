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
   * `known` is how many runs of three words of it stand in any indexed text.
   */
  near(wordCount: number, known: number): readonly number[];
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
  return {
    near(wordCount, known) {
      // Of an indexed set that is near at least half is in the text, and every run of words begins with one of three.
      const isUnknown = shingle.unit === 'words' && shingle.size >= 3;
      if (isUnknown && known < sizes.least * CANDIDATE_THRESHOLD) return [];
      if (wordCount < 1 || sets.length === 0) return [];
      const shingles = shinglesOf();
      const size = overlap.load(shingles);
      if (size < sizes.least * CANDIDATE_THRESHOLD || size > sizes.most / CANDIDATE_THRESHOLD) {
        return [];
      }
      return table.candidates(sketcher.sketch(shingles)).flatMap((entry) => {
        const indexed = sets[entry];
        if (indexed === undefined) return [];
        return overlap.jaccard(indexed.set) >= CANDIDATE_THRESHOLD ? [indexed.number] : [];
      });
    },
  };
}
