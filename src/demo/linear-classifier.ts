import { DataError, invariant } from '../domain/errors.js';
import { emptyModel, predict, type ClassifierModel } from './classifier-model.js';
import { beginState, descend, type TrainingState } from './gradient-descent.js';
import { likelihood, preference, type Objective, type TargetedVector } from './objectives.js';
import { seededRandom, shuffledIndexes } from './seeded-random.js';
import { DEFAULT_BUCKET_BITS, extractFeatures } from './text-features.js';

export interface LabelledText {
  readonly text: string;
  readonly label: string;
  /** The answer that `label` is preferred to: all rows have one, or none has. */
  readonly rejected?: string;
}

export interface EpochProgress {
  /** Counted from 1. */
  readonly epoch: number;
  readonly epochs: number;
  /** Mean loss of the examples as they were met in this epoch. */
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
  /** How fast what was rejected is left behind, where rows are preferences. */
  readonly beta?: number;
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
export const DEFAULT_BETA = 0.1;
/** The learning rate falls linearly to this share of where it began. */
const FINAL_RATE_SHARE = 0.1;

interface Prepared {
  readonly examples: readonly TargetedVector[];
  readonly objective: Objective;
  readonly state: TrainingState;
}

/**
 * Trains epoch by epoch, yielding after each, so that a caller can report or stop between them: on labels, or on
 * preferences where rows have them.
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
  const { examples, objective, state } = prepare(rows, options);
  const random = seededRandom(options.seed);
  let stepsDone = 0;
  for (let epoch = 1; epoch <= epochs; epoch += 1) {
    let loss = 0;
    let right = 0;
    for (const index of shuffledIndexes(rows.length, random)) {
      const example = examples[index];
      if (example === undefined) continue;
      const done = stepsDone / (epochs * rows.length);
      const outcome = objective(state.model, example, state.gradient);
      descend(state, example.features, startRate * (1 - (1 - FINAL_RATE_SHARE) * done));
      loss += outcome.loss;
      right += outcome.right ? 1 : 0;
      stepsDone += 1;
    }
    yield { epoch, epochs, loss: loss / rows.length, accuracy: right / rows.length };
  }
  return state.model;
}

/** What the rows come to as numbers, what is learnt from each, and where training begins. */
function prepare(
  rows: readonly LabelledText[],
  { from, beta, ...options }: TrainingOptions,
): Prepared {
  const bucketBits = from?.bucketBits ?? options.bucketBits ?? DEFAULT_BUCKET_BITS;
  const answers = rows.flatMap(({ label, rejected = label }) => [label, rejected]);
  const labels = [...new Set([...(from?.labels ?? []), ...answers])].sort();
  const classOf = new Map(labels.map((label, index) => [label, index]));
  const examples = rows.map(({ text, label, rejected = label }) => ({
    features: extractFeatures(text, bucketBits),
    target: classOf.get(label) ?? 0,
    rejected: classOf.get(rejected) ?? 0,
  }));
  const begin = (): ClassifierModel => emptyModel(labels, bucketBits, from);
  const pairs = rows.filter(({ label, rejected = label }) => rejected !== label).length;
  invariant(pairs === 0 || pairs === rows.length, 'all rows are pairs of two answers, or none is');
  const isPreference = pairs > 0;
  const objective = isPreference ? preference(begin(), beta ?? DEFAULT_BETA) : likelihood;
  return { examples, objective, state: beginState(begin()) };
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
