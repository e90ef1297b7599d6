import assert from 'node:assert/strict';
import type { LogLine } from '../../src/connectors/connector.js';
import type { Books } from '../../src/domain/books.js';
import type { CanonicalRecord } from '../../src/domain/record.js';
import type { EncodedRows } from '../../src/formats/encoded-rows.js';
import { createRowSpill } from '../../src/formats/row-spill.js';
import { encodeShard } from '../../src/formats/shard.js';
import { loadZstd } from '../../src/formats/zstd.js';
import type { Conversation, WithheldCall } from '../../src/ingest/conversation-history.js';
import { ingestWindow } from '../../src/ingest/ingest-window.js';
import {
  knownContents,
  type OutdoneContent,
  type RememberedLines,
} from '../../src/ingest/known-contents.js';
import { canonicalRecordSchema } from '../../src/ingest/record-form.js';
import type { SourceLines } from '../../src/ingest/lines/read-lines.js';
import type { Retraction } from '../../src/ingest/settle-lines.js';
import { encodedRecord } from './encoded-record.js';
import { makePlacement } from './records.js';

/** What one window of a chain took in. */
export interface IngestedWindow {
  readonly records: readonly CanonicalRecord[];
  readonly retractions: readonly Retraction[];
  readonly conversations: readonly Conversation[];
  readonly outdone: readonly OutdoneContent[];
  readonly withheld: readonly WithheldCall[];
  readonly books: Books;
}

/** Windows of a chain one after the other, each with what those before it remember. */
export interface WindowChain {
  /** Reads lines as the next window, which ends at `to`. */
  read(lines: readonly CanonicalRecord[], to: string): Promise<IngestedWindow>;
  /** Ids that opt out from now on. */
  readonly optedOut: Set<string>;
}

type Remembered = RememberedLines & { readonly withheld: readonly WithheldCall[] };

const NOTHING: Remembered = { placements: [], outdone: [], conversations: [], withheld: [] };

/** What is beyond `spillBytes` of a window is out of memory. */
export function createWindowChain(spillBytes = 2_000): WindowChain {
  const releases: Remembered[] = [];
  const optedOut = new Set<string>();
  let from = '2000-01-01T00:00:00.000Z';
  /** In pieces, as a release is read: of conversations and placements one at a time. */
  async function* remembered(): AsyncGenerator<Remembered, void, undefined> {
    for (const { outdone, conversations, placements, withheld } of releases) {
      yield { ...NOTHING, outdone };
      for (const each of conversations) yield { ...NOTHING, conversations: [each] };
      for (const each of placements) yield { ...NOTHING, placements: [each] };
      yield { ...NOTHING, withheld };
    }
  }
  return {
    optedOut,
    async read(lines, to) {
      const spill = createRowSpill(spillBytes);
      const ingested = await ingestWindow(sourceLines(lines), {
        window: { id: '2026-W02', from, to },
        sourceCount: 1,
        known: await knownContents(remembered()),
        conversations: remembered,
        unmarkedConsent: 'deny',
        unwanted: ['iban'],
        isOptedOut: ({ id }) => optedOut.has(id),
        maximumQuarantined: 0,
        toRecord: (raw) =>
          encodedRecord((raw as unknown as { readonly record: CanonicalRecord }).record),
        compress: (await loadZstd()).createCompressor(),
        spill,
      });
      const { retractions, books } = ingested;
      const [outdone, withheld] = [[...ingested.outdone], [...ingested.withheld]];
      const records = [...ingested.records];
      for (const record of records) canonicalRecordSchema.parse(record);
      const conversations = rowsOf<Conversation>(ingested.conversations);
      await assertPacked(ingested.conversations);
      spill.close();
      const placements = [
        ...records.map(({ id, contentDigest }) => makePlacement(id, { contentDigest })),
        ...retractions.map((each) => makePlacement(each.id, { ...each, by: 'retraction' })),
      ];
      releases.push({ placements, outdone, conversations, withheld });
      from = to;
      return { records, retractions, conversations, outdone, withheld, books };
    },
  };
}

async function* sourceLines(records: readonly CanonicalRecord[]): AsyncGenerator<SourceLines> {
  const lines: unknown[] = [];
  for (const [index, record] of records.entries()) {
    const position = { uri: 'log.jsonl', line: index + 1, offset: index * 10, length: 10 };
    const placed = { ...record, position };
    lines.push({ ...placed, record: placed, kind: 'record' });
  }
  yield { source: 0, lines: lines as readonly LogLine[] };
}

/** They were packed while the records were read. */
async function assertPacked(rows: EncodedRows): Promise<void> {
  const frames = rows.packed?.()?.frames() ?? [];
  const packed = Buffer.concat(Array.from(frames, (frame) => Buffer.from(frame)));
  const expected = await encodeShard('a.jsonl.zst', { lines: () => rows.lines() });
  assert.ok(packed.equals(expected), 'what is packed are other rows');
}

function rowsOf<T>(rows: EncodedRows): readonly T[] {
  const decoder = new TextDecoder();
  return Array.from(rows.lines(), (line) => JSON.parse(decoder.decode(line)) as T);
}
