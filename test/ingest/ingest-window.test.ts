import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { SourceLine } from '../../src/ingest/ingest-window.js';
import { ingestWindow } from '../../src/ingest/ingest-window.js';
import type { CanonicalRecord } from '../../src/domain/record.js';
import { makeRecord } from '../support/records.js';

const window = { id: '2026-W02', from: '2026-01-05T00:00:00.000Z', to: '2026-01-12T00:00:00.000Z' };

function options(
  changes: { known?: ReadonlyMap<string, string>; maximumQuarantined?: number } = {},
): Parameters<typeof ingestWindow>[1] {
  return {
    window,
    known: changes.known ?? new Map(),
    unmarkedConsent: 'deny',
    maximumQuarantined: changes.maximumQuarantined ?? 0.5,
    toRecord: (raw) => raw as unknown as CanonicalRecord,
  };
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

const at = (time: string, id: string, changes: Partial<CanonicalRecord> = {}): CanonicalRecord =>
  makeRecord(id, `prompt of ${id}`, { time, ...changes });

describe('ingest', () => {
  test('tells late, deferred, seen and revised records apart and counts each', async () => {
    const seen = at('2026-01-06T00:00:00.000Z', 'seen');
    const known = new Map([
      ['seen', seen.contentDigest],
      ['revised', 'another digest'],
    ]);
    const { records, books } = await ingestWindow(
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
      records.map(({ id }) => id),
      ['late', 'first', 'revised'],
    );
    assert.deepEqual(books, {
      stage: 'ingest',
      read: 7,
      kept: 3,
      dropped: { seen: 1, 'no-consent': 1 },
      quarantined: { 'invalid-json': 1 },
      deferred: 1,
      notes: { late: 1, revision: 1 },
    });
  });

  test('of two lines with one id keeps the newer, whatever their order', async () => {
    const older = at('2026-01-06T00:00:00.000Z', 'x', { contentDigest: 'a' });
    const newer = at('2026-01-07T00:00:00.000Z', 'x', { contentDigest: 'b' });
    for (const order of [
      [older, newer],
      [newer, older],
    ]) {
      const { records, books } = await ingestWindow(lines(...order), options());
      assert.deepEqual(
        records.map(({ contentDigest }) => contentDigest),
        ['b'],
      );
      assert.deepEqual(books.dropped, { 'revised-within-window': 1 });
    }
  });

  test('remembers how many records of each object are still to come', async () => {
    const { objects } = await ingestWindow(
      lines(at('2026-01-06T00:00:00.000Z', 'a'), at('2026-02-06T00:00:00.000Z', 'b')),
      options(),
    );
    assert.deepEqual(objects, [{ source: 0, uri: 'log.jsonl', deferred: 1 }]);
  });

  test('stops where the share of unreadable lines passes the limit, naming the first', async () => {
    await assert.rejects(
      ingestWindow(
        lines(at('2026-01-06T00:00:00.000Z', 'a'), 'invalid-json', 'invalid-utf8'),
        options({ maximumQuarantined: 0.5 }),
      ),
      /2 of 3 lines could not be read.*line 2: invalid-json/,
    );
  });
});
