import assert from 'node:assert/strict';
import { test } from 'node:test';
import { assembleRows } from '../../src/release/assemble.js';
import { makeExample } from '../support/records.js';

const old = [makeExample('a', 'one'), makeExample('b', 'two')];
const history = [{ window: '2026-W01', release: 'r1', rows: old }];
const fresh = [makeExample('c', 'three', { window: '2026-W02' })];
const latest = new Map([
  ['a', '2026-W01'],
  ['b', '2026-W01'],
  ['c', '2026-W02'],
]);

function rows(
  fate: 'promoted' | 'held' | 'rejected' | 'inconclusive' | 'pending',
  policy: 'all' | 'none' | number = 'all',
  seen = latest,
): readonly string[] {
  const fates = [{ window: '2026-W01', release: 'r1', fate }];
  return assembleRows(fresh, history, fates, policy, seen).rows.map(({ id }) => id);
}

test('history takes the rows of promoted, inconclusive and pending releases', () => {
  for (const fate of ['promoted', 'inconclusive', 'pending'] as const) {
    assert.deepEqual(rows(fate), ['a', 'b', 'c']);
  }
});

test('the rows of held and rejected releases stay out, and are counted', () => {
  for (const fate of ['held', 'rejected'] as const) assert.deepEqual(rows(fate), ['c']);
  const { books } = assembleRows(
    fresh,
    history,
    [{ window: '2026-W01', release: 'r1', fate: 'held' }],
    'all',
    latest,
  );
  assert.deepEqual(books.dropped, { 'release-held': 2 });
});

test('a row whose record was placed again later is taken from the later window only', () => {
  assert.deepEqual(rows('promoted', 'all', new Map([...latest, ['a', '2026-W02']])), ['b', 'c']);
});

test('history can be none or the last windows', () => {
  assert.deepEqual(rows('promoted', 'none'), ['c']);
  assert.deepEqual(rows('promoted', 1), ['a', 'b', 'c']);
});
