import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { FEATURE_NAMES } from '../../../src/contamination/rephrase/features.js';
import { REPHRASING_WEIGHTS } from '../../../src/contamination/rephrase/score.js';
import { TRIAL_FILES, missingData, readTrialData } from '../../bench/rephrasing-data.js';
import { fitWeights, halfOf, measure, tryHalf } from '../../bench/rephrasing-trial.js';

const TARGET_RATE = 0.002;

describe('rephrasings of GSM8K test questions', () => {
  test('more than 0.93 are named at less than 0.2 % of train questions, fitted on one half, measured on the other', (t) => {
    const missing = missingData(TRIAL_FILES);
    if (missing !== null) return t.skip(missing);
    const data = readTrialData();
    const halves = [0, 1].map((half) => tryHalf(data, half, TARGET_RATE));
    const sum = (of: (half: (typeof halves)[number]) => number): number =>
      halves.reduce((total, half) => total + of(half), 0);
    assert.deepEqual([sum((half) => half.rewordings), sum((half) => half.others)], [656, 7473]);
    assert.ok(sum((half) => half.named) / 656 > 0.93);
    assert.ok(sum((half) => half.falsePositives.length) / 7473 < 0.002);
  });

  test('the weights that are shipped are those of all questions, and do the same', (t) => {
    const missing = missingData(TRIAL_FILES);
    if (missing !== null) return t.skip(missing);
    const data = readTrialData();
    const { intercept, features } = fitWeights(data);
    assert.ok(Math.abs(intercept - REPHRASING_WEIGHTS.intercept) < 0.5);
    for (const name of FEATURE_NAMES) {
      assert.ok(Math.abs(features[name] - REPHRASING_WEIGHTS.features[name]) < 0.3, name);
    }
    const { named, rewordings, falsePositives, others } = measure(
      data,
      REPHRASING_WEIGHTS,
      TARGET_RATE,
      ({ index }) => halfOf(index) === 0,
    );
    assert.ok(named / rewordings > 0.93 && falsePositives.length / others < 0.002);
  });
});
