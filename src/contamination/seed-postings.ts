/** Places of one text or sample that one run is noted at: a word repeated a million times is looked at this often. */
export const PLACES_PER_SEED = 32;

/** Where runs stand: run `n` at entries `ends[n - 1]` to `ends[n]`, each a sample and a word of it. */
export interface Postings {
  readonly ends: Int32Array;
  readonly samples: Int32Array;
  readonly places: Int32Array;
}

/** Gathers postings; run 0 has none. */
export interface PostingsBuilder {
  /**
   * Notes a place under the number of a run, or under a new one where it has none (0 or less); returns it.
   * Samples come one after the other.
   */
  add(number: number, sample: number, place: number): number;
  build(): Postings;
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
      if ((times[own] ?? 0) >= PLACES_PER_SEED) return own;
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
  numbers: Int32Array,
  samples: Int32Array,
  places: Int32Array,
  runCount: number,
): Postings {
  const ends = new Int32Array(runCount);
  for (const number of numbers) ends[number] = (ends[number] ?? 0) + 1;
  for (let run = 1; run < runCount; run += 1) ends[run] = (ends[run] ?? 0) + (ends[run - 1] ?? 0);
  const next = Int32Array.from(ends, (_, run) => ends[run - 1] ?? 0);
  const sorted = {
    samples: new Int32Array(numbers.length),
    places: new Int32Array(numbers.length),
  };
  numbers.forEach((number, entry) => {
    const at = next[number] ?? 0;
    next[number] = at + 1;
    sorted.samples[at] = samples[entry] ?? 0;
    sorted.places[at] = places[entry] ?? 0;
  });
  return { ends, ...sorted };
}
