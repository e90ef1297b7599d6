import { type HashIndex, createHashIndex } from '../text/hash-index.js';
import { HIGH_SEED, LOW_SEED, type Hash53, joinLanes } from '../text/hash.js';
import { SHORT_SAMPLE_WORDS } from './policy.js';
import type { IndexedSample } from './indexed-sample.js';

/** Lengths of the runs that samples are found by: the shortest that few samples have. */
const SEED_LENGTHS = [3, 5, 8, 13] as const;
const FIRST_LENGTH = SEED_LENGTHS[0];
const LAST_LENGTH = 13;
/** A run is rare when at most this share of the samples has it, or this many. */
const RARE_SHARE = 0.01;
const RARE_COUNT = 8;
/** Places of one text or sample that one run is noted at: a word repeated a million times is looked at this often. */
const PLACES_PER_SEED = 32;
/** The run is in the index, but too many samples have it: ask for the longer one. */
const COMMON = 0;

/** Where runs of a text stand in samples: `samples[k]` may begin about `texts[k] - places[k]` words in. */
export interface SeedHits {
  readonly count: number;
  readonly samples: Int32Array;
  /** First word of the run in the sample. */
  readonly places: Int32Array;
  /** First word of the run in the text, ascending. */
  readonly texts: Int32Array;
}

/** Finds the samples that a text shares rare runs of words with. */
export interface SeedIndex {
  find(ids: Int32Array): SeedHits;
  /** Hits from which a sample is worth an alignment; 0 for those that no run finds. */
  readonly required: Int32Array;
}

interface Postings {
  readonly samples: number[];
  readonly places: number[];
}

/**
 * Indexes, for each word of each sample, the shortest run of 3, 5, 8 or 13 words from there on that is rare
 * among the samples. A text is looked up run by run, so the cost is that of its length and of the rare
 * runs it shares, never that of the samples.
 */
export function createSeedIndex(samples: readonly IndexedSample[]): SeedIndex {
  const postings: Postings[] = [{ samples: [], places: [] }];
  const tables = buildTables(samples, postings);
  return {
    find: (ids) => findHits(ids, tables, postings),
    required: requiredHits(samples, postings),
  };
}

/** One table per length, from a run's hash to its postings or to `COMMON`. */
function buildTables(samples: readonly IndexedSample[], postings: Postings[]): HashIndex[] {
  const limit = Math.max(RARE_COUNT, Math.ceil(samples.length * RARE_SHARE));
  const tables: HashIndex[] = [];
  let open = samples.map(({ ids }) => (ids.length < SHORT_SAMPLE_WORDS ? [] : [...ids.keys()]));
  for (const length of SEED_LENGTHS) {
    const table = createHashIndex();
    const hashes = samples.map(({ ids }) => runHashes(ids, length));
    const frequencies = frequenciesOf(hashes);
    open = samples.map((_, index) => {
      const own = hashes[index] ?? [];
      const left: number[] = [];
      for (const place of open[index] ?? []) {
        const hash = own[place];
        if (hash === undefined) continue;
        if ((frequencies.get(hash) ?? 0) <= limit) post(table, postings, hash, index, place);
        else {
          table.set(hash, COMMON);
          left.push(place);
        }
      }
      return left;
    });
    tables.push(table);
  }
  return tables;
}

function post(
  table: HashIndex,
  postings: Postings[],
  hash: Hash53,
  sample: number,
  place: number,
): void {
  let number = table.get(hash);
  if (number <= COMMON) {
    number = postings.length;
    postings.push({ samples: [], places: [] });
    table.set(hash, number);
  }
  const posting = postings[number];
  // Samples come one after the other, so that a full one's entries are the last.
  if (posting === undefined || posting.samples.at(-PLACES_PER_SEED) === sample) return;
  posting.samples.push(sample);
  posting.places.push(place);
}

function frequenciesOf(hashes: readonly (readonly Hash53[])[]): ReadonlyMap<Hash53, number> {
  const frequencies = new Map<Hash53, number>();
  for (const own of hashes) {
    for (const hash of new Set(own)) frequencies.set(hash, (frequencies.get(hash) ?? 0) + 1);
  }
  return frequencies;
}

function runHashes(ids: Int32Array, length: number): Hash53[] {
  const hashes: Hash53[] = [];
  for (let start = 0; start + length <= ids.length; start += 1) {
    hashes.push(runHash(ids, start, length));
  }
  return hashes;
}

/** Hashes `length` vocabulary numbers from `start` on. */
export function runHash(ids: Int32Array, start: number, length: number): Hash53 {
  let low = LOW_SEED;
  let high = HIGH_SEED;
  for (let index = start; index < start + length; index += 1) {
    const id = ids[index] ?? 0;
    low = Math.imul(low ^ id, 0x9e3779b1) ^ (low >>> 13);
    high = Math.imul(high ^ Math.imul(id, 0x27d4eb2f), 0x85ebca77) ^ (high >>> 15);
  }
  return joinLanes(high, low);
}

/**
 * A run of half a sample of T < 20 words holds T/2 - 2 runs of three, one of more than ten words nine of
 * them; coverage of 0.8 with T/5 edits at least 0.4 T - 2, of which some edits in the text take more. Places
 * whose run of three is common, and is found by a longer one or not at all, are taken off.
 */
function requiredHits(
  samples: readonly IndexedSample[],
  postings: readonly Postings[],
): Int32Array {
  const places = new Int32Array(samples.length);
  for (const posting of postings) {
    for (const sample of posting.samples) places[sample] = (places[sample] ?? 0) + 1;
  }
  return Int32Array.from(samples, ({ ids }, index) => {
    if ((places[index] ?? 0) === 0) return 0;
    const needed = Math.min(Math.ceil(ids.length / 4) - 1, Math.ceil(ids.length / 2) - 2, 9);
    const missing = ids.length - FIRST_LENGTH + 1 - (places[index] ?? 0);
    return Math.max(1, needed - missing);
  });
}

function findHits(
  ids: Int32Array,
  tables: readonly HashIndex[],
  postings: readonly Postings[],
): SeedHits {
  const samples: number[] = [];
  const places: number[] = [];
  const texts: number[] = [];
  const noted = new Map<number, number>();
  let known = knownRun(ids, 0);
  for (let start = 0; start < ids.length; start += 1) {
    if (start >= known) known = knownRun(ids, start);
    const number = lookUp(ids, start, known - start, tables);
    if (number <= COMMON) continue;
    const times = noted.get(number) ?? 0;
    if (times >= PLACES_PER_SEED) continue;
    noted.set(number, times + 1);
    const posting = postings[number];
    for (let index = 0; posting !== undefined && index < posting.samples.length; index += 1) {
      samples.push(posting.samples[index] ?? 0);
      places.push(posting.places[index] ?? 0);
      texts.push(start);
    }
  }
  return {
    count: samples.length,
    samples: Int32Array.from(samples),
    places: Int32Array.from(places),
    texts: Int32Array.from(texts),
  };
}

/** The end of the run of known words from `start` on. */
function knownRun(ids: Int32Array, start: number): number {
  let end = start;
  while (end < ids.length && ids[end] !== 0) end += 1;
  return end;
}

function lookUp(
  ids: Int32Array,
  start: number,
  available: number,
  tables: readonly HashIndex[],
): number {
  for (let level = 0; level < SEED_LENGTHS.length; level += 1) {
    const length = SEED_LENGTHS[level] ?? LAST_LENGTH;
    if (length > available) return -1;
    const number = tables[level]?.get(runHash(ids, start, length)) ?? -1;
    if (number !== COMMON) return number;
  }
  return -1;
}
