import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { PersonalDataType } from '../../src/domain/personal-data.js';
import { createRedactor } from '../../src/ingest/redaction.js';
import { generatedTexts, measureAccuracy } from '../support/personal-data/accuracy.js';
import { KINDS, typeOfKind } from '../support/personal-data/made-up-values.js';
import { PRESIDIO_SET, presidioTexts } from '../support/personal-data/presidio.js';
import { publicData } from '../support/public-data.js';

const redactor = createRedactor();

describe("of presidio's labelled texts the redactor finds", () => {
  const exactly: readonly (readonly [PersonalDataType, number])[] = [
    ['email', 49],
    ['card', 136],
    ['iban', 21],
    ['ip', 14],
    ['identity', 16],
  ];
  for (const [type, count] of exactly) {
    test(`every ${type} to the unit, at a precision of 0.95 at least`, (t) => {
      const path = publicData(t, PRESIDIO_SET);
      if (path === null) return;
      const accuracy = measureAccuracy(redactor, type, presidioTexts(path, type));
      assert.equal(accuracy.spans, count);
      assert.deepEqual(accuracy.missed, []);
      assert.equal(accuracy.exact, count);
      assert.ok(accuracy.wrong <= 0.05 * accuracy.found, accuracy.mistaken.join('\n'));
    });
  }

  test('nine phone numbers in ten at least, at a precision of 0.8 at least', (t) => {
    const path = publicData(t, PRESIDIO_SET);
    if (path === null) return;
    const accuracy = measureAccuracy(redactor, 'phone', presidioTexts(path, 'phone'));
    assert.equal(accuracy.spans, 92);
    assert.ok(accuracy.overlapped >= 0.9 * accuracy.spans, accuracy.missed.join('\n'));
    assert.ok(accuracy.wrong <= 0.2 * accuracy.found, accuracy.mistaken.join('\n'));
  });
});

describe('of a thousand made-up values of each kind among look-alikes the redactor finds', () => {
  for (const kind of KINDS) {
    test(`${kind}: 98 in 100 to the unit, at a precision of 0.95 at least`, () => {
      const accuracy = measureAccuracy(redactor, typeOfKind(kind), generatedTexts(kind, 1_000));
      assert.equal(accuracy.spans, 1_000);
      assert.ok(accuracy.exact >= 980, `${accuracy.exact} of 1000; ${accuracy.missed.join(' | ')}`);
      assert.ok(accuracy.wrong <= 0.05 * accuracy.found, accuracy.mistaken.join('\n'));
    });
  }
});
