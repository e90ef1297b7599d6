import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { parseConfiguration } from '../../src/config/schema.js';
import type { Configuration } from '../../src/domain/configuration.js';

const BASE = {
  model: 'triage',
  window: { first: '2026-W01' },
  sources: [{ path: 'logs' }],
  consent: { unmarked: 'allow' },
  evals: [{ name: 'mail', digest: 'a'.repeat(64) }],
  train: {
    baseURL: 'http://127.0.0.1:1/v1',
    baseModel: 'base',
    pricePerMillionTokens: 0,
    maximumCost: 0,
  },
  champion: { modelId: 'ft:champion', trainedOn: [] },
};

const parsed = (gate: object): Configuration => parseConfiguration({ ...BASE, gate });
const told = (gate: object): string => {
  try {
    parsed(gate);
  } catch (error) {
    return String(error);
  }
  return '';
};

describe('a gate on pooled holdouts', () => {
  test('reaches over eight windows and wants to see five points unless it says otherwise', () => {
    const { gate } = parsed({ superiorityOn: 'pooled-holdout', pool: {} });
    assert.equal(gate.superiorityOn, 'pooled-holdout');
    assert.deepEqual(gate.pool, { windows: 8, difference: 0.05 });
    assert.equal(parsed({}).gate.pool, undefined);
  });

  test('has to say when it decides, and only that gate says so', () => {
    assert.match(told({ superiorityOn: 'pooled-holdout' }), /gate\.pool: is needed where/);
    assert.match(told({ pool: {} }), /gate\.pool: says when pooled holdouts decide/);
    for (const pool of [{ windows: 1 }, { difference: 0 }, { weeks: 3 }]) {
      assert.match(told({ superiorityOn: 'pooled-holdout', pool }), /gate\.pool/);
    }
  });

  test('asks for less than the difference that a pool is collected for, as it is written or left out', () => {
    const pooled = (difference: object, minimumDifference?: number): string =>
      told({
        superiorityOn: 'pooled-holdout',
        pool: difference,
        ...(minimumDifference !== undefined && { minimumDifference }),
      });
    for (const refused of [
      pooled({ difference: 0.05 }, 0.08),
      pooled({ difference: 0.05 }, 0.05),
      pooled({}, 0.05),
      pooled({ difference: 0.01 }),
    ]) {
      assert.match(
        refused,
        /gate\.minimumDifference: asks for 0\.0\d, and a pool is looked at once/,
      );
    }
    for (const accepted of [
      pooled({ difference: 0.05 }, 0.049),
      pooled({}, 0.04),
      pooled({ difference: 0.011 }),
    ]) {
      assert.equal(accepted, '');
    }
    assert.equal(told({ superiorityOn: 'holdout', minimumDifference: 0.08 }), '');
    assert.doesNotMatch(pooled({ difference: 'much' }, 0.08), /gate\.minimumDifference/);
  });

  test('guards nothing by the holdouts that it collects', () => {
    const pooled = { superiorityOn: 'pooled-holdout', pool: {} };
    for (const section of ['guards', 'safety', 'fairness']) {
      const holdout = { ...pooled, [section]: [{ suite: 'holdout', margin: 0.05 }] };
      assert.match(
        told(holdout),
        new RegExp(`gate\\.${section}\\[0\\]\\.suite: would be looked at`),
      );
      const itself = { ...pooled, [section]: [{ suite: 'pooled-holdout', margin: 0.05 }] };
      assert.match(told(itself), new RegExp(`gate\\.${section}\\[0\\]\\.suite: no such suite`));
      const frozen = { ...pooled, [section]: [{ suite: 'frozen:mail', margin: 0.05 }] };
      assert.equal(told(frozen), '');
    }
  });
});
