import type { ClassifierModel } from './classifier-model.js';
import type { FeatureVector } from './text-features.js';

/** AdaGrad's sum of squares begins here, so that the first step is as long as the gradient says. */
const INITIAL_SQUARES = 1;

/** A model that is being trained. */
export interface TrainingState {
  readonly model: ClassifierModel;
  readonly weightSquares: Float32Array;
  readonly biasSquares: Float32Array;
  /** By class: the gradient of the loss of the example at hand with respect to the class's score. */
  readonly gradient: Float64Array;
}

/** A state whose steps change `model` itself. */
export function beginState(model: ClassifierModel): TrainingState {
  const { labels, weights } = model;
  return {
    model,
    weightSquares: new Float32Array(weights.length).fill(INITIAL_SQUARES),
    biasSquares: new Float32Array(labels.length).fill(INITIAL_SQUARES),
    gradient: new Float64Array(labels.length),
  };
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

/** A step against `state.gradient`, whose length is the learning rate's. */
export function descend(state: TrainingState, features: FeatureVector, rate: number): void {
  const { model, gradient } = state;
  const classCount = model.labels.length;
  for (let c = 0; c < classCount; c += 1) {
    step(model.biases, state.biasSquares, c, gradient[c] ?? 0, rate);
  }
  for (let position = 0; position < features.buckets.length; position += 1) {
    const row = (features.buckets[position] ?? 0) * classCount;
    const value = features.values[position] ?? 0;
    for (let c = 0; c < classCount; c += 1) {
      step(model.weights, state.weightSquares, row + c, (gradient[c] ?? 0) * value, rate);
    }
  }
}
