import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import { DEFAULT_CONTAMINATION_POLICY } from '../../../src/contamination/policy.js';
import { FORMS } from './forms.js';
import { type FamilyResult, type MatrixResult, runMatrix } from './matrix.js';

const SEED = 1;
const PER_STYLE = 12;

describe('the injection matrix', () => {
  let result: MatrixResult = { samples: 0, rows: 0, forms: [], families: [] };
  before(() => {
    result = runMatrix(SEED, PER_STYLE, DEFAULT_CONTAMINATION_POLICY);
  });

  function family(name: string): FamilyResult {
    const found = result.families.find((one) => one.family === name);
    assert.ok(found !== undefined && found.rows >= PER_STYLE, name);
    return found;
  }

  test('has every form, with leaks of several styles in each but those that few styles can have', () => {
    assert.equal(result.forms.length, FORMS.length + 1);
    for (const { form, leaks } of result.forms) assert.ok(leaks >= PER_STYLE, form);
    assert.ok(result.forms.filter(({ leaks }) => leaks >= PER_STYLE * 3).length >= 25);
  });

  test('has at least 98 % of the leaks of each form found, and 99.5 % of all', () => {
    for (const { form, leaks, found, missed } of result.forms) {
      assert.ok(found >= leaks * 0.98, `${form}: ${missed.join(', ')}`);
    }
    const leaks = result.forms.reduce((sum, form) => sum + form.leaks, 0);
    const found = result.forms.reduce((sum, form) => sum + form.found, 0);
    assert.ok(found >= leaks * 0.995, `${found} of ${leaks}`);
  });

  for (const name of [
    'shared instruction template',
    'template longer than the question',
    'mail footers',
    'legal notices',
    'famous quotations',
    'tool calls of one schema',
    'algebra identities',
    'same passage, other question',
    'names swapped, other answers',
    'nothing in common',
  ]) {
    test(`takes nothing for a leak of: ${name}`, () => {
      assert.deepEqual(family(name).removed, []);
    });
  }

  test('takes no twin with other numbers for a leak, and tells each as kin', () => {
    const twins = family('number-swapped twins');
    assert.deepEqual(twins.removed, []);
    assert.equal(twins.kin, twins.rows);
  });

  test('is the same for the same seed', () => {
    const [one, other] = [3, 3].map((count) =>
      runMatrix(SEED, count, DEFAULT_CONTAMINATION_POLICY),
    );
    assert.deepEqual(one, other);
  });
});
