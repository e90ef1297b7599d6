import { type BrokenCsv, csvRecordBatches, type RawCsvRecord } from '../formats/csv-rows.js';
import type { LogRow, Reached, RowOptions } from './log-row.js';
import { UnreadableLine } from './unreadable-line.js';

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** The rows of a CSV with a header: objects of texts, by the header's names. */
export async function* csvLogRows(
  uri: string,
  bytes: AsyncIterable<Uint8Array>,
  { maximumLineBytes }: RowOptions,
  reached: Reached,
): AsyncGenerator<readonly LogRow[], void, undefined> {
  let header: readonly string[] | null = null;
  for await (const records of csvRecordBatches(bytes, { maximumRecordBytes: maximumLineBytes })) {
    const rows: LogRow[] = [];
    for (const record of records) {
      reached.line = record.line;
      reached.next = record.offset + record.length;
      if (record.kind === 'broken') rows.push(brokenAt(record, uri));
      else if (header === null)
        header = record.fields.map((name) => Buffer.from(name).toString('utf8'));
      else rows.push(rowOf(record, header, uri));
    }
    yield rows;
  }
}

/** What lies between a record that breaks and the next is quarantined as one. */
function brokenAt({ line, offset, length }: BrokenCsv, uri: string): LogRow {
  return { kind: 'quarantined', position: { uri, line, offset, length }, reason: 'broken-csv' };
}

function rowOf(record: RawCsvRecord, header: readonly string[], uri: string): LogRow {
  const { line, offset, length, fields } = record;
  const position = { uri, line, offset, length };
  try {
    if (fields.length !== header.length) throw new UnreadableLine('invalid-csv');
    const texts = fields.map((field, index) => [header[index] ?? '', decoded(field)] as const);
    return { kind: 'row', position, value: Object.fromEntries(texts) };
  } catch (error) {
    if (!(error instanceof UnreadableLine)) throw error;
    return { kind: 'quarantined', position, reason: error.reason };
  }
}

function decoded(field: Uint8Array): string {
  try {
    return utf8.decode(field);
  } catch {
    throw new UnreadableLine('invalid-utf8');
  }
}
