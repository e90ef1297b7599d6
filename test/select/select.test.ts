import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { canonicalJson } from '../../src/domain/json.js';
import { labelOf, selectExamples } from '../../src/select/select.js';
import { sha256Hex } from '../../src/storage/objects.js';
import { makeRecord, makeSignal } from '../support/records.js';

const policy = { completeSignals: ['filing'], unconfirmed: 'drop' } as const;

function label(...signals: Parameters<typeof makeSignal>[0][]): ReturnType<typeof labelOf> {
  return labelOf(makeRecord('r', 'p', { signals: signals.map(makeSignal) }), policy);
}

describe('a label', () => {
  test('from a complete stream is independent, whether it agrees with the model or not', () => {
    assert.deepEqual(label({ name: 'filing', correction: 'answer' }), {
      kind: 'labelled',
      answer: 'answer',
      origin: 'independent',
    });
  });

  test('from any other correction is edited', () => {
    assert.deepEqual(label({ kind: 'edit', correction: 'better' }), {
      kind: 'labelled',
      answer: 'better',
      origin: 'edited',
    });
  });

  test('from an approval is the model’s own answer, confirmed', () => {
    const confirmed = { kind: 'labelled', answer: 'answer', origin: 'confirmed' };
    assert.deepEqual(label({ verdict: 'approved' }), confirmed);
  });

  test('of staging and debug traffic is none', () => {
    for (const surface of ['staging', 'debug'] as const) {
      const unlabelled = { kind: 'unlabelled', reason: 'unconfirmed' };
      assert.deepEqual(label({ verdict: 'approved', surface }), unlabelled);
      assert.deepEqual(label({ correction: 'x', surface }), unlabelled);
    }
  });

  test('of a record that was not production traffic is none, whatever is said of it or kept', () => {
    for (const surface of ['staging', 'debug'] as const) {
      const signals = [makeSignal({ verdict: 'approved' })];
      const record = makeRecord('r', 'p', { signals, surface });
      const unlabelled = { kind: 'unlabelled', reason: 'not-production' };
      assert.deepEqual(labelOf(record, { ...policy, unconfirmed: 'keep' }), unlabelled);
    }
  });

  test('a rejection without a correction leaves no label', () => {
    assert.deepEqual(label({ verdict: 'approved' }, { verdict: 'rejected' }), {
      kind: 'unlabelled',
      reason: 'rejected',
    });
  });

  test('the latest correction counts', () => {
    const found = label(
      { correction: 'new', at: '2026-01-03T00:00:00.000Z' },
      { correction: 'old', at: '2026-01-02T00:00:00.000Z' },
    );
    assert.equal(found.kind === 'labelled' && found.answer, 'new');
  });
});

test('every placed record is an example, a sample, dropped or quarantined', () => {
  const signals = [makeSignal({ verdict: 'approved' })];
  const placed = [
    {
      record: makeRecord('kept', 'a prompt', { signals, quality: 0.5 }),
      side: 'train',
      group: 'g',
    },
    { record: makeRecord('unjudged', 'a prompt'), side: 'train', group: 'g' },
    { record: makeRecord('empty', '', { signals }), side: 'train', group: 'g' },
    { record: makeRecord('sample', 'a prompt', { signals }), side: 'holdout', group: 'g' },
    { record: makeRecord('unreferenced', 'a prompt'), side: 'holdout', group: 'g' },
    { record: makeRecord('unmatchable', '?', { signals }), side: 'holdout', group: 'g' },
  ] as const;
  const selection = selectExamples(
    placed,
    policy,
    '2026-W01',
    (value) => sha256Hex(canonicalJson(value)),
    (prompt) => prompt.length > 1,
  );
  assert.deepEqual(
    selection.train.map(({ id, quality }) => [id, quality]),
    [['kept', 0.5]],
  );
  assert.deepEqual(
    selection.holdout.map(({ id, answer }) => [id, answer]),
    [
      ['sample', 'answer'],
      ['unreferenced', null],
    ],
  );
  assert.deepEqual(selection.unmatchable, ['unmatchable']);
  assert.deepEqual(selection.books.dropped, { unconfirmed: 1, 'empty-prompt': 1 });
  assert.deepEqual(selection.books.quarantined, { unmatchable: 1 });
});
