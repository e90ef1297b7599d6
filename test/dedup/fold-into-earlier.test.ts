import assert from 'node:assert/strict';
import { test } from 'node:test';
import { foldIntoEarlier } from '../../src/dedup/fold-into-earlier.js';
import type { DedupePolicy } from '../../src/domain/shingle.js';
import { makeExample } from '../support/records.js';

const POLICY: DedupePolicy = {
  shingle: { unit: 'words', size: 3 },
  promptThreshold: 0.7,
  answerThreshold: 1,
  survivors: ['newest'],
};
const prompt = 'my parcel with the blue lamp has not come although it was sent two weeks ago';
const earlier = [makeExample('file#0', prompt, { answer: 'shipping' })];
const never = (): boolean => false;

function foldsOf(
  rows: Parameters<typeof foldIntoEarlier>[0],
  isRevision: (row: { readonly id: string }) => boolean = never,
): readonly unknown[] {
  return foldIntoEarlier(rows, earlier, POLICY, isRevision).folds.map(({ id, keptId, rule }) => [
    id,
    keptId,
    rule,
  ]);
}

test('a row that repeats an earlier one exactly or nearly is told, one with another answer or prompt is not', () => {
  const rows = [
    makeExample('same', prompt, { answer: 'shipping' }),
    makeExample('near', `${prompt} please`, { answer: 'shipping' }),
    makeExample('other-answer', `${prompt} now`, { answer: 'returns' }),
    makeExample('other-prompt', 'nobody can log in since this morning', { answer: 'shipping' }),
  ];
  assert.deepEqual(foldsOf(rows), [
    ['near', 'file#0', 'near'],
    ['same', 'file#0', 'exact'],
  ]);
});

test('a revision that is near to its older row is there to replace it, and goes only where it is the same', () => {
  const rows = [
    makeExample('near', `${prompt} please`, { answer: 'shipping' }),
    makeExample('same', prompt, { answer: 'shipping' }),
  ];
  assert.deepEqual(
    foldsOf(rows, () => true),
    [['same', 'file#0', 'exact']],
  );
});

test('rows that are near to each other and to nothing earlier are nobody’s business here', () => {
  const text = 'the invoice of march lists a lamp that was never ordered by anybody in this house';
  const rows = [makeExample('a', text), makeExample('b', `${text} at all`)];
  assert.deepEqual(foldsOf(rows), []);
});
