import { COMMON_RUN, PLACES_PER_RUN } from '../text/run-seeker.js';

/** Where runs stand: each entry is a sample and a word of it. */
export interface Postings {
  /** The samples, the last one of each run as its complement, which is negative. */
  readonly texts: Int32Array;
  readonly places: Int32Array;
}

/** Gathers postings, under numbers from 1 on for runs. */
export interface PostingsBuilder {
  /**
   * Notes a place under the number of a run, or under a new one where it has none (0 or less); returns it.
   * Samples come one after the other.
   */
  add(number: number, sample: number, place: number): number;
  /** All that was noted, and for each number of a run the one that the postings know it by. */
  build(): { readonly postings: Postings; readonly numbers: Int32Array };
}

/** At most `capacity` places can be noted. */
export function createPostingsBuilder(capacity: number): PostingsBuilder {
  const numbers = new Int32Array(capacity);
  const samples = new Int32Array(capacity);
  const places = new Int32Array(capacity);
  let size = 0;
  /** Of each run: its last sample, and how many places of that are noted. */
  const last = new Int32Array(capacity + 1).fill(-1);
  const times = new Uint8Array(capacity + 1);
  let runCount = 1;
  return {
    add(number, sample, place) {
      const own = number > 0 ? number : runCount;
      if (number <= 0) runCount += 1;
      if (last[own] !== sample) times[own] = 0;
      last[own] = sample;
      if ((times[own] ?? 0) >= PLACES_PER_RUN) return own;
      times[own] = (times[own] ?? 0) + 1;
      numbers[size] = own;
      samples[size] = sample;
      places[size] = place;
      size += 1;
      return own;
    },
    build: () => sortedByRun(numbers.subarray(0, size), samples, places, runCount),
  };
}

/** Sorts entries by their runs, those of one run in the order in which they came. */
function sortedByRun(
  runs: Int32Array,
  samples: Int32Array,
  places: Int32Array,
  runCount: number,
): ReturnType<PostingsBuilder['build']> {
  /** First the count of each run's entries, then where the next one is put: in the end behind the last. */
  const next = new Int32Array(runCount);
  for (let entry = 0; entry < runs.length; entry += 1) {
    const run = runs[entry] ?? 0;
    next[run] = (next[run] ?? 0) + 1;
  }
  const numbers = new Int32Array(runCount).fill(COMMON_RUN);
  let first = 0;
  for (let run = 1; run < runCount; run += 1) {
    const count = next[run] ?? 0;
    next[run] = first;
    numbers[run] = first + 1;
    first += count;
  }
  const sorted = {
    texts: new Int32Array(runs.length),
    places: new Int32Array(runs.length),
  };
  for (let entry = 0; entry < runs.length; entry += 1) {
    const run = runs[entry] ?? 0;
    const at = next[run] ?? 0;
    next[run] = at + 1;
    sorted.texts[at] = samples[entry] ?? 0;
    sorted.places[at] = places[entry] ?? 0;
  }
  for (let run = 1; run < runCount; run += 1) {
    const last = (next[run] ?? 0) - 1;
    sorted.texts[last] = ~(sorted.texts[last] ?? 0);
  }
  return { postings: sorted, numbers };
}
