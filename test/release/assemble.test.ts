import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Fate } from '../../src/domain/manifest.js';
import { assembleRows, type LatestPlacements } from '../../src/release/assemble.js';
import { makeExample } from '../support/records.js';

const old = [makeExample('a', 'one'), makeExample('b', 'two')];
const history = [{ window: '2026-W01', release: 'r1', rows: old, folds: [] }];
const placed = (
  windows: Readonly<Record<string, string>>,
  by: 'draw' | 'retraction' = 'draw',
): LatestPlacements =>
  new Map(Object.entries(windows).map(([id, window]) => [id, { window, by }] as const));
const fresh = [makeExample('c', 'three', { window: '2026-W02' })];
const latest = placed({ a: '2026-W01', b: '2026-W01', c: '2026-W02' });

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
  assert.deepEqual(rows('promoted', 'all', new Map([...latest, ...placed({ a: '2026-W02' })])), [
    'b',
    'c',
  ]);
});

test('a row that a retraction takes out is counted as retracted', () => {
  const fates = [{ window: '2026-W01', release: 'r1', fate: 'promoted' }] as const;
  const withdrawn = new Map([...latest, ...placed({ a: '2026-W02' }, 'retraction')]);
  const { rows: kept, books } = assembleRows(fresh, history, fates, 'all', withdrawn);
  assert.deepEqual(
    kept.map(({ id }) => id),
    ['b', 'c'],
  );
  assert.deepEqual(books.dropped, { retracted: 1 });
});

test('history can be none or the last windows', () => {
  assert.deepEqual(rows('promoted', 'none'), ['c']);
  assert.deepEqual(rows('promoted', 1), ['a', 'b', 'c']);
});

test('the loser of a fold stays out of later releases, also when the better copy is gone', () => {
  const week1 = { window: '2026-W01', release: 'r1', rows: [makeExample('a', 'one')] };
  const rowB = makeExample('b', 'one', { window: '2026-W02' });
  const folds = [{ id: 'a', keptId: 'b', similarity: 1, rule: 'exact' as const }];
  const week2 = { window: '2026-W02', release: 'r2', rows: [rowB], folds };
  const ids = (fate: Fate, changes: Readonly<Record<string, string>> = {}): readonly string[] =>
    assembleRows(
      [],
      [{ ...week1, folds: [] }, week2],
      [
        { window: '2026-W01', release: 'r1', fate: 'promoted' },
        { window: '2026-W02', release: 'r2', fate },
      ],
      'all',
      placed({ a: '2026-W01', b: '2026-W02', ...changes }),
    ).rows.map(({ id }) => id);
  assert.deepEqual(ids('promoted'), ['b']);
  assert.deepEqual(ids('promoted', { b: '2026-W03' }), []);
  assert.deepEqual(ids('held', { b: '2026-W03' }), []);
});

test('a fold of a release that stays out takes nothing from history, and a revised loser is back', () => {
  const folds = [{ id: 'a', keptId: 'b', similarity: 1, rule: 'exact' as const }];
  const releases = [
    { window: '2026-W01', release: 'r1', rows: [makeExample('a', 'one')], folds: [] },
    { window: '2026-W02', release: 'r2', rows: [], folds },
    {
      window: '2026-W03',
      release: 'r3',
      rows: [makeExample('a', 'two', { window: '2026-W03' })],
      folds: [],
    },
  ];
  const latest = placed({ a: '2026-W01', b: '2026-W02' });
  const held = assembleRows(
    [],
    releases.slice(0, 2),
    [{ window: '2026-W02', release: 'r2', fate: 'held' }],
    'all',
    latest,
  );
  assert.deepEqual(
    held.rows.map(({ id }) => id),
    ['a'],
  );
  const revised = assembleRows(
    [],
    releases,
    [],
    'all',
    new Map([...latest, ...placed({ a: '2026-W03' })]),
  );
  assert.deepEqual(
    revised.rows.map(({ window }) => window),
    ['2026-W03'],
  );
  assert.deepEqual(revised.books.dropped, { revised: 1 });
});

test('the rows of whoever opted out are counted, and what they outdid is back', () => {
  const fates = [{ window: '2026-W01', release: 'r1', fate: 'promoted' }] as const;
  const folds = [{ id: 'b', keptId: 'a' }];
  const folded = [{ ...history[0], window: '2026-W01', release: 'r1', rows: old, folds }];
  const users = new Map(
    [...latest].map(([id, place]) => [id, { ...place, user: `user of ${id}` }]),
  );
  const assembled = (isOptedOut?: Parameters<typeof assembleRows>[5]): object => {
    const { rows: taken, books } = assembleRows(fresh, folded, fates, 'all', users, isOptedOut);
    return { ids: taken.map(({ id }) => id), dropped: books.dropped };
  };
  assert.deepEqual(assembled(), { ids: ['a', 'c'], dropped: { folded: 1 } });
  const gone = { ids: ['b', 'c'], dropped: { 'opted-out': 1 } };
  assert.deepEqual(
    assembled(({ user }) => user === 'user of a'),
    gone,
  );
  assert.deepEqual(
    assembled(({ id }) => id === 'a'),
    gone,
  );
});

test('an example beside its record’s own comes and goes with the record', () => {
  const apart = makeExample('a#turn-2', 'one', { recordId: 'a' });
  const withApart = [{ window: '2026-W01', release: 'r1', rows: [...old, apart], folds: [] }];
  const fates = [{ window: '2026-W01', release: 'r1', fate: 'promoted' }] as const;
  const ids = (seen: LatestPlacements, isOut: (id: string) => boolean = () => false): unknown => {
    const { rows: kept, books } = assembleRows([], withApart, fates, 'all', seen, ({ id }) =>
      isOut(id),
    );
    return [kept.map(({ id }) => id), books.dropped];
  };
  assert.deepEqual(ids(latest), [['a', 'a#turn-2', 'b'], {}]);
  const revised = new Map([...latest, ...placed({ a: '2026-W02' })]);
  assert.deepEqual(ids(revised), [['b'], { revised: 2 }]);
  const withdrawn = new Map([...latest, ...placed({ a: '2026-W02' }, 'retraction')]);
  assert.deepEqual(ids(withdrawn), [['b'], { retracted: 2 }]);
  assert.deepEqual(
    ids(latest, (id) => id === 'a'),
    [['b'], { 'opted-out': 2 }],
  );
});

test('what lost against an example beside a record’s own is back when that record opts out', () => {
  const apart = makeExample('b#turn-2', 'one', { recordId: 'b', window: '2026-W02' });
  const folds = [{ id: 'a', keptId: 'b#turn-2', similarity: 1, rule: 'exact' as const }];
  const releases = [
    { window: '2026-W01', release: 'r1', rows: [makeExample('a', 'one')], folds: [] },
    { window: '2026-W02', release: 'r2', rows: [apart], folds },
  ];
  const fates = releases.map(({ window, release }) => ({
    window,
    release,
    fate: 'promoted' as const,
  }));
  const seen = placed({ a: '2026-W01', b: '2026-W02' });
  const ids = (out: string): unknown =>
    assembleRows([], releases, fates, 'all', seen, ({ id }) => id === out).rows.map(({ id }) => id);
  assert.deepEqual(ids('nobody'), ['b#turn-2']);
  assert.deepEqual(ids('b'), ['a']);
});

test('of history only pairs are taken where pairs are asked for, and pairs are rows like any other elsewhere', () => {
  const pair = makeExample('a', 'one', {
    rejected: { content: 'other' },
    contentDigest: 'of a pair',
  });
  const releases = [
    { window: '2026-W01', release: 'r1', rows: [pair, ...old.slice(1)], folds: [] },
  ];
  const fates = [{ window: '2026-W01', release: 'r1', fate: 'promoted' }] as const;
  const assembled = (pairs: boolean): ReturnType<typeof assembleRows> =>
    assembleRows([], releases, fates, 'all', latest, undefined, { pairs });
  const taken = assembled(true);
  assert.deepEqual([taken.rows, taken.books.dropped], [[pair], { 'no-preference-pair': 1 }]);
  const { rows: supervised, books } = assembled(false);
  assert.deepEqual([supervised, books.dropped], [old, {}]);
});
