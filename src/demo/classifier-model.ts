import type { FeatureVector } from './text-features.js';

/** Weights of a multinomial logistic regression over hashed n-grams. */
export interface ClassifierModel {
  readonly bucketBits: number;
  /** In ascending order; position is the class number. */
  readonly labels: readonly string[];
  readonly biases: Float32Array;
  /** Row by bucket: the weight of `bucket` for class `c` is at `bucket * labels.length + c`. */
  readonly weights: Float32Array;
}

/** A model that knows nothing of `labels`, or of those alone that `from` does not know. */
export function emptyModel(
  labels: readonly string[],
  bucketBits: number,
  from?: ClassifierModel,
): ClassifierModel {
  const buckets = 2 ** bucketBits;
  const biases = new Float32Array(labels.length);
  const weights = new Float32Array(buckets * labels.length);
  from?.labels.forEach((label, known) => {
    const c = labels.indexOf(label);
    biases[c] = from.biases[known] ?? 0;
    for (let bucket = 0; bucket < buckets; bucket += 1) {
      weights[bucket * labels.length + c] = from.weights[bucket * from.labels.length + known] ?? 0;
    }
  });
  return { bucketBits, labels, biases, weights };
}

/** The score of each class for one vector, before they become probabilities, written into `out`. */
export function scoreClasses(
  model: ClassifierModel,
  features: FeatureVector,
  out: Float64Array,
): void {
  const classCount = model.labels.length;
  for (let c = 0; c < classCount; c += 1) out[c] = model.biases[c] ?? 0;
  for (let position = 0; position < features.buckets.length; position += 1) {
    const row = (features.buckets[position] ?? 0) * classCount;
    const value = features.values[position] ?? 0;
    for (let c = 0; c < classCount; c += 1) {
      out[c] = (out[c] ?? 0) + value * (model.weights[row + c] ?? 0);
    }
  }
}

/** Class probabilities of one vector, written into `out`. */
export function predict(model: ClassifierModel, features: FeatureVector, out: Float64Array): void {
  scoreClasses(model, features, out);
  let highest = -Infinity;
  for (const score of out) highest = Math.max(highest, score);
  let sum = 0;
  for (let c = 0; c < out.length; c += 1) sum += out[c] = Math.exp((out[c] ?? 0) - highest);
  for (let c = 0; c < out.length; c += 1) out[c] = (out[c] ?? 0) / sum;
}
