import type { ShinglePolicy } from '../domain/shingle.js';
import { NORMALISER_VERSION, normalise } from '../text/normalise.js';
import { type ShingleSet, charShingles, jaccardFrom, wordShingles } from '../text/shingles.js';
import { wordsOf } from '../text/words.js';
import { SKETCH_SCHEME } from './sketch.js';
import { createShingleIndex } from './shingle-index.js';

/** Names everything that decides what a near index finds. */
export const DEDUP_INDEX_VERSION = `near/1 ${SKETCH_SCHEME} ${NORMALISER_VERSION}`;

/** Texts of fewer words are compared by runs of five characters: a single edit would leave no run of words. */
export const SHORT_TEXT_WORDS = 12;
export const SHORT_TEXT_SHINGLE: ShinglePolicy = { unit: 'chars', size: 5 };

const DEFAULT_SEED = 1;

export interface NearPolicy {
  readonly shingle: ShinglePolicy;
  /** Exact Jaccard from which two texts are near, above 0, at most 1. */
  readonly threshold: number;
  /** Decides the signatures and so which pairs below certainty are looked at; never a similarity. */
  readonly seed?: number;
}

/** A text that was found near, and how near exactly. */
export interface NearText {
  readonly id: string;
  readonly similarity: number;
}

/** Texts that near-copies are looked for in. It grows; nothing is ever taken out. */
export interface NearIndex {
  readonly size: number;
  add(id: string, text: string): void;
  /** Every text of the index at or above the threshold, nearest first, equal ones by id. */
  query(text: string): readonly NearText[];
}

/**
 * Candidates come from MinHash bands chosen for a recall of 0.99 at the threshold; every one is verified
 * by exact Jaccard before it is returned. Two texts are compared by the policy's shingles, or, where that
 * unit is words and one of the two has fewer than twelve (or too few for one shingle), by runs of five
 * characters; where even those are missing, by equality after normalisation. A text without any
 * characters after normalisation is near to nothing, itself included.
 */
export function createNearIndex(policy: NearPolicy): NearIndex {
  const main = createLane(policy.threshold, policy.seed ?? DEFAULT_SEED);
  const short = createLane(policy.threshold, policy.seed ?? DEFAULT_SEED);
  const measure = createMeasure(policy);
  const equals = new Map<string, Print[]>();
  let size = 0;
  return {
    get size() {
      return size;
    },
    add(id, text) {
      const print = measure(id, text);
      if (print === null) return;
      size += 1;
      if (print.main !== null) main.add(print, print.main);
      if (print.short !== null) short.add(print, print.short);
      if (print.main === null && print.short === null) {
        equals.set(print.text, [...(equals.get(print.text) ?? []), print]);
      }
    },
    query(text) {
      const print = measure('', text);
      if (print === null) return [];
      const found = new Map<Print, number>();
      if (!print.isShort) main.collect(print.main, found, (other) => !other.isShort);
      short.collect(print.short, found, (other) => print.isShort || other.isShort);
      for (const other of equals.get(print.text) ?? []) found.set(other, 1);
      return [...found]
        .map(([other, similarity]) => ({ id: other.id, similarity }))
        .sort(byNearness);
    },
  };
}

/** The similarity by which an index of this policy compares two texts, exactly: 0 below the threshold. */
export function nearSimilarity(a: string, b: string, policy: NearPolicy): number {
  const measure = createMeasure(policy);
  const [left, right] = [measure('', a), measure('', b)];
  if (left === null || right === null) return 0;
  const sets = left.isShort || right.isShort ? [left.short, right.short] : [left.main, right.main];
  const [first, second] = sets;
  if (first && second) return jaccardFrom(first, second, policy.threshold);
  return left.text !== '' && left.text === right.text ? 1 : 0;
}

function byNearness(a: NearText, b: NearText): number {
  if (a.similarity !== b.similarity) return b.similarity - a.similarity;
  return a.id < b.id ? -1 : a.id > b.id ? 1 : 0;
}

/** A text as it is compared; a set that it takes no part in is `null`. */
interface Print {
  readonly id: string;
  /** The normalised text where equality is all there is, else empty. */
  readonly text: string;
  readonly isShort: boolean;
  readonly main: ShingleSet | null;
  readonly short: ShingleSet | null;
}

function createMeasure({
  shingle,
  threshold,
}: NearPolicy): (id: string, text: string) => Print | null {
  const shortBelow = Math.max(SHORT_TEXT_WORDS, shingle.size);
  // A text of twice as many words as the threshold allows can't be near a short one.
  const partnerBelow = Math.ceil(shortBelow / threshold) * 2;
  let last: { readonly raw: string; readonly print: Print | null } | null = null;
  return (id, raw) => {
    // A text is mostly asked for right before it is added.
    if (last?.raw !== raw) last = { raw, print: print(raw) };
    return last.print === null ? null : { ...last.print, id };
  };

  function print(raw: string): Print | null {
    const normalised = normalise(raw).text;
    if (normalised === '') return null;
    if (shingle.unit === 'chars') {
      return printOf(normalised, false, charShingles(normalised, shingle.size), null);
    }
    const words = wordsOf(raw);
    const isShort = words.count < shortBelow;
    const main = isShort ? null : wordShingles(words, shingle.size);
    const short =
      words.count < partnerBelow ? charShingles(normalised, SHORT_TEXT_SHINGLE.size) : null;
    return printOf(normalised, isShort, main, short);
  }
}

function printOf(
  normalised: string,
  isShort: boolean,
  main: ShingleSet | null,
  short: ShingleSet | null,
): Print {
  const mainOrNull = main === null || main.length === 0 ? null : main;
  const shortOrNull = short === null || short.length === 0 ? null : short;
  const needsText = mainOrNull === null && shortOrNull === null;
  return {
    id: '',
    text: needsText ? normalised : '',
    isShort,
    main: mainOrNull,
    short: shortOrNull,
  };
}

/** One kind of shingle: the index of the sets and the texts that they were taken of. */
interface Lane {
  add(print: Print, set: ShingleSet): void;
  collect(set: ShingleSet | null, into: Map<Print, number>, takes: (other: Print) => boolean): void;
}

function createLane(threshold: number, seed: number): Lane {
  const index = createShingleIndex(threshold, seed);
  const prints: Print[] = [];
  return {
    add(print, set) {
      index.add(set);
      prints.push(print);
    },
    collect(set, into, takes) {
      if (set === null) return;
      for (const { number, similarity } of index.find(set)) {
        const other = prints[number];
        if (other !== undefined && takes(other)) into.set(other, similarity);
      }
    },
  };
}
