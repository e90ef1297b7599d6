import { type RunTable, createRunTable } from '../text/run-table.js';
import { COMMON_RUN, SOUGHT_LENGTHS, type SoughtRuns } from '../text/run-seeker.js';
import { highRunAt, lowRunAt } from '../text/runs.js';
import type { HashedText } from './hashed-text.js';
import { SHORT_SAMPLE_WORDS } from './policy.js';
import { type Postings, type PostingsBuilder, createPostingsBuilder } from './seed-postings.js';

/** A run is rare when at most this share of the samples has it, or this many. */
const RARE_SHARE = 0.01;
const RARE_COUNT = 8;

/** Rare runs of words, by which samples are found. */
export interface Seeds extends SoughtRuns, Postings {
  /** Hits from which a sample is worth an alignment; 0 for those that no run finds. */
  readonly required: Int32Array;
}

/**
 * Takes, for each word of each sample, the shortest run of 3, 5, 8 or 13 words from there on that is rare
 * among the samples. A text is looked up run by run, so the cost is that of its length and of the rare
 * runs it shares, never that of the samples. `tellingCounts` are the samples' words outside templates.
 */
export function seedsOf(samples: readonly HashedText[], tellingCounts: readonly number[]): Seeds {
  const builder = createPostingsBuilder(samples.reduce((sum, { count }) => sum + count, 0));
  const tables = buildTables(samples, builder);
  const { postings, numbers } = builder.build();
  for (const table of tables) table.replace((number) => numbers[number] ?? COMMON_RUN);
  const required = requiredHits(samples, tellingCounts, postings);
  return { ...postings, tables, textCount: samples.length, required };
}

/** Places of samples that no run is found for yet. */
interface OpenPlaces {
  readonly samples: Int32Array;
  readonly places: Int32Array;
  count: number;
}

/** One table per length, from a run to its postings or to `COMMON_RUN`. */
function buildTables(
  samples: readonly HashedText[],
  postings: PostingsBuilder,
): readonly RunTable[] {
  const limit = Math.max(RARE_COUNT, Math.ceil(samples.length * RARE_SHARE));
  const open = allPlaces(samples);
  return SOUGHT_LENGTHS.map((length) => {
    keepLong(open, samples, length);
    const { table, numbers, frequencies } = countRuns(samples, open, length);
    const values = new Int32Array(frequencies.length);
    let kept = 0;
    for (let index = 0; index < open.count; index += 1) {
      const number = numbers[index] ?? 0;
      const [sample, place] = [open.samples[index] ?? 0, open.places[index] ?? 0];
      if ((frequencies[number] ?? 0) <= limit) {
        values[number] = postings.add(values[number] ?? 0, sample, place);
        continue;
      }
      open.samples[kept] = sample;
      open.places[kept] = place;
      kept += 1;
    }
    open.count = kept;
    table.replace((number) => values[number] ?? COMMON_RUN);
    return table;
  });
}

/** Every place of the samples that are long enough. */
function allPlaces(samples: readonly HashedText[]): OpenPlaces {
  const total = samples.reduce((sum, { count }) => sum + count, 0);
  const open = { samples: new Int32Array(total), places: new Int32Array(total), count: 0 };
  samples.forEach((sample, number) => {
    if (sample.count < SHORT_SAMPLE_WORDS) return;
    open.samples.fill(number, open.count, open.count + sample.count);
    for (let place = 0; place < sample.count; place += 1) open.places[open.count + place] = place;
    open.count += sample.count;
  });
  return open;
}

/** Keeps the places at which a run of `length` words begins. */
function keepLong(open: OpenPlaces, samples: readonly HashedText[], length: number): void {
  const lasts = Int32Array.from(samples, ({ count }) => count - length);
  let kept = 0;
  for (let index = 0; index < open.count; index += 1) {
    const [sample, place] = [open.samples[index] ?? 0, open.places[index] ?? 0];
    if (place > (lasts[sample] ?? 0)) continue;
    open.samples[kept] = sample;
    open.places[kept] = place;
    kept += 1;
  }
  open.count = kept;
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
  for (const entry of postings.texts) {
    const sample = entry < 0 ? ~entry : entry;
    places[sample] = (places[sample] ?? 0) + 1;
  }
  return Int32Array.from(samples, ({ count }, index) => {
    const own = places[index] ?? 0;
    if (own === 0) return 0;
    const telling = tellingCounts[index] ?? count;
    const needed = Math.min(Math.ceil(telling / 4) - 1, Math.ceil(telling / 2) - 2, 9);
    return Math.max(1, needed - (count - SOUGHT_LENGTHS[0] + 1 - own));
  });
}
