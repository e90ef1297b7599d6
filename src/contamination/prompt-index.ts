import { NONE, bandKeys, createBandChains } from '../dedup/band-chains.js';
import { chooseBands } from '../dedup/bands.js';
import { createSketcher } from '../dedup/sketch.js';
import type { ShinglePolicy } from '../domain/shingle.js';
import { joinLanes } from '../text/hash.js';
import type { Kernel } from '../text/kernel.js';
import { type Shingler, type Shingles, createShingler } from '../text/shingler.js';
import { type ShingleSet, jaccardFrom } from '../text/shingles.js';
import { once } from './once.js';
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
  readonly set: () => ShingleSet;
}

/** All sets are in one list. */
const LIST = 0;
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
  const chains = createBandChains(bands, texts.length);
  const sets: IndexedSet[] = [];
  let leastSize = Infinity;
  // A run of three words or more that both have begins with three that both have.
  const isCountedByRuns = shingle.unit === 'words' && shingle.size >= 3;
  const shinglesOf = (from: Shingler): Shingles =>
    shingle.unit === 'words' ? from.words(shingle.size) : from.characters(shingle.size);
  const plainShingler = createShingler(null);
  texts.forEach((raw, number) => {
    if (shingler.read(raw) < SHORT_SAMPLE_WORDS) return;
    const shingles = shinglesOf(shingler);
    if (shingles.count === 0) return;
    sets.push({
      number,
      set: once(() => {
        plainShingler.read(raw);
        return setOf(shinglesOf(plainShingler));
      }),
    });
    chains.add(sets.length - 1, bandKeys(sketcher.sketch(shingles), bands), LIST);
    // Never more than the set has.
    leastSize = Math.min(leastSize, new Set(shingles.lows.subarray(0, shingles.count)).size);
  });
  /** Entries of the sets that share a band with a sketch, ascending, each once. */
  function sharing(sketch: Uint32Array): readonly number[] {
    const found = new Set<number>();
    for (const chain of chains.chains(bandKeys(sketch, bands), LIST)) {
      for (; chain.document() !== NONE; chain.advance()) found.add(chain.document());
    }
    return [...found].sort((a, b) => a - b);
  }

  return {
    near(shared) {
      // |A ∩ B| >= |A ∪ B| / 2 >= |B| / 2.
      const isFar = isCountedByRuns && shared < leastSize * CANDIDATE_THRESHOLD;
      if (isFar || sets.length === 0) return [];
      const shingles = shinglesOf(shingler);
      const entries = shingles.count === 0 ? [] : sharing(sketcher.sketch(shingles));
      if (entries.length === 0) return [];
      const set = setOf(shingles);
      return entries.flatMap((entry) => {
        const indexed = sets[entry];
        if (indexed === undefined) return [];
        return jaccardFrom(set, indexed.set(), CANDIDATE_THRESHOLD) > 0 ? [indexed.number] : [];
      });
    },
  };
}

function setOf({ count, lows, highs }: Shingles): ShingleSet {
  const hashes = new Float64Array(count);
  for (let index = 0; index < count; index += 1) {
    hashes[index] = joinLanes(highs[index] ?? 0, lows[index] ?? 0);
  }
  hashes.sort();
  return hashes.filter((hash, index) => hash !== hashes[index - 1]);
}
