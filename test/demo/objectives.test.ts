import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { emptyModel, scoreClasses, type ClassifierModel } from '../../src/demo/classifier-model.js';
import { likelihood, preference, type Objective } from '../../src/demo/objectives.js';
import { seededRandom } from '../../src/demo/seeded-random.js';
import { extractFeatures } from '../../src/demo/text-features.js';

const LABELS = ['garden', 'kitchen', 'sea'];
const BITS = 6;
const features = extractFeatures('roses by the sea', BITS);

/** A model whose parameters are random, so that no symmetry hides a mistake. */
function randomModel(seed: number): ClassifierModel {
  const random = seededRandom(seed);
  const { biases, weights, ...rest } = emptyModel(LABELS, BITS);
  return {
    ...rest,
    biases: biases.map(() => random() - 0.5),
    weights: weights.map(() => random() - 0.5),
  };
}

/** The gradient with respect to each class's score, by moving its bias a little both ways. */
function numericGradient(objective: Objective, model: ClassifierModel): number[] {
  const lossAt = (c: number, by: number): number => {
    const biases = Float32Array.from(model.biases);
    biases[c] = (biases[c] ?? 0) + by;
    const example = { features, target: 0, rejected: 2 };
    return objective({ ...model, biases }, example, new Float64Array(LABELS.length)).loss;
  };
  const step = 1 / 1024;
  return LABELS.map((_, c) => (lossAt(c, step) - lossAt(c, -step)) / (2 * step));
}

describe('what is learnt from an example', () => {
  const reference = randomModel(1);
  for (const [name, objective] of [
    ['an answer', likelihood],
    ['a pair, by a beta of 0.1', preference(reference, 0.1)],
    ['a pair, by a beta of 1.5', preference(reference, 1.5)],
  ] as const) {
    test(`has the gradient of its loss: ${name}`, () => {
      const model = randomModel(2);
      const gradient = new Float64Array(LABELS.length);
      objective(model, { features, target: 0, rejected: 2 }, gradient);
      numericGradient(objective, model).forEach((wanted, c) => {
        assert.ok(Math.abs((gradient[c] ?? NaN) - wanted) < 1e-4, `${gradient[c]}, not ${wanted}`);
      });
    });
  }

  test('is ln 2 of a pair where the model is its own reference, and then neither right nor wrong', () => {
    const found = preference(reference, 0.7)(
      reference,
      { features, target: 1, rejected: 2 },
      new Float64Array(LABELS.length),
    );
    assert.ok(Math.abs(found.loss - Math.LN2) < 1e-12);
    assert.equal(found.right, false);
  });

  test('leaves answers alone that are no part of the pair', () => {
    const gradient = new Float64Array(LABELS.length).fill(9);
    preference(reference, 1)(randomModel(3), { features, target: 0, rejected: 2 }, gradient);
    assert.equal(gradient[1], 0);
    assert.equal(gradient[0], -(gradient[2] ?? 0));
    const scores = new Float64Array(LABELS.length);
    scoreClasses(reference, features, scores);
    assert.ok(scores.every(Number.isFinite));
  });
});
