import { Readable } from 'node:stream';
import { parse } from 'csv-parse';
import { DataError } from '../domain/errors.js';
import { type DatasetRow, unreadable } from './json-row.js';

/** A record of the CSV parser; `lines` counts the lines up to its end. */
interface CsvRecord {
  readonly record: Readonly<Record<string, unknown>>;
  readonly info: { readonly lines: number };
}

/**
 * The records of a CSV with a header.
 * @throws DataError `dataset-unreadable` with file and line.
 */
export async function* csvRows(
  bytes: AsyncIterable<Uint8Array>,
  path: string,
): AsyncGenerator<DatasetRow> {
  const parser = parse({ columns: true, bom: true, info: true, skip_empty_lines: true });
  const source = Readable.from(decodedUtf8(bytes, path));
  source.on('error', (error) => parser.destroy(error));
  source.pipe(parser);
  let index = 0;
  let line = 2;
  try {
    for await (const { record, info } of parser as AsyncIterable<CsvRecord>) {
      yield { index, line, row: record };
      index += 1;
      line = info.lines + 1;
    }
  } catch (error) {
    if (error instanceof DataError) throw error;
    throw unreadable(path, `line ${line}`, 'it is no CSV record with as many fields as the header');
  } finally {
    source.destroy();
    parser.destroy();
  }
}

/** A record of a CSV as it stands, the header among them. */
export interface RawCsvRecord {
  /** The line that it begins on, counted from 1. */
  readonly line: number;
  readonly offset: number;
  readonly length: number;
  readonly fields: readonly Uint8Array[];
}

/**
 * The records of a CSV by the chunks that they end in, whatever number of fields they have.
 * @throws DataError `broken-csv`, after all records before it, where a quote stands wrong or is never closed, or a
 * record is longer than the limit: where the next begins is then not known
 */
export async function* csvRecordBatches(
  bytes: AsyncIterable<Uint8Array>,
  { maximumRecordBytes }: { readonly maximumRecordBytes: number },
): AsyncGenerator<readonly RawCsvRecord[], void, undefined> {
  let found: RawCsvRecord[] = [];
  let [offset, line] = [0, 1];
  const parser = parse({
    bom: true,
    encoding: null,
    relax_column_count: true,
    skip_empty_lines: true,
    max_record_size: maximumRecordBytes,
    on_record: (record: unknown, { bytes: end, lines }) => {
      // Without an encoding, fields are bytes.
      const fields = record as readonly Uint8Array[];
      found.push({ line, offset, length: end - offset, fields });
      [offset, line] = [end, lines + 1];
      return null;
    },
  });
  // What goes wrong is told to whoever writes.
  parser.on('error', () => {});
  parser.resume();
  type Told = (error?: Error | null) => void;
  async function* after(step: (told: Told) => void): AsyncGenerator<readonly RawCsvRecord[], void> {
    const error = await new Promise<Error | null>((resolve) => {
      step((failure) => resolve(failure ?? null));
    });
    if (found.length > 0) yield found;
    found = [];
    if (error !== null) throw new DataError('broken-csv', 'a CSV can not be read to its end');
  }
  try {
    for await (const chunk of bytes) yield* after((told) => parser.write(chunk, told));
    yield* after((told) => parser.end(told));
  } finally {
    parser.destroy();
  }
}

async function* decodedUtf8(
  bytes: AsyncIterable<Uint8Array>,
  path: string,
): AsyncGenerator<string, void, undefined> {
  const decoder = new TextDecoder('utf-8', { fatal: true });
  try {
    for await (const chunk of bytes) yield decoder.decode(chunk, { stream: true });
    yield decoder.decode();
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    throw new DataError('dataset-unreadable', `${path} can't be read: it is not UTF-8`);
  }
}
