import type { ShinglePolicy } from '../domain/shingle.js';
import { createHashIndex } from '../text/hash-index.js';
import type { Kernel } from '../text/kernel.js';
import { normalise } from '../text/normalise.js';
import type { Shingles, Shingler } from '../text/shingler.js';
import { hashText } from '../text/text-hash.js';
import { type BandLane, createBandLane } from './band-lane.js';
import { chooseBands } from './bands.js';
import { growingNumbers } from './growing-numbers.js';
import { SHORT_TEXT_SHINGLE, SHORT_TEXT_WORDS } from './near-index.js';
import { createOverlap } from './overlap.js';

/** What decides which prompts are near. */
export interface SearchPolicy {
  readonly shingle: ShinglePolicy;
  /** Exact Jaccard from which two prompts are near, above 0, at most 1. */
  readonly threshold: number;
}

/** Texts in UTF-8 under numbers from 0 on, for the comparisons that come after all were added. */
export interface PromptStore {
  add(utf8: Uint8Array): void;
  /** May share memory with the next one. */
  at(number: number): Uint8Array;
}

export interface NearRow {
  readonly kept: number;
  readonly similarity: number;
}

/** Rows whose prompts are looked at for near ones: sketches in memory, texts in the store. */
export interface NearRows {
  /** Adds a prompt that the shingler has just read, under the next number. */
  add(words: number): void;
  /** Whether nothing of a prompt can be compared: it is empty after normalisation. */
  isEmpty(row: number): boolean;
  /** Ends adding. */
  seal(): void;
  /** Lets a row be found from now on. */
  keep(row: number): void;
  /** The nearest kept row that `accepts` takes; of equally near ones the first that was kept. */
  nearest(row: number, accepts: (kept: number) => boolean): NearRow | null;
}

const SEED = 1;
const SHORT = 1;
const EMPTY = 2;
/** Has no shingles at all: equal after normalisation or not alike. */
const BARE = 4;

/**
 * Prompts are compared as by `createNearIndex`: by the policy's shingles, or, where that unit is words and one of
 * the two has fewer than twelve, by runs of five characters; where even those are missing, by equality. Every
 * candidate is compared exactly, on its text.
 */
export function createNearRows(
  policy: SearchPolicy,
  kernel: Kernel | null,
  shingler: Shingler,
  prompts: PromptStore,
): NearRows {
  const bands = chooseBands(policy.threshold);
  const main = createBandLane(bands, kernel, SEED);
  const short = createBandLane(bands, kernel, SEED);
  const flags = growingNumbers();
  const keptOrder = new Map<number, number>();
  const bare = createHashIndex();
  const own = createOverlap();
  const other = createOverlap();
  const { unit, size } = policy.shingle;
  const shortBelow = unit === 'chars' ? 0 : Math.max(SHORT_TEXT_WORDS, size);
  // A text of twice as many words as the threshold allows can't be near a short one.
  const partnerBelow = Math.ceil(shortBelow / policy.threshold) * 2;

  function shinglesFor(lane: BandLane): Shingles {
    if (lane === short) return shingler.characters(SHORT_TEXT_SHINGLE.size);
    return unit === 'chars' ? shingler.characters(size) : shingler.words(size);
  }

  function has(row: number, flag: number): boolean {
    return (flags.at(row) & flag) !== 0;
  }

  function readAgain(row: number, lane: BandLane): Shingles {
    shingler.readUtf8(prompts.at(row));
    return shinglesFor(lane);
  }

  function textOf(row: number): string {
    return normalise(new TextDecoder().decode(prompts.at(row))).text;
  }

  function similarityTo(kept: number, lane: BandLane): number {
    const shingles = readAgain(kept, lane);
    const isSet = other.load(shingles) === shingles.count;
    return own.jaccard(isSet ? shingles : other.loaded());
  }

  function isNearer(a: NearRow, b: NearRow): boolean {
    if (a.similarity !== b.similarity) return a.similarity > b.similarity;
    return (keptOrder.get(a.kept) ?? 0) < (keptOrder.get(b.kept) ?? 0);
  }

  function nearestIn(
    lane: BandLane,
    row: number,
    accepts: (kept: number) => boolean,
  ): NearRow | null {
    let best: NearRow | null = null;
    let isLoaded = false;
    for (const kept of lane.candidates(row)) {
      const isShortPair = has(row, SHORT) || has(kept, SHORT);
      if (isShortPair !== (lane === short) || !accepts(kept)) continue;
      if (!isLoaded) own.load(readAgain(row, lane));
      isLoaded = true;
      const found = { kept, similarity: similarityTo(kept, lane) };
      if (found.similarity < policy.threshold) continue;
      if (best === null || isNearer(found, best)) best = found;
    }
    return best;
  }

  return {
    add(words) {
      const row = flags.size;
      const isShort = words < shortBelow;
      let shingles = isShort ? 0 : main.add(row, shinglesFor(main));
      if (words < partnerBelow) shingles += short.add(row, shinglesFor(short));
      let flag = isShort ? SHORT : 0;
      if (shingles === 0) flag |= shingler.normalised() === '' ? EMPTY : BARE;
      flags.push(flag);
    },
    isEmpty: (row) => has(row, EMPTY),
    seal() {
      main.seal();
      short.seal();
    },
    keep(row) {
      keptOrder.set(row, keptOrder.size);
      main.keep(row);
      short.keep(row);
      if (has(row, BARE)) bare.set(hashText(textOf(row)), row);
    },
    nearest(row, accepts) {
      if (has(row, BARE)) {
        const kept = bare.get(hashText(textOf(row)));
        return kept !== -1 && accepts(kept) ? { kept, similarity: 1 } : null;
      }
      const [one, two] = [nearestIn(main, row, accepts), nearestIn(short, row, accepts)];
      if (one === null || two === null) return one ?? two;
      return isNearer(one, two) ? one : two;
    },
  };
}
