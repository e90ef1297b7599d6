import type { ShinglePolicy } from '../domain/shingle.js';
import type { Hash53 } from '../text/hash.js';
import { highLane, joinLanes, lowLane } from '../text/hash.js';
import type { Kernel } from '../text/kernel.js';
import type { Shingler, Shingles } from '../text/shingler.js';
import { createBandKeys } from './band-keys.js';
import { type Bands, chooseBands } from './bands.js';
import { type Growing, growingBytes, growingIntegers, growingNumbers } from './growing-numbers.js';
import { SHORT_TEXT_SHINGLE, SHORT_TEXT_WORDS } from './prompt-lanes.js';
import { createSketcher } from './sketch.js';

/** What decides which prompts are near. */
export interface SearchPolicy {
  readonly shingle: ShinglePolicy;
  /** Exact Jaccard from which two prompts are near, above 0, at most 1. */
  readonly threshold: number;
}

/** What is said of prompts in `RowColumns.flags`. */
export const ROW_FLAGS = {
  /** Compared by the shingles of short texts. */
  short: 1,
  /** Nothing of it can be compared: it is empty after normalisation. */
  empty: 2,
  /** Has no shingles at all: equal after normalisation or not alike. */
  bare: 4,
} as const;

/** Stands in `RowColumns.asked` where the row has no answer that could differ from another's. */
export const NOT_ASKED = -1;

/** Sketches of one kind of shingle, and the rows that they were made of, which need not be all. */
export interface LaneColumns {
  /** By sketch, ascending. */
  readonly rows: Uint32Array;
  /** As `BandKeys` has them. */
  readonly chunks: readonly Uint32Array[];
}

/** What the search keeps of rows: one number for each in every array, so that threads can hand them on. */
export interface RowColumns {
  readonly flags: Uint8Array;
  /** Hashes that are equal for exact duplicates only. */
  readonly contents: Float64Array;
  /** Hashes of what two rows must have in common to be duplicates. */
  readonly answers: Float64Array;
  /** A hash of the prompt's words, or `NOT_ASKED`. */
  readonly asked: Float64Array;
  readonly main: LaneColumns;
  readonly short: LaneColumns;
}

/** A row whose prompt the shingler has just read. */
export interface RowHashes {
  readonly words: number;
  readonly content: Hash53;
  readonly answer: Hash53;
  readonly isAnswered: boolean;
  /** A hash of the options that are asked about, or 0: the same prompt with others is another question. */
  readonly choices: Hash53;
}

/** Rows as they are added: hashes and keys of bands. */
export interface RowSketches {
  /** Adds a row under the next number, from 0 on. */
  add(row: RowHashes): void;
  /** What was added; begins with number 0 again. */
  taken(): RowColumns;
}

const SEED = 1;

/** How prompts are cut, and which are short: the same for sketches and for exact comparison. */
export interface Cutting {
  readonly bands: Bands;
  /** Prompts of fewer words are short. */
  readonly shortBelow: number;
  /** Prompts of fewer words can be near a short one. */
  readonly partnerBelow: number;
  readonly main: (shingler: Shingler) => Shingles;
  readonly short: (shingler: Shingler) => Shingles;
}

/**
 * By the policy's shingles, or, where that unit is words and one of two prompts has fewer than twelve, by runs
 * of five characters.
 */
export function cuttingOf({ shingle: { unit, size }, threshold }: SearchPolicy): Cutting {
  const shortBelow = unit === 'chars' ? 0 : Math.max(SHORT_TEXT_WORDS, size);
  return {
    bands: chooseBands(threshold),
    shortBelow,
    // A text of twice as many words as the threshold allows can't be near a short one.
    partnerBelow: Math.ceil(shortBelow / threshold) * 2,
    main: (shingler) => (unit === 'chars' ? shingler.characters(size) : shingler.words(size)),
    short: (shingler) => shingler.characters(SHORT_TEXT_SHINGLE.size),
  };
}

export function createRowSketches(
  policy: SearchPolicy,
  kernel: Kernel | null,
  shingler: Shingler,
): RowSketches {
  const cutting = cuttingOf(policy);
  const main = createLane(cutting.bands, kernel);
  const short = createLane(cutting.bands, kernel);
  const flags = growingBytes();
  const contents = growingNumbers();
  const answers = growingNumbers();
  const asked = growingNumbers();

  function sketch(words: number, salt: number): number {
    const row = flags.size;
    const isShort = words < cutting.shortBelow;
    let shingles = isShort ? 0 : main.add(row, cutting.main(shingler), salt);
    if (words < cutting.partnerBelow) shingles += short.add(row, cutting.short(shingler), salt);
    const flag = isShort ? ROW_FLAGS.short : 0;
    if (shingles > 0) return flag;
    return flag | (shingler.normalised() === '' ? ROW_FLAGS.empty : ROW_FLAGS.bare);
  }

  return {
    add({ words, content, answer, isAnswered, choices }) {
      // Rows of other answers are kept out of each other's way before anything is compared.
      flags.push(sketch(words, lowLane(answer) ^ highLane(answer)));
      contents.push(content);
      answers.push(answer);
      asked.push(isAnswered && words > 0 ? promptHash(shingler, words, choices) : NOT_ASKED);
    },
    taken: () => ({
      flags: flags.taken(),
      contents: contents.taken(),
      answers: answers.taken(),
      asked: asked.taken(),
      main: main.taken(),
      short: short.taken(),
    }),
  };
}

/** All words of a prompt as one run, and its options. */
function promptHash(shingler: Shingler, words: number, choices: Hash53): Hash53 {
  const { lows, highs } = shingler.words(words);
  return joinLanes((highs[0] ?? 0) ^ highLane(choices), (lows[0] ?? 0) ^ lowLane(choices));
}

interface Lane {
  /** Adds a row by its shingles; returns how many it has. A row without any takes no part. */
  add(row: number, shingles: Shingles, salt: number): number;
  taken(): LaneColumns;
}

function createLane(bands: Bands, kernel: Kernel | null): Lane {
  const sketcher = createSketcher(kernel, SEED, bands.bandCount * bands.rowCount);
  const keys = createBandKeys(bands);
  const rows: Growing<Uint32Array> = growingIntegers();
  return {
    add(row, shingles, salt) {
      if (shingles.count === 0) return 0;
      rows.push(row);
      keys.add(sketcher.sketch(shingles), salt);
      return shingles.count;
    },
    taken: () => ({ rows: rows.taken(), chunks: keys.taken() }),
  };
}
