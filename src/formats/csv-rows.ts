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
