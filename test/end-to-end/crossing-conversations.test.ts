import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { readReleaseFile } from '../../activities/window-state.js';
import { assertBalanced, type Books } from '../../src/domain/books.js';
import type { WindowOutcome } from '../../src/domain/contracts.js';
import type { ReleaseManifest } from '../../src/domain/manifest.js';
import type { Example } from '../../src/domain/record.js';
import type { Sample } from '../../src/domain/sample.js';
import { keys } from '../../src/release/layout.js';
import type { RowsName } from '../../src/release/rows-files.js';
import type { Placement } from '../../src/split/place.js';
import { readBytes, readJson } from '../../src/storage/objects.js';
import { callId, CONVERSATIONS, turnsOf } from '../support/conversation-turns.js';
import { startLoop, type Loop } from '../support/loop.js';

/** Messages of a prompt that ends with the user's turn of this number, the system prompt among them. */
const promptLength = (turn: number): number => 2 + 2 * turn;

describe('conversations that the end of a week cuts in two, over Temporal', () => {
  let loop: Loop;
  let first: WindowOutcome;
  let second: WindowOutcome;
  before(async () => {
    loop = await startLoop({ firstWindow: '2026-W01', championRows: 10, evalSamples: 60 });
    const worker = await loop.startWorker();
    try {
      loop.project.writeLog('w1.jsonl', [...turnsOf(0), ...turnsOf(1)]);
      first = await loop.run('2026-W01');
      loop.project.writeLog('w2.jsonl', turnsOf(2));
      second = await loop.run('2026-W02');
    } finally {
      await worker.stop();
    }
  });
  after(() => loop.close());

  async function rowsOf<T>({ release }: WindowOutcome, name: RowsName): Promise<readonly T[]> {
    const manifest = await readJson<ReleaseManifest>(loop.project.store, keys.release(release));
    return readReleaseFile<T>(loop.project.store, { release, manifest }, name);
  }

  async function sidesOf(outcome: WindowOutcome): Promise<ReadonlyMap<string, Placement>> {
    const placements = await rowsOf<Placement>(outcome, 'placements');
    return new Map(placements.map((placement) => [placement.id, placement]));
  }

  /** Ids of the conversations on a side, as the first week placed them. */
  async function idsOn(side: 'train' | 'holdout'): Promise<readonly string[]> {
    const placed = [...(await sidesOf(first)).values()].filter((each) => each.side === side);
    assert.ok(placed.length > 3, `${placed.length} conversations are on the side ${side}`);
    return placed.map(({ id }) => id).sort();
  }

  async function booksOf({ release }: WindowOutcome): Promise<ReadonlyMap<string, Books>> {
    const { books } = await readJson<ReleaseManifest>(loop.project.store, keys.release(release));
    return new Map(books.map((each) => [each.stage, each]));
  }

  test('keep the id and the side of the week that they began in', async () => {
    const ids = Array.from({ length: CONVERSATIONS }, (_, each) => callId(each, 0)).sort();
    const [placed, again] = [await sidesOf(first), await sidesOf(second)];
    assert.deepEqual([...placed.keys()].sort(), ids);
    assert.deepEqual([...again.keys()].sort(), ids);
    for (const [id, { side, by }] of again) {
      assert.deepEqual([side, by], [placed.get(id)?.side, 'revision'], id);
    }
  });

  test('are whole in the second week’s rows, and the shorter ones are there no more', async () => {
    const ids = await idsOn('train');
    for (const [outcome, turn] of [
      [first, 1],
      [second, 2],
    ] as const) {
      const rows = await rowsOf<Example>(outcome, 'rows');
      assert.deepEqual(rows.map(({ id }) => id).sort(), ids);
      for (const { messages } of rows) assert.equal(messages.length, promptLength(turn));
      const file = keys.releaseFile(outcome.release, 'train.jsonl');
      const trained = Buffer.from(await readBytes(loop.project.store, file)).toString('utf8');
      const lengths = trained
        .trimEnd()
        .split('\n')
        .map((line) => (JSON.parse(line) as { messages: readonly object[] }).messages.length);
      assert.deepEqual(lengths, Array(ids.length).fill(promptLength(turn) + 1));
    }
  });

  test('are whole in the second week’s holdout, too', async () => {
    const ids = await idsOn('holdout');
    for (const [outcome, turn] of [
      [first, 1],
      [second, 2],
    ] as const) {
      const samples = await rowsOf<Sample>(outcome, 'holdout');
      assert.deepEqual(samples.map(({ id }) => id).sort(), ids);
      for (const { messages } of samples) assert.equal(messages.length, promptLength(turn));
    }
  });

  test('leave books that balance, and that say what became of each call', async () => {
    const trained = (await idsOn('train')).length;
    const [ofFirst, ofSecond] = [await booksOf(first), await booksOf(second)];
    for (const books of [...ofFirst.values(), ...ofSecond.values()]) assertBalanced(books);
    const ingest = [ofFirst.get('ingest'), ofSecond.get('ingest')];
    assert.deepEqual(
      ingest.map((books) => [books?.read, books?.kept, books?.dropped, books?.deferred]),
      [
        [2 * CONVERSATIONS, CONVERSATIONS, { 'prefix-of': CONVERSATIONS }, 0],
        [CONVERSATIONS, CONVERSATIONS, {}, 0],
      ],
    );
    assert.equal(ingest[1]?.notes?.['revision'], CONVERSATIONS);
    assert.equal(ofSecond.get('assemble')?.dropped['revised'], trained);
  });
});
