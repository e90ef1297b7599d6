import { type RephraseSample, type Weights, distinct } from './rephrase-sample.js';

/** Samples worth a closer look at a text. */
export interface CandidateIndex {
  /** The samples whose terms are most in the text's, the fullest first; `ids` are the text's terms. */
  find(ids: Int32Array): readonly number[];
}

const CANDIDATES = 12;
/** Share of a sample's weight that a text has to have at all. */
const LEAST_SHARE = 0.2;
/** Terms that more samples have lead nowhere; but each sample is entered by so many of its rarest. */
const COMMON_SHARE = 0.125;
const COMMON_COUNT = 32;
const LEAST_ENTRIES = 8;
/** A sample with fewer telling words and numbers is said in other words by everything and nothing. */
const LEAST_TELLING = 4;

/** An inverted index in typed arrays: for each term the samples that are entered by it. */
export function createCandidateIndex(
  samples: readonly RephraseSample[],
  weights: Weights,
  size: number,
): CandidateIndex {
  const entered = entriesOf(samples, size);
  const { offsets, postings } = postingsOf(entered, size);
  const totals = entered.map((ids) => ids.reduce((sum, id) => sum + weights.of(id), 0));
  const shares = new Float64Array(samples.length);
  const touched = new Int32Array(samples.length);
  const seen = new Int32Array(size + 1);
  let round = 0;
  return {
    find(ids) {
      round += 1;
      let count = 0;
      for (const id of ids) {
        if (id <= 0 || seen[id] === round) continue;
        seen[id] = round;
        const weight = weights.of(id);
        const end = offsets[id + 1] ?? 0;
        for (let at = offsets[id] ?? 0; at < end; at += 1) {
          const sample = postings[at] ?? 0;
          if (shares[sample] === 0) touched[count++] = sample;
          shares[sample] = (shares[sample] ?? 0) + weight;
        }
      }
      return fullest(touched.subarray(0, count), shares, totals);
    },
  };
}

/** The fullest of the samples that were touched; clears their shares. */
function fullest(
  touched: Int32Array,
  shares: Float64Array,
  totals: readonly number[],
): readonly number[] {
  const best: { readonly sample: number; readonly share: number }[] = [];
  for (const sample of touched) {
    const share = (shares[sample] ?? 0) / (totals[sample] ?? 1);
    shares[sample] = 0;
    if (share < LEAST_SHARE) continue;
    const last = best.at(-1);
    if (best.length === CANDIDATES && last !== undefined && share < last.share) continue;
    let at = best.length;
    while (at > 0 && isFuller({ sample, share }, best[at - 1])) at -= 1;
    best.splice(at, 0, { sample, share });
    if (best.length > CANDIDATES) best.pop();
  }
  return best.map(({ sample }) => sample);
}

interface Share {
  readonly sample: number;
  readonly share: number;
}

function isFuller(a: Share, b: Share | undefined): boolean {
  if (b === undefined) return false;
  return a.share !== b.share ? a.share > b.share : a.sample < b.sample;
}

/** The terms that each sample is entered by, numbers included. */
function entriesOf(samples: readonly RephraseSample[], size: number): readonly Int32Array[] {
  const counts = new Int32Array(size + 1);
  const terms = samples.map(({ words, numbers, tellingCount }) =>
    tellingCount < LEAST_TELLING
      ? new Int32Array(0)
      : distinct(Int32Array.from([...words, ...numbers])),
  );
  for (const ids of terms) for (const id of ids) counts[id] = (counts[id] ?? 0) + 1;
  const limit = Math.max(COMMON_COUNT, samples.length * COMMON_SHARE);
  return terms.map((ids) => {
    const rarest = ids.slice().sort((a, b) => (counts[a] ?? 0) - (counts[b] ?? 0) || a - b);
    return rarest.filter((id, index) => index < LEAST_ENTRIES || (counts[id] ?? 0) <= limit);
  });
}

function postingsOf(
  entered: readonly Int32Array[],
  size: number,
): { readonly offsets: Int32Array; readonly postings: Int32Array } {
  const offsets = new Int32Array(size + 2);
  for (const ids of entered) for (const id of ids) offsets[id + 1] = (offsets[id + 1] ?? 0) + 1;
  for (let id = 1; id < offsets.length; id += 1) {
    offsets[id] = (offsets[id] ?? 0) + (offsets[id - 1] ?? 0);
  }
  const postings = new Int32Array(offsets[size + 1] ?? 0);
  const next = offsets.slice();
  entered.forEach((ids, sample) => {
    for (const id of ids) {
      const at = next[id] ?? 0;
      postings[at] = sample;
      next[id] = at + 1;
    }
  });
  return { offsets, postings };
}
