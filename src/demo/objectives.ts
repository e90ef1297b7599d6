import { predict, scoreClasses, type ClassifierModel } from './classifier-model.js';
import type { FeatureVector } from './text-features.js';

/** An example as a trainer meets it: class numbers, and the vector of its text. */
export interface TargetedVector {
  readonly features: FeatureVector;
  readonly target: number;
  /** The answer that the target is preferred to; training on preferences only. */
  readonly rejected?: number;
}

/** What an example came to, before it was learnt from. */
export interface Outcome {
  readonly loss: number;
  readonly right: boolean;
}

/** Writes by class the gradient of an example's loss with respect to the class's score. */
export type Objective = (
  model: ClassifierModel,
  example: TargetedVector,
  gradient: Float64Array,
) => Outcome;

/** Cross-entropy; right is an answer that no other is more probable than. */
export const likelihood: Objective = (model, { features, target }, gradient) => {
  predict(model, features, gradient);
  const probability = gradient[target] ?? 0;
  const right = gradient.every((other) => other <= probability);
  gradient[target] = probability - 1;
  return { loss: -Math.log(Math.max(probability, Number.MIN_VALUE)), right };
};

/**
 * Direct preference optimisation (Rafailov et al. 2023, equation 7): with m = beta · ((z_w − z_l) − (z_w − z_l of
 * `reference`)), the loss is log(1 + e^−m). The logarithms of two answers' probabilities differ by as much as their
 * scores z do, so nothing is normalised. Right is a pair that is told apart better than by the reference.
 */
export function preference(reference: ClassifierModel, beta: number): Objective {
  const before = new Float64Array(reference.labels.length);
  return (model, { features, target, rejected = target }, gradient) => {
    scoreClasses(reference, features, before);
    scoreClasses(model, features, gradient);
    const gap = (scores: Float64Array): number => (scores[target] ?? 0) - (scores[rejected] ?? 0);
    const margin = beta * (gap(gradient) - gap(before));
    gradient.fill(0);
    gradient[target] = -beta / (1 + Math.exp(margin));
    gradient[rejected] = beta / (1 + Math.exp(margin));
    return { loss: Math.log1p(Math.exp(-margin)), right: margin > 0 };
  };
}
