import { DataError } from '../domain/errors.js';
import { seededRandom, shuffledIndexes } from './seeded-random.js';
import { DEFAULT_BUCKET_BITS, extractFeatures, type FeatureVector } from './text-features.js';

export { extractFeatures };

/** Weights of a multinomial logistic regression over hashed n-grams. */
export interface ClassifierModel {
  readonly bucketBits: number;
  /** In ascending order; position is the class number. */
  readonly labels: readonly string[];
  readonly biases: Float32Array;
  /** Row by bucket: the weight of `bucket` for class `c` is at `bucket * labels.length + c`. */
  readonly weights: Float32Array;
}

export interface LabelledText {
  readonly text: string;
  readonly label: string;
}

export interface EpochProgress {
  /** Counted from 1. */
  readonly epoch: number;
  readonly epochs: number;
  /** Mean cross-entropy of the examples as they were met in this epoch. */
  readonly loss: number;
  /** Share of examples that were answered rightly just before they were learnt from. */
  readonly accuracy: number;
}

export interface TrainingOptions {
  readonly seed: number;
  readonly epochs?: number;
  readonly learningRate?: number;
  readonly bucketBits?: number;
  /** The model that is trained further; it keeps the labels that it knows. From nothing where left out. */
  readonly from?: ClassifierModel;
  readonly onEpoch?: (progress: EpochProgress) => void;
}

export interface Classification {
  readonly label: string;
  readonly probability: number;
  /** Every label with its probability, the best first; ties in the order of the labels. */
  readonly ranking: readonly { readonly label: string; readonly probability: number }[];
}

export const DEFAULT_EPOCHS = 6;
export const DEFAULT_LEARNING_RATE = 4;
/** The learning rate falls linearly to this share of where it began. */
const FINAL_RATE_SHARE = 0.1;
/** AdaGrad's sum of squares begins here, so that the first step is as long as the gradient says. */
const INITIAL_SQUARES = 1;

interface TrainingState {
  readonly model: ClassifierModel;
  readonly weightSquares: Float32Array;
  readonly biasSquares: Float32Array;
  /** Class probabilities of the example at hand, then its gradient. */
  readonly scratch: Float64Array;
}

/** Class probabilities of one vector, written into `out`. */
function predict(model: ClassifierModel, features: FeatureVector, out: Float64Array): void {
  const classCount = model.labels.length;
  for (let c = 0; c < classCount; c += 1) out[c] = model.biases[c] ?? 0;
  for (let position = 0; position < features.buckets.length; position += 1) {
    const row = (features.buckets[position] ?? 0) * classCount;
    const value = features.values[position] ?? 0;
    for (let c = 0; c < classCount; c += 1) {
      out[c] = (out[c] ?? 0) + value * (model.weights[row + c] ?? 0);
    }
  }
  let highest = -Infinity;
  for (let c = 0; c < classCount; c += 1) highest = Math.max(highest, out[c] ?? 0);
  let sum = 0;
  for (let c = 0; c < classCount; c += 1) sum += out[c] = Math.exp((out[c] ?? 0) - highest);
  for (let c = 0; c < classCount; c += 1) out[c] = (out[c] ?? 0) / sum;
}

/** One AdaGrad step of one parameter (Duchi, Hazan and Singer 2011, diagonal form). */
function step(
  parameters: Float32Array,
  squares: Float32Array,
  at: number,
  gradient: number,
  rate: number,
): void {
  const sum = (squares[at] ?? 0) + gradient * gradient;
  squares[at] = sum;
  parameters[at] = (parameters[at] ?? 0) - (rate * gradient) / Math.sqrt(sum);
}

/** Learns from one example; returns its cross-entropy and whether it had been answered rightly. */
function learn(
  state: TrainingState,
  features: FeatureVector,
  target: number,
  rate: number,
): { readonly loss: number; readonly right: boolean } {
  const { model, scratch } = state;
  const classCount = model.labels.length;
  predict(model, features, scratch);
  const probability = scratch[target] ?? 0;
  const right = scratch.every((other) => other <= probability);
  scratch[target] = probability - 1;
  for (let c = 0; c < classCount; c += 1) {
    step(model.biases, state.biasSquares, c, scratch[c] ?? 0, rate);
  }
  for (let position = 0; position < features.buckets.length; position += 1) {
    const row = (features.buckets[position] ?? 0) * classCount;
    const value = features.values[position] ?? 0;
    for (let c = 0; c < classCount; c += 1) {
      step(model.weights, state.weightSquares, row + c, (scratch[c] ?? 0) * value, rate);
    }
  }
  return { loss: -Math.log(Math.max(probability, Number.MIN_VALUE)), right };
}

/** A model that knows nothing of `labels`, or of those alone that `from` does not know. */
function emptyModel(
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

function beginState(model: ClassifierModel): TrainingState {
  const { labels, weights } = model;
  return {
    model,
    weightSquares: new Float32Array(weights.length).fill(INITIAL_SQUARES),
    biasSquares: new Float32Array(labels.length).fill(INITIAL_SQUARES),
    scratch: new Float64Array(labels.length),
  };
}

/**
 * Trains epoch by epoch, yielding after each, so that a caller can report or stop between them.
 * The same rows in the same order, options and seed give the same weights on the same JavaScript engine.
 * @throws DataError('no-training-rows') on an empty list.
 */
export function* trainingEpochs(
  rows: readonly LabelledText[],
  options: TrainingOptions,
): Generator<EpochProgress, ClassifierModel> {
  if (rows.length === 0) throw new DataError('no-training-rows', 'there are no rows to train on');
  const epochs = options.epochs ?? DEFAULT_EPOCHS;
  const startRate = options.learningRate ?? DEFAULT_LEARNING_RATE;
  const { from } = options;
  const bucketBits = from?.bucketBits ?? options.bucketBits ?? DEFAULT_BUCKET_BITS;
  const labels = [...new Set([...(from?.labels ?? []), ...rows.map((row) => row.label)])].sort();
  const classOf = new Map(labels.map((label, index) => [label, index]));
  const targets = rows.map((row) => classOf.get(row.label) ?? 0);
  const vectors = rows.map((row) => extractFeatures(row.text, bucketBits));
  const state = beginState(emptyModel(labels, bucketBits, from));
  const random = seededRandom(options.seed);
  let stepsDone = 0;
  for (let epoch = 1; epoch <= epochs; epoch += 1) {
    let loss = 0;
    let right = 0;
    for (const index of shuffledIndexes(rows.length, random)) {
      const vector = vectors[index];
      if (vector === undefined) continue;
      const done = stepsDone / (epochs * rows.length);
      const outcome = learn(
        state,
        vector,
        targets[index] ?? 0,
        startRate * (1 - (1 - FINAL_RATE_SHARE) * done),
      );
      loss += outcome.loss;
      right += outcome.right ? 1 : 0;
      stepsDone += 1;
    }
    yield { epoch, epochs, loss: loss / rows.length, accuracy: right / rows.length };
  }
  return state.model;
}

/**
 * Trains a softmax regression over hashed n-grams: a small linear classifier, not a language model.
 * @throws DataError('no-training-rows') on an empty list.
 */
export function trainClassifier(
  rows: readonly LabelledText[],
  options: TrainingOptions,
): ClassifierModel {
  const training = trainingEpochs(rows, options);
  for (;;) {
    const next = training.next();
    if (next.done === true) return next.value;
    options.onEpoch?.(next.value);
  }
}

/** The most probable label of a text. A model always has at least one label. */
export function classify(model: ClassifierModel, text: string): Classification {
  const probabilities = new Float64Array(model.labels.length);
  predict(model, extractFeatures(text, model.bucketBits), probabilities);
  const ranking = model.labels
    .map((label, index) => ({ label, probability: probabilities[index] ?? 0 }))
    .sort((a, b) => b.probability - a.probability);
  const best = ranking[0];
  if (best === undefined) throw new DataError('empty-model', 'the classifier has no labels');
  return { ...best, ranking };
}
