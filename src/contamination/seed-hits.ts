import { PLACES_PER_SEED, type Postings } from './seed-postings.js';
import type { Hit } from './windows.js';

/** Where the rare runs of one text stand in samples. */
export interface SeedHits {
  /** Different runs of three words that the text and any one sample have in common, at most. */
  mostShared(): number;
  /** The hits of the samples that have enough of them, ascending by their place in the text. */
  worthwhile(): ReadonlyMap<number, readonly Hit[]>;
}

/** Hits as they are gathered, of one text after the other. */
export interface GatheredHits extends SeedHits {
  /**
   * Takes the hits of another text: runs by their numbers, 0 and less for none, at the words `places`, both
   * `count` of them, ascending. `common` of them are in samples, but too common to say in which.
   */
  take(numbers: Int32Array, places: Int32Array, count: number, common: number): void;
}

const FIRST_CAPACITY = 1_024;

/**
 * Counts hits in arrays that are used again: most texts share a run or two with some sample by chance. A sample
 * is worthwhile from as many hits as `required` says.
 */
export function createSeedHits(
  { ends, samples, places }: Postings,
  required: Int32Array,
): GatheredHits {
  const leastRequired = required.reduce(
    (least, own) => (own > 0 ? Math.min(least, own) : least),
    Infinity,
  );
  const times = new Uint8Array(ends.length);
  const counts = new Int32Array(required.length);
  const hit = new Int32Array(required.length);
  let hitCount = 0;
  let runs = new Int32Array(FIRST_CAPACITY);
  let starts = new Int32Array(FIRST_CAPACITY);
  let runCount = 0;
  let shared = 0;
  let mostHits = 0;

  function clear(): void {
    for (let index = 0; index < runCount; index += 1) times[runs[index] ?? 0] = 0;
    for (let index = 0; index < hitCount; index += 1) counts[hit[index] ?? 0] = 0;
    runCount = 0;
    hitCount = 0;
  }

  function gather(worth: ReadonlyMap<number, Hit[]>): void {
    for (let index = 0; index < runCount; index += 1) {
      const number = runs[index] ?? 0;
      const text = starts[index] ?? 0;
      for (let entry = ends[number - 1] ?? 0; entry < (ends[number] ?? 0); entry += 1) {
        worth.get(samples[entry] ?? 0)?.push({ place: places[entry] ?? 0, text });
      }
    }
  }

  return {
    take(numbers, atWords, count, common) {
      clear();
      if (runs.length < count) {
        runs = new Int32Array(count * 2);
        starts = new Int32Array(count * 2);
      }
      // Kept in variables of the call, which cost less than those of the object.
      let [noted, reached, most] = [0, 0, 0];
      for (let index = 0; index < count; index += 1) {
        const number = numbers[index] ?? 0;
        if (number <= 0 || (times[number] ?? 0) >= PLACES_PER_SEED) continue;
        times[number] = (times[number] ?? 0) + 1;
        runs[noted] = number;
        starts[noted] = atWords[index] ?? 0;
        noted += 1;
        const end = ends[number] ?? 0;
        for (let entry = ends[number - 1] ?? 0; entry < end; entry += 1) {
          const sample = samples[entry] ?? 0;
          const known = counts[sample] ?? 0;
          counts[sample] = known + 1;
          if (known >= most) most = known + 1;
          if (known > 0) continue;
          hit[reached] = sample;
          reached += 1;
        }
      }
      runCount = noted;
      hitCount = reached;
      shared = common + most;
      mostHits = most;
    },
    mostShared: () => shared,
    worthwhile() {
      const worth = new Map<number, Hit[]>();
      if (mostHits < leastRequired) return worth;
      for (let index = 0; index < hitCount; index += 1) {
        const sample = hit[index] ?? 0;
        if ((counts[sample] ?? 0) >= (required[sample] ?? 0)) worth.set(sample, []);
      }
      if (worth.size > 0) gather(worth);
      return worth;
    },
  };
}
