import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { setFlagsFromString } from 'node:v8';
import { setTimeout } from 'node:timers/promises';
import { runInNewContext } from 'node:vm';
import type { LogLine } from '../../src/connectors/connector.js';
import type { CanonicalRecord } from '../../src/domain/record.js';
import { createRowSpill, type RowSpill } from '../../src/formats/row-spill.js';
import { sha256Of } from '../../src/ingest/digests.js';
import { type Ingested, ingestWindow } from '../../src/ingest/ingest-window.js';
import type { SourceLines } from '../../src/ingest/lines/read-lines.js';
import { encodedRecord } from '../support/encoded-record.js';
import { makeRecord } from '../support/records.js';

const BATCH_LINES = 1_000;
const FROM_MS = Date.parse('2026-01-06T00:00:00.000Z');
const window = { id: '2026-W02', from: '2026-01-05T00:00:00.000Z', to: '2026-01-12T00:00:00.000Z' };
const said = { role: 'assistant', content: 'hello' } as const;

/** Of seven calls one goes on from another, one is denied, one logged again, one of nobody, and the others stand alone. */
function madeUpCall(number: number): CanonicalRecord {
  const [round, kind] = [Math.floor(number / 7), number % 7];
  const first = { role: 'user', content: `hi, it's ${round}` } as const;
  return makeRecord(`call-${kind === 3 ? number + 2 : number}`, `prompt of ${number}`, {
    time: new Date(FROM_MS + ((number * 7_919) % 86_400_000)).toISOString(),
    conversationId: kind === 4 ? null : sha256Of(kind < 2 ? `of ${round}` : `of ${number}`),
    ...(kind === 0 && { messages: [first], output: said }),
    ...(kind === 1 && {
      messages: [first, said, { role: 'user', content: 'how?' }],
      time: '2026-01-07T12:00:00.000Z',
    }),
    consent: kind === 2 ? 'deny' : 'allow',
    contentDigest: sha256Of(String(number)),
  });
}

async function* callsOf(
  count: number,
  madeUp: (number: number) => object,
  atEnd: () => Promise<void>,
): AsyncGenerator<SourceLines> {
  for (let from = 0; from < count; from += BATCH_LINES) {
    const lines = Array.from({ length: BATCH_LINES }, (_none, index) => ({
      kind: 'record',
      ...madeUp(from + index),
      position: { uri: 'log.jsonl', line: from + index + 1, offset: 0, length: 10 },
    }));
    yield { source: 0, lines: lines as unknown as readonly LogLine[] };
  }
  await atEnd();
}

function ingested(lines: AsyncIterable<SourceLines>, spill: RowSpill): Promise<Ingested> {
  return ingestWindow(lines, {
    ...{ window, sourceCount: 1, known: new Map(), unmarkedConsent: 'deny', unwanted: [] },
    ...{ isOptedOut: () => false, maximumQuarantined: 1, spill },
    toRecord: (raw) => encodedRecord(raw as unknown as CanonicalRecord),
  });
}

/** Bytes that are held at the end of reading, once all is decided, and in the middle of writing. */
async function heldBytes(count: number): Promise<readonly number[]> {
  const spill = createRowSpill(512 * 1024);
  const found: number[] = [];
  const note = async (): Promise<void> => void found.push(await held());
  const { records, conversations, outdone, withheld, books } = await ingested(
    callsOf(count, madeUpCall, note),
    spill,
  );
  await note();
  for (const rows of [records.lines(), conversations.lines(), outdone, withheld]) {
    const iterator = (rows as Iterable<unknown>)[Symbol.iterator]();
    let row = 0;
    for (; iterator.next().done !== true; row += 1) {
      if (row === Math.floor(count / 16)) await note();
    }
    assert.ok(row > count / 16, 'there is too little of something');
  }
  assert.ok((books.dropped['prefix-of'] ?? 0) > count / 10);
  spill.close();
  return found;
}

/** Bytes that are held at the end of reading, and once all is decided, of calls that need no record or are none. */
async function heldOfLeftOut(
  count: number,
  madeUp: (number: number) => object,
): Promise<readonly number[]> {
  const spill = createRowSpill(512 * 1024);
  const found: number[] = [];
  const note = async (): Promise<void> => void found.push(await held());
  const { books } = await ingested(callsOf(count, madeUp, note), spill);
  await note();
  assert.equal(books.kept, 0);
  spill.close();
  return found;
}

function denied(number: number): object {
  return { ...madeUpCall(number), consent: 'unmarked' };
}

function broken(): object {
  return { kind: 'quarantined', reason: 'invalid-json' };
}

/** Collections of which the one that leaves least is taken, and how far they are apart. */
const COLLECTIONS = 5;
const APART_MS = 20;

/**
 * After collection, objects and what they have outside: what is held is left by each of some collections. What the engine
 * is at meanwhile, such as a function that is compiled beside, holds a megabyte for a moment and more on a busy machine.
 */
async function held(): Promise<number> {
  let least = Infinity;
  for (let round = 0; round < COLLECTIONS; round += 1) {
    if (round > 0) await setTimeout(APART_MS);
    collect();
    const { heapUsed, arrayBuffers } = process.memoryUsage();
    least = Math.min(least, heapUsed + arrayBuffers);
  }
  return least;
}

/** Both are more calls than anything holds of a window. */
const FEW = 42_000;
const MANY = 182_000;

/** What is held of few and of many calls. */
function assertFlat(few: readonly number[], many: readonly number[]): void {
  for (const [index, bytes] of many.entries()) {
    const perCall = (bytes - (few[index] ?? NaN)) / (MANY - FEW);
    assert.ok(
      perCall < 8,
      `${perCall} bytes a call at point ${index}: ${few.join()} and ${many.join()}`,
    );
  }
}

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

describe('memory', () => {
  test('does not grow with the calls of a window', async () => {
    await heldBytes(14_000);
    assertFlat(await heldBytes(FEW), await heldBytes(MANY));
  });

  test('does not grow with lines that need no record', async () => {
    await heldOfLeftOut(14_000, denied);
    assertFlat(await heldOfLeftOut(FEW, denied), await heldOfLeftOut(MANY, denied));
  });

  test('does not grow with lines that are not understood', async () => {
    await heldOfLeftOut(14_000, broken);
    assertFlat(await heldOfLeftOut(FEW, broken), await heldOfLeftOut(MANY, broken));
  });
});
