import { highRunAt, lowRunAt } from '../text/runs.js';
import { type HashedText, runsOfText } from './hashed-text.js';
import { SHORT_SAMPLE_WORDS } from './policy.js';
import { NO_RUN, type RunTable, createRunTable } from './run-table.js';
import { type SeedHits, createSeedHits } from './seed-hits.js';
import { type Postings, createPostings } from './seed-postings.js';

/** Lengths of the runs that samples are found by: the shortest that few samples have. */
const SEED_LENGTHS = [3, 5, 8, 13] as const;
/** Every place that anything is found at begins with a run of this length. */
export const FIRST_LENGTH = SEED_LENGTHS[0];
/** A run is rare when at most this share of the samples has it, or this many. */
const RARE_SHARE = 0.01;
const RARE_COUNT = 8;
/** The run is in the index, but too many samples have it: ask for the longer one. */
const COMMON = 0;

/** Finds the samples that a text shares rare runs of words with. */
export interface SeedIndex {
  /** The runs of three words that any sample has. */
  readonly first: RunTable;
  /**
   * Where runs of a text stand in samples. `places` are the first `count` words of the text at which a run may
   * begin, ascending. The next call overwrites what is found.
   */
  find(text: HashedText, places: Int32Array, count: number): SeedHits;
  /** Hits from which a sample is worth an alignment; 0 for those that no run finds. */
  readonly required: Int32Array;
}

/**
 * Indexes, for each word of each sample, the shortest run of 3, 5, 8 or 13 words from there on that is rare
 * among the samples. A text is looked up run by run, so the cost is that of its length and of the rare
 * runs it shares, never that of the samples.
 */
export function createSeedIndex(samples: readonly HashedText[]): SeedIndex {
  const postings = createPostings();
  const tables = buildTables(samples, postings);
  const [first] = tables;
  const hits = createSeedHits(postings);
  return {
    first: first ?? createRunTable(0),
    required: requiredHits(samples, postings),
    find(text, places, count) {
      hits.begin();
      for (let index = 0; index < count; index += 1) {
        const start = places[index] ?? 0;
        const posting = lookUp(text, start, tables);
        if (posting > COMMON) hits.add(posting, start);
      }
      return hits;
    },
  };
}

/** One table per length, from a run to its postings or to `COMMON`. */
function buildTables(samples: readonly HashedText[], postings: Postings): readonly RunTable[] {
  const limit = Math.max(RARE_COUNT, Math.ceil(samples.length * RARE_SHARE));
  let open = samples.map(({ count }) =>
    count < SHORT_SAMPLE_WORDS ? [] : Array.from({ length: count }, (_, place) => place),
  );
  return SEED_LENGTHS.map((length) => {
    const runs = samples.map((sample) => runsOfText(sample, length));
    const frequencies = frequenciesOf(runs);
    const table = createRunTable(open.reduce((sum, places) => sum + places.length, 0));
    open = open.map((places, sample) => {
      const own = runs[sample] ?? { count: 0, lows: EMPTY, highs: EMPTY };
      const within = places.filter((place) => place < own.count);
      return within.filter((place) => {
        const [low, high] = [own.lows[place] ?? 0, own.highs[place] ?? 0];
        const isCommon = frequencies(low, high) > limit;
        if (isCommon) table.set(low, high, COMMON);
        else table.set(low, high, postings.add(table.get(low, high), sample, place));
        return isCommon;
      });
    });
    return table;
  });
}

const EMPTY = new Int32Array(0);

/** In how many samples a run stands. */
function frequenciesOf(samples: readonly HashedText[]): (low: number, high: number) => number {
  const total = samples.reduce((sum, { count }) => sum + count, 0);
  const numbers = createRunTable(total);
  const counts = new Int32Array(total);
  const last = new Int32Array(total).fill(-1);
  samples.forEach(({ count, lows, highs }, sample) => {
    for (let place = 0; place < count; place += 1) {
      const [low, high] = [lows[place] ?? 0, highs[place] ?? 0];
      let number = numbers.get(low, high);
      if (number === NO_RUN) {
        number = numbers.size;
        numbers.set(low, high, number);
      }
      if (last[number] === sample) continue;
      last[number] = sample;
      counts[number] = (counts[number] ?? 0) + 1;
    }
  });
  return (low, high) => counts[numbers.get(low, high)] ?? 0;
}

/**
 * A run of half a sample of T < 20 words holds T/2 - 2 runs of three, one of more than ten words nine of
 * them; coverage of 0.8 with T/5 edits at least 0.4 T - 2, of which some edits in the text take more. Places
 * whose run of three is common, and is found by a longer one or not at all, are taken off.
 */
function requiredHits(samples: readonly HashedText[], postings: Postings): Int32Array {
  const places = postings.countBySample(samples.length);
  return Int32Array.from(samples, ({ count }, index) => {
    const own = places[index] ?? 0;
    if (own === 0) return 0;
    const needed = Math.min(Math.ceil(count / 4) - 1, Math.ceil(count / 2) - 2, 9);
    return Math.max(1, needed - (count - FIRST_LENGTH + 1 - own));
  });
}

/** The postings of the shortest run from `start` on that is rare; `COMMON` or `NO_RUN` where there is none. */
function lookUp(text: HashedText, start: number, tables: readonly RunTable[]): number {
  for (let level = 0; level < SEED_LENGTHS.length; level += 1) {
    const length = SEED_LENGTHS[level] ?? FIRST_LENGTH;
    if (start + length > text.count) return NO_RUN;
    const low = lowRunAt(text.lows, start, length);
    const high = highRunAt(text.highs, start, length);
    const posting = tables[level]?.get(low, high) ?? NO_RUN;
    if (posting !== COMMON) return posting;
  }
  return NO_RUN;
}
