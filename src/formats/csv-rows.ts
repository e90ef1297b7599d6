import { Readable } from 'node:stream';
import { parse } from 'csv-parse';
import { DataError } from '../domain/errors.js';
import { createRecordSearch, type RecordSearch } from './csv-search.js';
import { type DatasetRow, unreadable } from './json-row.js';

const LINE_FEED = 0x0a;
const CARRIAGE_RETURN = 0x0d;

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
  readonly kind: 'record';
  /** The line that it begins on, counted from 1. */
  readonly line: number;
  readonly offset: number;
  readonly length: number;
  readonly fields: readonly Uint8Array[];
}

/** A stretch of a CSV in which no record can be told: from one that breaks up to the next that is recognised. */
export interface BrokenCsv {
  readonly kind: 'broken';
  readonly line: number;
  readonly offset: number;
  readonly length: number;
}

export interface CsvOptions {
  readonly maximumRecordBytes: number;
}

/**
 * The records of a CSV by the chunks that they end in, whatever number of fields they have. Where a quote stands wrong
 * or is never closed, or a record is longer than the limit, it goes on with the next that `createRecordSearch`
 * recognises; what lies between is one broken stretch.
 */
export async function* csvRecordBatches(
  bytes: AsyncIterable<Uint8Array>,
  options: CsvOptions,
): AsyncGenerator<readonly (RawCsvRecord | BrokenCsv)[], void, undefined> {
  const reader = createRecordReader(options);
  try {
    for await (const chunk of bytes) {
      const found = await reader.push(chunk);
      if (found.length > 0) yield found;
    }
    const found = await reader.end();
    if (found.length > 0) yield found;
  } finally {
    reader.close();
  }
}

interface Place {
  readonly offset: number;
  readonly line: number;
}

interface RecordReader {
  push(bytes: Uint8Array): Promise<readonly (RawCsvRecord | BrokenCsv)[]>;
  end(): Promise<readonly (RawCsvRecord | BrokenCsv)[]>;
  close(): void;
}

function createRecordReader(options: CsvOptions): RecordReader {
  let parser = openParser({ offset: 0, line: 1 }, options);
  /** What is looked for since a record broke, and where that was. */
  let broken: { readonly at: Place; readonly search: RecordSearch } | null = null;
  let fieldCount: number | null = null;

  /** Gives the bytes that are not read yet, from where a record broke or was found, or `null`. */
  async function read(bytes: Uint8Array | null, found: Found[]): Promise<Uint8Array | null> {
    if (broken === null) {
      const { records, rest } = await parser.read(bytes);
      fieldCount ??= records[0]?.fields.length ?? null;
      for (const record of records) found.push(record);
      if (rest === null) return null;
      broken = { at: parser.place(), search: createRecordSearch(fieldCount ?? 0, options) };
      parser.close();
      return rest;
    }
    const { at, search } = broken;
    const rest = bytes === null ? search.end() : search.push(bytes);
    if (rest === null) return null;
    const { bytes: length, lines } = search.passed();
    found.push({ kind: 'broken', ...at, length });
    parser = openParser({ offset: at.offset + length, line: at.line + lines }, options);
    broken = null;
    return rest;
  }
  async function readAll(bytes: Uint8Array, found: Found[]): Promise<void> {
    let rest: Uint8Array | null = bytes;
    while (rest !== null) rest = await read(rest, found);
  }
  return {
    async push(bytes) {
      const found: Found[] = [];
      await readAll(bytes, found);
      return found;
    },
    async end() {
      const found: Found[] = [];
      let rest = await read(null, found);
      while (rest !== null) {
        await readAll(rest, found);
        rest = await read(null, found);
      }
      if (broken !== null) {
        found.push({ kind: 'broken', ...broken.at, length: broken.search.passed().bytes });
      }
      return found;
    },
    close: () => parser.close(),
  };
}

type Found = RawCsvRecord | BrokenCsv;

/** What a parser read, and all bytes from the record on that it broke off in; `null` where it did not. */
interface Parsed {
  readonly records: readonly RawCsvRecord[];
  readonly rest: Uint8Array | null;
}

interface RecordParser {
  /** Takes the next bytes, `null` at the end. */
  read(bytes: Uint8Array | null): Promise<Parsed>;
  /** Where the record begins that was not read to its end. */
  place(): Place;
  close(): void;
}

/** A parser of records, the first of which begins at `start`. */
function openParser(start: Place, { maximumRecordBytes }: CsvOptions): RecordParser {
  let records: RawCsvRecord[] = [];
  let { offset, line } = start;
  /** The bytes of the record that was not read to its end, and empty lines before it that are not held. */
  let begun: Uint8Array[] = [];
  let empty = { bytes: 0, lines: 0 };
  let [read, heldFrom] = [start.offset, start.offset];
  const parser = parse({
    bom: start.offset === 0,
    encoding: null,
    relax_column_count: true,
    skip_empty_lines: true,
    max_record_size: maximumRecordBytes,
    on_record: (record: unknown, { bytes, lines }) => {
      // Without an encoding, fields are bytes.
      const fields = record as readonly Uint8Array[];
      const end = start.offset + bytes;
      records.push({ kind: 'record', line, offset, length: end - offset, fields });
      [offset, line] = [end, start.line + lines];
      return null;
    },
  });
  // What goes wrong is told to whoever writes.
  parser.on('error', () => {});
  parser.resume();
  const taken = async (bytes: Uint8Array | null): Promise<boolean> => {
    const error = await new Promise<Error | null>((resolve) => {
      const told = (failure?: Error | null): void => resolve(failure ?? null);
      if (bytes === null) parser.end(told);
      else parser.write(bytes, told);
    });
    return error === null;
  };
  /** Forgets what is before the last record's end. */
  const forget = (): void => {
    const left = Buffer.concat(begun).subarray(offset - heldFrom);
    begun = left.length > 0 ? [left] : [];
    empty = { bytes: 0, lines: 0 };
    heldFrom = offset;
  };
  const hold = (bytes: Uint8Array): void => {
    const part = bytes.subarray(Math.max(0, offset - read));
    read += bytes.length;
    if (begun.length > 0 || part.some((byte) => byte !== LINE_FEED && byte !== CARRIAGE_RETURN)) {
      // Whoever gave the bytes may use their memory again.
      begun.push(Buffer.from(part));
    } else {
      const lines = part.reduce((count, byte) => count + (byte === LINE_FEED ? 1 : 0), 0);
      empty = { bytes: empty.bytes + part.length, lines: empty.lines + lines };
      heldFrom += part.length;
    }
  };
  return {
    async read(bytes) {
      records = [];
      const isTaken = await taken(bytes);
      if (records.length > 0) forget();
      if (bytes !== null) hold(bytes);
      return { records, rest: isTaken ? null : Buffer.concat(begun) };
    },
    place: () => ({ offset: offset + empty.bytes, line: line + empty.lines }),
    close: () => parser.destroy(),
  };
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
