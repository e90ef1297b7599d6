/** A text as a sparse vector of Euclidean length 1 (or empty): parallel arrays, buckets ascending. */
export interface FeatureVector {
  readonly buckets: Uint32Array;
  readonly values: Float64Array;
}

/** 2^15 buckets: measured no worse than 2^16 or 2^17 on 2,500 short texts, at a quarter of the memory. */
export const DEFAULT_BUCKET_BITS = 15;

const WORD_WEIGHT = 1;
const PAIR_WEIGHT = 0.7;
const CHARACTERS_WEIGHT = 0.35;
const SHORTEST_RUN = 3;
const LONGEST_RUN = 5;
const WORD = /[\p{L}\p{N}]+/gu;

/** FNV-1a over UTF-16 code units (32 bits), then folded so that the low bits depend on the high ones. */
function hash(text: string): number {
  let value = 0x811c9dc5;
  for (let index = 0; index < text.length; index += 1) {
    value = Math.imul(value ^ text.charCodeAt(index), 0x01000193);
  }
  return (value ^ (value >>> 15)) >>> 0;
}

function* weightedFeatures(words: readonly string[]): Generator<readonly [string, number]> {
  for (const [index, word] of words.entries()) {
    yield [`w ${word}`, WORD_WEIGHT];
    const next = words[index + 1];
    if (next !== undefined) yield [`p ${word} ${next}`, PAIR_WEIGHT];
    const marked = `<${word}>`;
    for (let size = SHORTEST_RUN; size <= LONGEST_RUN; size += 1) {
      for (let start = 0; start + size <= marked.length; start += 1) {
        yield [`c ${marked.slice(start, start + size)}`, CHARACTERS_WEIGHT];
      }
    }
  }
}

/**
 * Hashed n-grams of a text: words (weight 1), pairs of neighbouring words (0.7) and runs of 3 to 5
 * characters inside a word and its edges (0.35), case and Unicode compatibility forms folded.
 *
 * `extractFeatures('')` is the empty vector.
 */
export function extractFeatures(text: string, bucketBits = DEFAULT_BUCKET_BITS): FeatureVector {
  const words = text.normalize('NFKC').toLowerCase().match(WORD) ?? [];
  const mask = 2 ** bucketBits - 1;
  const sums = new Map<number, number>();
  for (const [feature, weight] of weightedFeatures(words)) {
    const bucket = hash(feature) & mask;
    sums.set(bucket, (sums.get(bucket) ?? 0) + weight);
  }
  const buckets = Uint32Array.from(sums.keys()).sort();
  const values = Float64Array.from(buckets, (bucket) => sums.get(bucket) ?? 0);
  const length = Math.sqrt(values.reduce((sum, value) => sum + value * value, 0));
  return { buckets, values: values.map((value) => value / length) };
}
