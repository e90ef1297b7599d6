import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { KnownContent } from '../../src/ingest/known-contents.js';
import type { LogLine } from '../../src/connectors/connector.js';
import { ingestWindow, type Ingested, type IngestOptions } from '../../src/ingest/ingest-window.js';
import type { SourceLines } from '../../src/ingest/lines/read-lines.js';
import { canonicalJson } from '../../src/domain/json.js';
import type { CanonicalRecord } from '../../src/domain/record.js';
import { createRowSpill, type RowSpill } from '../../src/formats/row-spill.js';
import { encodeShard } from '../../src/formats/shard.js';
import { loadZstd } from '../../src/formats/zstd.js';
import { sha256Hex } from '../../src/storage/objects.js';
import { encodedRecord } from '../support/encoded-record.js';
import { makeRecord } from '../support/records.js';

const window = { id: '2026-W02', from: '2026-01-05T00:00:00.000Z', to: '2026-01-12T00:00:00.000Z' };

function options(
  changes: {
    known?: ReadonlyMap<string, KnownContent>;
    maximumQuarantined?: number;
    unwanted?: readonly string[];
    spill?: RowSpill;
  } = {},
): IngestOptions {
  return {
    window,
    sourceCount: 2,
    known: changes.known ?? new Map(),
    unmarkedConsent: 'deny',
    unwanted: changes.unwanted ?? [],
    isOptedOut: () => false,
    maximumQuarantined: changes.maximumQuarantined ?? 0.5,
    toRecord: (raw) => encodedRecord(raw as unknown as CanonicalRecord),
    spill: changes.spill ?? createRowSpill(),
  };
}

type SourceLine = LogLine & { readonly source: number };

function ingest(lines: AsyncIterable<SourceLine>, how: IngestOptions): Promise<Ingested> {
  async function* batches(): AsyncGenerator<SourceLines> {
    for await (const line of lines) yield { source: line.source, lines: [line] };
  }
  return ingestWindow(batches(), how);
}

async function* lines(
  ...records: readonly (CanonicalRecord | string)[]
): AsyncGenerator<SourceLine> {
  for (const [index, record] of records.entries()) {
    const position = { uri: 'log.jsonl', line: index + 1, offset: index * 10, length: 10 };
    if (typeof record === 'string') {
      yield { kind: 'quarantined', source: 0, position, reason: record };
    } else {
      yield { ...record, kind: 'record', source: 0, position } as unknown as SourceLine;
    }
  }
}

/** Files of the first source, each with its lines. */
async function* files(
  named: Readonly<Record<string, readonly CanonicalRecord[]>>,
): AsyncGenerator<SourceLine> {
  for (const [uri, records] of Object.entries(named)) {
    for await (const line of lines(...records)) {
      const position = { ...line.position, uri };
      yield { ...line, position };
    }
  }
}

/** An id whose latest line has this content; where others are named, that line withdrew consent from them. */
const holds = (contentDigest: string, ...withdrawn: readonly string[]): KnownContent => ({
  contentDigest,
  isPlaced: true,
  isDenied: withdrawn.length > 0,
  isLastOfMany: false,
  outdone: new Set(withdrawn),
});

const at = (time: string, id: string, changes: Partial<CanonicalRecord> = {}): CanonicalRecord =>
  makeRecord(id, `prompt of ${id}`, { time, ...changes });

describe('ingest', () => {
  test('lines that are no records are dropped for their reason, and images of kept ones are counted', async () => {
    async function* mixed(): AsyncGenerator<SourceLine> {
      const imagesLeftOut = 2;
      yield* lines(at('2026-01-06T00:00:00.000Z', 'a', { imagesLeftOut }));
      const position = { uri: 'log.jsonl', line: 2, offset: 10, length: 10 };
      yield { kind: 'passed', source: 1, position, reason: 'cached' };
    }
    const allowed = { ...options(), unmarkedConsent: 'allow' } as const;
    const { books } = await ingest(mixed(), allowed);
    assert.deepEqual([books.read, books.kept, books.dropped], [2, 1, { cached: 1 }]);
    assert.equal(books.notes?.['images-left-out'], 2);
    assert.deepEqual(books.bySource?.[1]?.dropped, { cached: 1 });
  });

  test('tells late, deferred, seen and revised records apart and counts each', async () => {
    const seen = at('2026-01-06T00:00:00.000Z', 'seen');
    const known = new Map([
      ['seen', holds(seen.contentDigest)],
      ['revised', holds(sha256Hex('another digest'))],
    ]);
    const { records, books } = await ingest(
      lines(
        at('2026-01-01T00:00:00.000Z', 'late'),
        at('2026-01-05T00:00:00.000Z', 'first'),
        at('2026-01-12T00:00:00.000Z', 'deferred'),
        seen,
        at('2026-01-07T00:00:00.000Z', 'revised'),
        at('2026-01-08T00:00:00.000Z', 'denied', { consent: 'unmarked' }),
        'invalid-json',
      ),
      options({ known }),
    );
    assert.deepEqual(
      [...records].map(({ id }) => id),
      ['late', 'first', 'revised'],
    );
    const { bySource, ...all } = books;
    assert.equal(bySource?.length, 2);
    assert.deepEqual(all, {
      stage: 'ingest',
      read: 7,
      kept: 3,
      dropped: { seen: 1, 'no-consent': 1 },
      quarantined: { 'invalid-json': 1 },
      deferred: 1,
      notes: { late: 1, revision: 1 },
    });
  });

  test('a record that holds what is not wanted is dropped, and what the chain holds of it is taken out', async () => {
    const time = '2026-01-06T00:00:00.000Z';
    const held = { redactions: { card: 1, email: 2 } };
    const known = new Map([
      ['placed', holds(sha256Hex('another digest'))],
      ['again', holds(sha256Hex('now with a card'))],
    ]);
    const { records, retractions, books } = await ingest(
      lines(
        at(time, 'fresh', held),
        at(time, 'placed', held),
        at(time, 'again', { ...held, contentDigest: sha256Hex('now with a card') }),
        at(time, 'fine', { redactions: { email: 1 } }),
        at(time, 'denied', { ...held, consent: 'deny' }),
      ),
      options({ known, unwanted: ['card', 'iban'] }),
    );
    assert.deepEqual(
      [...records].map(({ id }) => id),
      ['fine'],
    );
    assert.deepEqual(
      retractions.map(({ id }) => id),
      ['placed'],
    );
    assert.deepEqual(books.dropped, { 'holds-card': 2, seen: 1, 'no-consent': 1 });
    assert.deepEqual(books.notes, { 'redacted-email': 1 });
  });

  test('of two lines with one id keeps the newer, whatever their order', async () => {
    const older = at('2026-01-06T00:00:00.000Z', 'x', { contentDigest: sha256Hex('a') });
    const newer = at('2026-01-07T00:00:00.000Z', 'x', { contentDigest: sha256Hex('b') });
    for (const order of [
      [older, newer],
      [newer, older],
    ]) {
      const { records, books } = await ingest(lines(...order), options());
      assert.deepEqual(
        [...records].map(({ contentDigest }) => contentDigest),
        [sha256Hex('b')],
      );
      assert.deepEqual(books.dropped, { 'revised-within-window': 1 });
    }
  });

  test('a stale line of an id does not undo the newer one that the chain holds', async () => {
    const wrong = at('2026-01-06T00:00:00.000Z', 'x', { contentDigest: sha256Hex('wrong') });
    const right = at('2026-01-07T00:00:00.000Z', 'x', { contentDigest: sha256Hex('right') });
    const known = new Map([['x', holds(sha256Hex('right'))]]);
    for (const order of [
      [wrong, right],
      [right, wrong],
    ]) {
      const { records, books } = await ingest(lines(...order), options({ known }));
      assert.equal(records.size, 0);
      assert.deepEqual(books.dropped, { seen: 1, 'revised-within-window': 1 });
    }
  });

  test('of two lines of one time the one that stands later in the log counts', async () => {
    const time = '2026-01-06T00:00:00.000Z';
    for (const [first, second] of [
      ['a', 'b'],
      ['b', 'a'],
    ]) {
      const { records } = await ingest(
        lines(
          at(time, 'x', { contentDigest: sha256Hex(first ?? '') }),
          at(time, 'x', { contentDigest: sha256Hex(second ?? '') }),
        ),
        options(),
      );
      assert.equal([...records][0]?.contentDigest, sha256Hex(second ?? ''));
    }
  });

  test('of two lines of one time in a rotated log the one in its newer part counts', async () => {
    const time = '2026-01-06T00:00:00.000Z';
    const [wrong, right] = ['wrong', 'right'].map((contentDigest) =>
      at(time, 'x', { contentDigest: sha256Hex(contentDigest) }),
    );
    assert.ok(wrong && right);
    for (const rotated of ['log.jsonl.1', 'log.jsonl-20260105']) {
      const named = { 'log.jsonl': [right], [rotated]: [wrong] };
      const { records } = await ingest(files(named), options());
      assert.equal([...records][0]?.contentDigest, sha256Hex('right'));
    }
  });

  test('consent is given again only by a later line of the file that withdrew it', async () => {
    const denied = at('2026-01-06T00:00:00.000Z', 'x', {
      contentDigest: sha256Hex('d'),
      consent: 'deny',
    });
    const allowed = at('2026-01-07T00:00:00.000Z', 'x', { contentDigest: sha256Hex('a') });
    for (const [named, count] of [
      [{ 'log.jsonl': [denied, allowed] }, 1],
      [{ 'log.jsonl': [allowed, denied] }, 0],
      [{ 'log.jsonl': [denied], 'log.jsonl.1': [allowed] }, 0],
      [{ 'log.jsonl': [allowed], 'log.jsonl.1': [denied] }, 0],
      [{ 'a.jsonl': [denied], 'b.jsonl': [allowed] }, 0],
    ] as const) {
      const { records } = await ingest(files(named), options());
      assert.equal(records.size, count, JSON.stringify(Object.keys(named)));
    }
  });

  test('a line without consent takes out the line with it, and what the chain holds of the id', async () => {
    const time = '2026-01-06T00:00:00.000Z';
    const allowed = at(time, 'x', { contentDigest: sha256Hex('allowed') });
    const denied = at(time, 'x', { contentDigest: sha256Hex('denied'), consent: 'deny' });
    for (const order of [
      [allowed, denied],
      [denied, allowed],
    ]) {
      const fresh = await ingest(lines(...order), options());
      assert.deepEqual([[...fresh.records], fresh.retractions], [[], []]);
      assert.deepEqual(fresh.books.dropped, { 'revised-within-window': 1, 'no-consent': 1 });
      const known = new Map([['x', holds(sha256Hex('allowed'))]]);
      const later = await ingest(lines(...order), options({ known }));
      assert.equal(later.records.size, 0);
      assert.deepEqual(later.retractions, [{ id: 'x', contentDigest: sha256Hex('denied') }]);
      assert.deepEqual(later.books.dropped, { seen: 1, 'consent-withdrawn': 1 });
    }
  });

  test('consent that was withdrawn is given back by new content only', async () => {
    const known = new Map([['x', holds(sha256Hex('denied'), sha256Hex('allowed'))]]);
    const allowed = at('2026-01-06T00:00:00.000Z', 'x', { contentDigest: sha256Hex('allowed') });
    const again = at('2026-01-08T00:00:00.000Z', 'x', { contentDigest: sha256Hex('again') });
    const denied = at('2026-01-07T00:00:00.000Z', 'x', {
      contentDigest: sha256Hex('denied'),
      consent: 'deny',
    });
    const old = await ingest(lines(allowed), options({ known }));
    assert.deepEqual([[...old.records], old.retractions], [[], []]);
    assert.deepEqual(old.books.dropped, { 'no-consent': 1 });
    const given = await ingest(lines(allowed, denied, again), options({ known }));
    assert.deepEqual(
      [...given.records].map(({ contentDigest }) => contentDigest),
      [sha256Hex('again')],
    );
  });

  test('names what later windows have to know: contents that lost, and denials of ids never placed', async () => {
    const [early, late] = ['2026-01-06T00:00:00.000Z', '2026-01-07T00:00:00.000Z'];
    const known = new Map([
      ['known', { ...holds(sha256Hex('right')), outdone: new Set([sha256Hex('wrong')]) }],
    ]);
    const { outdone } = await ingest(
      lines(
        at(early, 'twice', { contentDigest: sha256Hex('old') }),
        at(late, 'twice', { contentDigest: sha256Hex('new') }),
        at(late, 'twice', { contentDigest: sha256Hex('new') }),
        at(early, 'denied', { contentDigest: sha256Hex('allowed') }),
        at(early, 'denied', { contentDigest: sha256Hex('denial'), consent: 'deny' }),
        at(early, 'unmarked', { contentDigest: sha256Hex('unmarked'), consent: 'unmarked' }),
        at(early, 'known', { contentDigest: sha256Hex('wrong') }),
        at(early, 'known', { contentDigest: sha256Hex('right') }),
        at('2026-02-06T00:00:00.000Z', 'deferred'),
      ),
      options({ known }),
    );
    assert.deepEqual(
      [...outdone],
      [
        { id: 'denied', contentDigest: sha256Hex('denial'), denied: true },
        { id: 'denied', contentDigest: sha256Hex('allowed'), denied: false },
        { id: 'twice', contentDigest: sha256Hex('old'), denied: false },
      ],
    );
  });

  test('keeps books for each source, and their sum', async () => {
    async function* both(): AsyncGenerator<SourceLine> {
      yield* lines(at('2026-01-06T00:00:00.000Z', 'a'), 'invalid-json');
      for await (const line of lines(
        at('2026-01-07T00:00:00.000Z', 'a', { contentDigest: sha256Hex('newer') }),
        at('2026-02-06T00:00:00.000Z', 'b'),
      )) {
        yield { ...line, source: 1 };
      }
    }
    const { books } = await ingest(both(), options());
    const shown = books.bySource?.map(({ read, kept, dropped, quarantined, deferred }) => ({
      read,
      kept,
      dropped,
      quarantined,
      deferred,
    }));
    assert.deepEqual(shown, [
      {
        read: 2,
        kept: 0,
        dropped: { 'revised-within-window': 1 },
        quarantined: { 'invalid-json': 1 },
        deferred: 0,
      },
      { read: 2, kept: 1, dropped: {}, quarantined: {}, deferred: 1 },
    ]);
    assert.equal(books.read, 4);
  });

  test('remembers how many records of each object are still to come', async () => {
    const { objects } = await ingest(
      lines(at('2026-01-06T00:00:00.000Z', 'a'), at('2026-02-06T00:00:00.000Z', 'b')),
      options(),
    );
    assert.deepEqual(objects, [{ source: 0, uri: 'log.jsonl', deferred: 1 }]);
  });

  test('records that were written out of memory are the same, in the same order', async () => {
    const records = Array.from({ length: 300 }, (_none, number) => {
      const hour = String((number * 7) % 24).padStart(2, '0');
      const id = `ö${(number * 17) % 100}`;
      return at(`2026-01-06T${hour}:00:00.000Z`, id, {
        contentDigest: sha256Hex(String(number)),
        redactions: number % 3 === 0 ? { email: number, phone: 1 } : {},
      });
    });
    const spill = createRowSpill(1_000);
    const written = await ingest(lines(...records), options({ spill }));
    const held = await ingest(lines(...records), options());
    assert.equal(written.records.size, 100);
    assert.deepEqual([...written.records], [...held.records]);
    const order = [...held.records].map(({ time, id }) => `${time} ${id}`);
    assert.deepEqual(order, [...order].sort());
    assert.deepEqual(written.books, held.books);
    assert.deepEqual(
      [...written.records.lines()].map((line) => Buffer.from(line).toString('utf8')),
      [...held.records].map((record) => canonicalJson(record)),
    );
    spill.close();
  });

  test('what is remembered is packed once all records were read, however many readings go on', async () => {
    const calls = Array.from({ length: 40 }, (_none, number) =>
      at(`2026-01-06T00:00:${10 + number}.000Z`, `call ${number}`, {
        conversationId: sha256Hex(`conversation ${number}`),
      }),
    );
    const spill = createRowSpill(1_000);
    const { records, conversations } = await ingest(lines(...calls), {
      ...options({ spill }),
      compress: (await loadZstd()).createCompressor(),
    });
    const expected = await encodeShard('a.jsonl.zst', { lines: () => conversations.lines() });
    assert.equal(conversations.packed?.(), null);
    const readings = [0, 1].map(() => records.lines()[Symbol.iterator]());
    for (let left = readings; left.length > 0;) {
      left = left.filter((reading) => reading.next().done !== true);
    }
    const packed = (): Buffer => {
      const frames = conversations.packed?.()?.frames() ?? [];
      return Buffer.concat(Array.from(frames, (frame) => Buffer.from(frame)));
    };
    assert.ok(packed().equals(expected));
    for (const record of records.lines()) if (record.length > 0) break;
    assert.ok(packed().equals(expected));
    spill.close();
  });

  test('an id is found again however many lines are between, and whatever its characters', async () => {
    const ids = Array.from({ length: 4_000 }, (_none, number) => `\ud800 "${number}"\n`);
    const records = [1, 2].flatMap((hour) =>
      ids.map((id) =>
        at(`2026-01-06T0${hour}:00:00.000Z`, id, { contentDigest: sha256Hex(`${id} ${hour}`) }),
      ),
    );
    const { records: kept, outdone, books } = await ingest(lines(...records), options());
    const found = [...kept].map(({ id, time }) => `${time} ${id}`);
    assert.deepEqual(found, ids.map((id) => `2026-01-06T02:00:00.000Z ${id}`).sort());
    assert.deepEqual(
      Array.from(outdone, ({ id, contentDigest }) => `${id} ${contentDigest}`),
      ids.map((id) => `${id} ${sha256Hex(`${id} 1`)}`).sort(),
    );
    assert.equal(books.dropped['revised-within-window'], ids.length);
  });

  test('stops where the share of unreadable lines passes the limit, naming the first', async () => {
    await assert.rejects(
      ingest(
        lines(at('2026-01-06T00:00:00.000Z', 'a'), 'invalid-json', 'invalid-utf8'),
        options({ maximumQuarantined: 0.5 }),
      ),
      /2 of 3 lines could not be read.*line 2: invalid-json/,
    );
    const half = lines(at('2026-01-06T00:00:00.000Z', 'a'), 'invalid-json');
    const { quarantined } = await ingest(half, options({ maximumQuarantined: 0.5 }));
    assert.deepEqual(
      Array.from(quarantined, ({ position }) => position.line),
      [2],
    );
  });

  test('stops there before it asks what the chain knows of conversations', async () => {
    let asked = 0;
    await assert.rejects(
      ingest(lines('invalid-json'), {
        ...options(),
        conversations() {
          asked += 1;
          throw new Error('the chain was asked');
        },
      }),
      /1 of 1 lines could not be read/,
    );
    assert.equal(asked, 0);
  });

  test('tells of unreadable lines in the order of reading, whatever is held in memory', async () => {
    const reasons = Array.from({ length: 300 }, (_none, number) => `reason-${(number * 7) % 10}`);
    const read = [at('2026-01-06T00:00:00.000Z', 'a'), ...reasons];
    const { quarantined } = await ingest(
      lines(...read),
      options({ maximumQuarantined: 1, spill: createRowSpill(1_000) }),
    );
    for (let time = 0; time < 2; time += 1) {
      assert.deepEqual(
        Array.from(quarantined, ({ kind, source, reason, position }) => [
          ...[kind, source, reason, position.line],
        ]),
        reasons.map((reason, index) => ['quarantined', 0, reason, index + 2]),
      );
    }
  });
});
