/** Places of one text or sample that one run is noted at: a word repeated a million times is looked at this often. */
export const PLACES_PER_SEED = 32;

/** Where a run stands: `samples[k]` has it from word `places[k]` on. */
export interface Posting {
  readonly samples: readonly number[];
  readonly places: readonly number[];
}

/** Postings by their numbers, from 1 on. */
export interface Postings {
  readonly size: number;
  at(number: number): Posting | undefined;
  /** Notes a place under the number of a run, or under a new one where it has none (0 or less); returns it. */
  add(number: number, sample: number, place: number): number;
  /** How many places of each sample are noted. */
  countBySample(sampleCount: number): Int32Array;
}

/** Samples have to be added one after the other. */
export function createPostings(): Postings {
  const postings: { readonly samples: number[]; readonly places: number[] }[] = [
    { samples: [], places: [] },
  ];
  return {
    get size() {
      return postings.length;
    },
    at: (number) => postings[number],
    add(number, sample, place) {
      const posting = number > 0 ? postings[number] : undefined;
      if (posting === undefined) return postings.push({ samples: [sample], places: [place] }) - 1;
      // The entries of a sample that is full are the last ones.
      if (posting.samples.at(-PLACES_PER_SEED) !== sample) {
        posting.samples.push(sample);
        posting.places.push(place);
      }
      return number;
    },
    countBySample(sampleCount) {
      const counts = new Int32Array(sampleCount);
      for (const { samples } of postings) {
        for (const sample of samples) counts[sample] = (counts[sample] ?? 0) + 1;
      }
      return counts;
    },
  };
}
