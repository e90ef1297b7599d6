import { PLACES_PER_SEED, type Postings } from './seed-postings.js';
import type { Hit } from './windows.js';

/** Where the rare runs of one text stand in samples. */
export interface SeedHits {
  /** Different runs of three words that the text and any one sample have in common, at most. */
  mostShared(): number;
  /** The hits of the samples with at least as many as `required` says, ascending by their place in the text. */
  worthwhile(required: Int32Array): ReadonlyMap<number, readonly Hit[]>;
}

/** Hits as they are gathered; another text begins with `begin`. */
export interface GatheredHits extends SeedHits {
  begin(): void;
  /** Notes a run that is in samples, but is too common to say in which. */
  addCommon(): void;
  /** Notes run `number` of the postings at word `start` of the text; starts ascend. */
  add(number: number, start: number): void;
}

const FIRST_CAPACITY = 1_024;

/** Counts hits in arrays that are used again: most texts share a run or two with some sample by chance. */
export function createSeedHits(
  { ends, samples, places }: Postings,
  sampleCount: number,
): GatheredHits {
  const times = new Uint8Array(ends.length);
  const counts = new Int32Array(sampleCount);
  const hit = new Int32Array(sampleCount);
  let hitCount = 0;
  let runs = new Int32Array(FIRST_CAPACITY);
  let starts = new Int32Array(FIRST_CAPACITY);
  let runCount = 0;
  let common = 0;
  let most = 0;

  function widen(): void {
    const [oldRuns, oldStarts] = [runs, starts];
    runs = new Int32Array(oldRuns.length * 2);
    starts = new Int32Array(oldStarts.length * 2);
    runs.set(oldRuns);
    starts.set(oldStarts);
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
    begin() {
      for (let index = 0; index < runCount; index += 1) times[runs[index] ?? 0] = 0;
      for (let index = 0; index < hitCount; index += 1) counts[hit[index] ?? 0] = 0;
      runCount = 0;
      hitCount = 0;
      common = 0;
      most = 0;
    },
    addCommon() {
      common += 1;
    },
    mostShared: () => common + most,
    add(number, start) {
      const noted = times[number] ?? 0;
      if (noted >= PLACES_PER_SEED) return;
      times[number] = noted + 1;
      if (runCount === runs.length) widen();
      runs[runCount] = number;
      starts[runCount] = start;
      runCount += 1;
      const end = ends[number] ?? 0;
      for (let entry = ends[number - 1] ?? 0; entry < end; entry += 1) {
        const sample = samples[entry] ?? 0;
        const count = counts[sample] ?? 0;
        counts[sample] = count + 1;
        if (count >= most) most = count + 1;
        if (count > 0) continue;
        hit[hitCount] = sample;
        hitCount += 1;
      }
    },
    worthwhile(required) {
      const worth = new Map<number, Hit[]>();
      for (let index = 0; index < hitCount; index += 1) {
        const sample = hit[index] ?? 0;
        if ((counts[sample] ?? 0) >= (required[sample] ?? 0)) worth.set(sample, []);
      }
      if (worth.size > 0) gather(worth);
      return worth;
    },
  };
}
