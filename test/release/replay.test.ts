import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fc } from '../support/properties.js';
import { assembleRows } from '../../src/release/assemble.js';
import { drawReplay } from '../../src/release/replay.js';
import { makeExample } from '../support/records.js';

const window = '2026-W09';
const history = Array.from({ length: 400 }, (_, n) => makeExample(`old-${n}`, `prompt ${n}`));
const idsOf = (rows: Iterable<{ readonly id: string }>): readonly string[] =>
  [...rows].map(({ id }) => id).sort();

test('as many rows are drawn as make up the share beside the new ones, or all there are', () => {
  const drawn = (fresh: number, share: number): number =>
    drawReplay(history, fresh, { share, window }).size;
  assert.deepEqual(
    [drawn(85, 0.15), drawn(100, 0), drawn(100, 0.5), drawn(100, 0.9), drawn(0, 0.5)],
    [15, 0, 100, 400, 0],
  );
});

test('the draw is the same in any order of history, and another one in another window', () => {
  const once = idsOf(drawReplay(history, 85, { share: 0.15, window }));
  fc.assert(
    fc.property(fc.shuffledSubarray(history, { minLength: history.length }), (shuffled) => {
      assert.deepEqual(idsOf(drawReplay(shuffled, 85, { share: 0.15, window })), once);
    }),
    { numRuns: 20 },
  );
  assert.notDeepEqual(idsOf(drawReplay(history, 85, { share: 0.15, window: '2026-W10' })), once);
});

test('a row that goes takes no other out of the draw: the rest moves up', () => {
  const policy = { share: 0.15, window };
  const [gone = ''] = idsOf(drawReplay(history, 85, policy));
  const left = history.filter(({ id }) => id !== gone);
  const before = idsOf(drawReplay(history, 85, policy)).filter((id) => id !== gone);
  const after = idsOf(drawReplay(left, 85, policy));
  assert.deepEqual(
    before.filter((id) => !after.includes(id)),
    [],
  );
  assert.equal(after.length, 15);
});

test('what is drawn is what was valid, and the books say what was not repeated', () => {
  const fresh = Array.from({ length: 4 }, (_, n) =>
    makeExample(`new-${n}`, `news ${n}`, { window }),
  );
  const weeks = [
    { window: '2026-W07', release: 'held', rows: [makeExample('h', 'held')], folds: [] },
    { window: '2026-W01', release: 'r', rows: history, folds: [] },
  ];
  const fates = [
    { window: '2026-W07', release: 'held', fate: 'held' },
    { window: '2026-W01', release: 'r', fate: 'promoted' },
  ] as const;
  const placed = [...history, ...fresh, makeExample('h', 'held', { window: '2026-W07' })];
  const latest = new Map(
    placed.map((row) => [row.id, { window: row.window, by: 'draw' as const }]),
  );
  const replay = { share: 0.2, window };
  const { rows, books } = assembleRows(fresh, weeks, fates, 'all', latest, undefined, { replay });
  assert.equal(rows.length, 5);
  assert.deepEqual(books.dropped, { 'release-held': 1, 'not-replayed': 399 });
  assert.deepEqual(books.notes, { replayed: 1 });
});
