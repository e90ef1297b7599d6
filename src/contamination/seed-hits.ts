import type { Hit } from './windows.js';
import { PLACES_PER_SEED, type Posting, type Postings } from './seed-postings.js';

/** Where the rare runs of one text stand in samples. */
export interface SeedHits {
  /** The hits of the samples with at least as many as `required` says, ascending by their place in the text. */
  worthwhile(required: Int32Array): ReadonlyMap<number, readonly Hit[]>;
}

/** Hits as they are gathered; another text begins with `begin`. */
export interface GatheredHits extends SeedHits {
  begin(): void;
  /** Notes the run of a posting at word `start` of the text; starts ascend. */
  add(posting: number, start: number): void;
}

const NOWHERE: Posting = { samples: [], places: [] };

/** Gathers hits without making anything per hit: most texts share a run or two with some sample by chance. */
export function createSeedHits(postings: Postings): GatheredHits {
  const times = new Int32Array(postings.size);
  const counts = new Map<number, number>();
  const posted: number[] = [];
  const starts: number[] = [];
  return {
    begin() {
      for (const posting of posted) times[posting] = 0;
      counts.clear();
      posted.length = 0;
      starts.length = 0;
    },
    add(posting, start) {
      const noted = times[posting] ?? 0;
      if (noted >= PLACES_PER_SEED) return;
      times[posting] = noted + 1;
      posted.push(posting);
      starts.push(start);
      for (const sample of postings.at(posting)?.samples ?? []) {
        counts.set(sample, (counts.get(sample) ?? 0) + 1);
      }
    },
    worthwhile(required) {
      const worth = new Map<number, Hit[]>();
      for (const [sample, count] of counts) {
        if (count >= (required[sample] ?? 0)) worth.set(sample, []);
      }
      if (worth.size === 0) return worth;
      posted.forEach((posting, index) => {
        const { samples, places } = postings.at(posting) ?? NOWHERE;
        const text = starts[index] ?? 0;
        samples.forEach((sample, at) => worth.get(sample)?.push({ place: places[at] ?? 0, text }));
      });
      return worth;
    },
  };
}
