import type { Lanes } from '../text/word-hash.js';
import { highRunAt, lowRunAt } from '../text/runs.js';
import type { HashedText } from './hashed-text.js';
import { SHORT_SAMPLE_WORDS } from './policy.js';
import { NO_RUN, type RunTable, createRunTable } from './run-table.js';
import { type SeedHits, createSeedHits } from './seed-hits.js';
import { type Postings, type PostingsBuilder, createPostingsBuilder } from './seed-postings.js';

/** Lengths of the runs that samples are found by: the shortest that few samples have. */
const SEED_LENGTHS = [3, 5, 8, 13] as const;
/** Every place that anything is found at begins with a run of this length. */
export const FIRST_LENGTH = SEED_LENGTHS[0];
/** A run is rare when at most this share of the samples has it, or this many. */
const RARE_SHARE = 0.01;
const RARE_COUNT = 8;
const FIRST_CAPACITY = 1_024;
/** The run is in the index, but too many samples have it: ask for the longer one. */
const COMMON = 0;

/** Finds the samples that a text shares rare runs of words with. */
export interface SeedIndex {
  /** The runs of three words that any sample has. */
  readonly first: RunTable;
  /**
   * Where runs of a text stand in samples; `runs` are those of three words. `places` are the first `count` words
   * at which a run may begin, ascending. The next call overwrites what is found.
   */
  find(text: HashedText, runs: Lanes, places: Int32Array, count: number): SeedHits;
  /** Hits from which a sample is worth an alignment; 0 for those that no run finds. */
  readonly required: Int32Array;
}

/**
 * Indexes, for each word of each sample, the shortest run of 3, 5, 8 or 13 words from there on that is rare
 * among the samples. A text is looked up run by run, so the cost is that of its length and of the rare
 * runs it shares, never that of the samples. `tellingCounts` are the samples' words outside templates.
 */
export function createSeedIndex(
  samples: readonly HashedText[],
  tellingCounts: readonly number[],
): SeedIndex {
  const builder = createPostingsBuilder(samples.reduce((sum, { count }) => sum + count, 0));
  const [first = createRunTable(0), ...longer] = buildTables(samples, builder);
  const postings = builder.build();
  const required = requiredHits(samples, tellingCounts, postings);
  const hits = createSeedHits(postings, required);
  let numbers = new Int32Array(FIRST_CAPACITY);
  return {
    first,
    required,
    find(text, runs, places, count) {
      if (numbers.length < count) numbers = new Int32Array(count * 2);
      first.getAll(runs, places, count, numbers);
      let common = 0;
      for (let index = 0; index < count; index += 1) {
        if (numbers[index] !== COMMON) continue;
        common += 1;
        numbers[index] = lookUp(text, places[index] ?? 0, longer);
      }
      hits.take(numbers, places, count, common);
      return hits;
    },
  };
}

/** Places of samples that no run is found for yet. */
interface OpenPlaces {
  readonly samples: Int32Array;
  readonly places: Int32Array;
  readonly count: number;
}

/** One table per length, from a run to its postings or to `COMMON`. */
function buildTables(
  samples: readonly HashedText[],
  postings: PostingsBuilder,
): readonly RunTable[] {
  const limit = Math.max(RARE_COUNT, Math.ceil(samples.length * RARE_SHARE));
  let open = allPlaces(samples);
  return SEED_LENGTHS.map((length) => {
    open = keepPlaces(open, (sample, place) => place + length <= (samples[sample]?.count ?? 0));
    const { table, numbers, frequencies } = countRuns(samples, open, length);
    const values = new Int32Array(frequencies.length);
    let entry = -1;
    open = keepPlaces(open, (sample, place) => {
      entry += 1;
      const number = numbers[entry] ?? 0;
      const isCommon = (frequencies[number] ?? 0) > limit;
      if (!isCommon) values[number] = postings.add(values[number] ?? 0, sample, place);
      return isCommon;
    });
    table.replace((number) => values[number] ?? COMMON);
    return table;
  });
}

/** Every place of the samples that are long enough. */
function allPlaces(samples: readonly HashedText[]): OpenPlaces {
  const total = samples.reduce((sum, { count }) => sum + count, 0);
  const open = { samples: new Int32Array(total), places: new Int32Array(total) };
  let count = 0;
  samples.forEach((sample, number) => {
    for (let place = 0; sample.count >= SHORT_SAMPLE_WORDS && place < sample.count; place += 1) {
      open.samples[count] = number;
      open.places[count] = place;
      count += 1;
    }
  });
  return { ...open, count };
}

/** Keeps the places that are asked for, in the same arrays. */
function keepPlaces(
  { samples, places, count }: OpenPlaces,
  isKept: (sample: number, place: number) => boolean,
): OpenPlaces {
  let kept = 0;
  for (let index = 0; index < count; index += 1) {
    const [sample, place] = [samples[index] ?? 0, places[index] ?? 0];
    if (!isKept(sample, place)) continue;
    samples[kept] = sample;
    places[kept] = place;
    kept += 1;
  }
  return { samples, places, count: kept };
}

/**
 * Numbers the runs at open places and counts the samples of each. A longer run than a common one stands at open
 * places only, so that none is missed.
 */
function countRuns(
  samples: readonly HashedText[],
  open: OpenPlaces,
  length: number,
): { table: RunTable; numbers: Int32Array; frequencies: Int32Array } {
  const table = createRunTable(open.count);
  const [numbers, last] = [new Int32Array(open.count), new Int32Array(open.count).fill(-1)];
  const frequencies = new Int32Array(open.count);
  for (let index = 0; index < open.count; index += 1) {
    const [sample, place] = [open.samples[index] ?? 0, open.places[index] ?? 0];
    const { lows, highs } = samples[sample] ?? NOTHING;
    const number = table.numberOf(lowRunAt(lows, place, length), highRunAt(highs, place, length));
    numbers[index] = number;
    if (last[number] === sample) continue;
    last[number] = sample;
    frequencies[number] = (frequencies[number] ?? 0) + 1;
  }
  return { table, numbers, frequencies };
}

const NOTHING: HashedText = { count: 0, lows: new Int32Array(0), highs: new Int32Array(0) };

/**
 * A run of half a sample of T < 20 words holds T/2 - 2 runs of three, one of more than ten words nine of
 * them; coverage of 0.8 with T/5 edits at least 0.4 T - 2, of which some edits in the text take more. Places
 * whose run of three is common, and is found by a longer one or not at all, are taken off. T are the words that
 * stand in no template, which are all that a leak has to have.
 */
function requiredHits(
  samples: readonly HashedText[],
  tellingCounts: readonly number[],
  postings: Postings,
): Int32Array {
  const places = new Int32Array(samples.length);
  for (const sample of postings.samples) places[sample] = (places[sample] ?? 0) + 1;
  return Int32Array.from(samples, ({ count }, index) => {
    const own = places[index] ?? 0;
    if (own === 0) return 0;
    const telling = tellingCounts[index] ?? count;
    const needed = Math.min(Math.ceil(telling / 4) - 1, Math.ceil(telling / 2) - 2, 9);
    return Math.max(1, needed - (count - FIRST_LENGTH + 1 - own));
  });
}

/** The shortest rare run of more than three words from `start` on; `NO_RUN` where there is none. */
function lookUp(text: HashedText, start: number, longer: readonly RunTable[]): number {
  for (let level = 0; level < longer.length; level += 1) {
    const length = SEED_LENGTHS[level + 1] ?? FIRST_LENGTH;
    if (start + length > text.count) return NO_RUN;
    const low = lowRunAt(text.lows, start, length);
    const high = highRunAt(text.highs, start, length);
    const number = longer[level]?.get(low, high) ?? NO_RUN;
    if (number !== COMMON) return number;
  }
  return NO_RUN;
}
