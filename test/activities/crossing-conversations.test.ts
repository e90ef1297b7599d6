import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, test } from 'node:test';
import type { Books } from '../../src/domain/books.js';
import type { RedactionAction } from '../../src/domain/personal-data.js';
import type { CanonicalRecord, Example } from '../../src/domain/record.js';
import { optOutHashes } from '../../src/ingest/opt-outs.js';
import { addOptOuts } from '../../src/promotion/opt-out-list.js';
import { splitKeyFingerprint } from '../../src/split/place.js';
import type { Placement } from '../../src/split/place.js';
import {
  callId,
  CONVERSATIONS,
  thumb,
  turnOf,
  TURNS,
  turnsOf,
} from '../support/conversation-turns.js';
import { createDataPath, type BuiltWindow, type DataPath } from '../support/data-path.js';
import { SECRETS } from '../support/project.js';

function redact(path: DataPath, changes: Readonly<Record<string, RedactionAction>>): void {
  const { redaction } = path.configuration;
  const types = { ...redaction.types, ...changes };
  path.configuration = { ...path.configuration, redaction: { ...redaction, types } };
}

function booksOf({ manifest }: BuiltWindow, stage = 'ingest'): Books {
  return manifest.books.find((each) => each.stage === stage) ?? assert.fail(stage);
}

async function sidesOf(built: BuiltWindow): Promise<ReadonlyMap<string, string | null>> {
  const placements = await built.read<Placement>('placements');
  return new Map(placements.map(({ id, side }) => [id, side]));
}

describe('conversations over weeks', () => {
  let path: DataPath;
  let first: BuiltWindow;
  beforeEach(async () => {
    path = await createDataPath();
    path.writeLog('app.jsonl', [...turnsOf(0), ...turnsOf(1), ...turnsOf(2)]);
    first = await path.build(0);
  });
  afterEach(() => path.close());

  test('one that crosses the end of a window is the same record on the same side in the next', async () => {
    const ids = Array.from({ length: CONVERSATIONS }, (_, conversation) =>
      callId(conversation, 0),
    ).sort();
    assert.deepEqual(booksOf(first).dropped, { 'prefix-of': CONVERSATIONS });
    assert.equal(booksOf(first).deferred, CONVERSATIONS);
    const before = await sidesOf(first);
    assert.deepEqual([...before.keys()].sort(), ids);
    assert.deepEqual(new Set(before.values()), new Set(['train', 'holdout']));

    path.writeLog('app.jsonl', [...turnsOf(0), ...turnsOf(1), ...turnsOf(2), ...turnsOf(3)]);
    const second = await path.build(1);
    assert.deepEqual(booksOf(second).dropped, { seen: CONVERSATIONS * 2 });
    assert.equal(booksOf(second).notes?.['revision'], CONVERSATIONS);
    assert.deepEqual([...(await sidesOf(second))].sort(), [...before].sort());
    const third = await path.build(2);
    assert.equal(booksOf(third).notes?.['revision'], CONVERSATIONS);
    assert.deepEqual([...(await sidesOf(third))].sort(), [...before].sort());

    const rows = await third.read<Example>('rows');
    const trained = [...before].filter(([, side]) => side === 'train');
    assert.deepEqual(rows.map(({ id }) => id).sort(), trained.map(([id]) => id).sort());
    for (const { messages } of rows) assert.equal(messages.length, 1 + 2 * TURNS - 1);
    assert.equal(booksOf(third, 'assemble').dropped['revised'], 2 * trained.length);
  });

  test('a window that is built again is the same to the byte, and so is a chain', async () => {
    const again = await createDataPath();
    again.writeLog('app.jsonl', [...turnsOf(0), ...turnsOf(1), ...turnsOf(2)]);
    for (const index of [0, 1, 2]) {
      if (index > 0) path.writeLog('late.jsonl', turnsOf(3));
      if (index > 0) again.writeLog('late.jsonl', turnsOf(3));
      const { release } = await path.build(index);
      assert.equal((await path.build(index)).release, release);
      assert.equal((await again.build(index)).release, release);
    }
    again.close();
  });

  test('late feedback on an earlier turn is at that turn, and revises the record', async () => {
    const rejected = turnOf(0, 0, { feedback: [thumb('approved'), thumb('rejected')] });
    path.writeLog('app.jsonl', [rejected, ...turnsOf(0).slice(1), ...turnsOf(1)]);
    const second = await path.build(1);
    assert.deepEqual(booksOf(second).dropped, { 'prefix-of': 1, seen: 2 * CONVERSATIONS - 2 });
    const conversations = await second.read<{ readonly calls: readonly { turn: object }[] }>(
      'conversations',
    );
    const [{ calls } = assert.fail()] = conversations;
    const verdicts = calls.map(({ turn }) =>
      (turn as CanonicalRecord).signals.map(({ verdict }) => verdict),
    );
    assert.deepEqual(verdicts, [['approved', 'rejected'], ['approved']]);
    const [record] = await second.read<Placement>('placements');
    assert.deepEqual([record?.id, record?.by], [callId(0, 0), 'revision']);
  });

  for (const [behind, email] of [
    ['', 'mask'],
    [' behind another redactor, too', 'keep'],
  ] as const) {
    test(`any call of it opts it out${behind}, with its older rows`, async () => {
      const rows = await first.read<Example>('rows');
      const id = rows[0]?.id ?? assert.fail();
      const conversation = Number(/\d+/.exec(id)?.[0]);
      await addOptOuts(path.deps.store, 'triage', {
        v: 1,
        at: '2026-01-06T00:00:00.000Z',
        by: 'jo',
        splitKeyFingerprint: splitKeyFingerprint(SECRETS.splitKey),
        hashes: optOutHashes({ kind: 'record', id: callId(conversation, 1) }, SECRETS.splitKey),
      });
      redact(path, { email });
      const second = await path.build(1);
      assert.equal(second.manifest.generation?.number, email === 'keep' ? 2 : undefined);
      assert.equal(booksOf(second).dropped['opted-out'], 2);
      assert.equal(booksOf(second, 'assemble').dropped['opted-out'], 1);
      assert.ok(!(await second.read<Example>('rows')).some((row) => row.id === id));
      assert.ok(!(await sidesOf(second)).has(id));
    });
  }
});
