import { isAscii, isUtf8 } from 'node:buffer';
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { parse } from 'csv-parse';
import { ConfigError, DataError } from '../domain/errors.js';
import { decompressed } from './decompress.js';
import { arrayElementsOrLines } from './json-array.js';
import type { Line } from './lines.js';
import { lineBatches } from './lines.js';
import { readParquetRows } from './parquet.js';

/** A row of a dataset file. */
export interface DatasetRow {
  /** Counts from 0. */
  readonly index: number;
  /** The line it begins on, from 1; `null` in JSON and Parquet files. */
  readonly line: number | null;
  readonly row: Readonly<Record<string, unknown>>;
}

/** Longest line that is read; a longer one is no line of a dataset. */
const MAXIMUM_LINE_BYTES = 256 * 1024 * 1024;
const CHUNK_BYTES = 256 * 1024;
/** Of the formats that come row by row. */
const ROWS_PER_BATCH = 256;

/** Endings that are understood, each also with `.gz` or `.zst` behind it. */
export const DATASET_ENDINGS: readonly string[] = [
  '.jsonl',
  '.ndjson',
  '.json',
  '.csv',
  '.parquet',
];

/** How many bytes a dataset file has on disk. @throws ConfigError where there is no such file. */
export async function datasetBytes(path: string): Promise<number> {
  const found = await stat(path).catch(() => null);
  if (found?.isFile() !== true) throw new ConfigError(`there is no file ${path}`);
  return found.size;
}

/**
 * Reads the rows of a dataset file, many at a time, by its ending: JSON Lines, JSON (one array, or lines), CSV with a header,
 * Parquet; plain, `.gz` or `.zst`. `onBytes` hears how many bytes of the file were read on.
 * @throws ConfigError where the file is missing or its ending unknown; DataError `dataset-unreadable` with
 * file and line, for a file with a hole in it proves nothing.
 */
export async function* readDataset(
  path: string,
  onBytes: (count: number) => void = () => undefined,
): AsyncGenerator<readonly DatasetRow[], void, undefined> {
  await datasetBytes(path);
  const name = path.toLowerCase().replace(/\.(?:gz|zst)$/u, '');
  const bytes = decompressed(path, readFile(path, onBytes));
  const limit = { maximumLineBytes: MAXIMUM_LINE_BYTES };
  try {
    if (name.endsWith('.csv')) yield* inBatches(csvRows(bytes, path));
    else if (name.endsWith('.parquet')) yield* inBatches(parquetRows(bytes));
    else if (name.endsWith('.json')) {
      yield* jsonRows(inBatches(arrayElementsOrLines(bytes, limit)), path, 'row');
    } else if (/\.(?:jsonl|ndjson)$/u.test(name)) {
      yield* jsonRows(lineBatches(bytes, limit), path, 'line');
    } else throw unknownEnding(path);
  } catch (error) {
    if (!(error instanceof DataError) || error.code === 'dataset-unreadable') throw error;
    throw new DataError('dataset-unreadable', `${path} can't be read: ${error.message}`);
  }
}

async function* readFile(
  path: string,
  onBytes: (count: number) => void,
): AsyncGenerator<Uint8Array, void, undefined> {
  const stream = createReadStream(path, { highWaterMark: CHUNK_BYTES });
  for await (const chunk of stream as AsyncIterable<Uint8Array>) {
    onBytes(chunk.length);
    yield chunk;
  }
}

async function* inBatches<Item>(
  items: AsyncIterable<Item>,
): AsyncGenerator<readonly Item[], void, undefined> {
  let batch: Item[] = [];
  for await (const item of items) {
    batch.push(item);
    if (batch.length < ROWS_PER_BATCH) continue;
    yield batch;
    batch = [];
  }
  if (batch.length > 0) yield batch;
}

/** `unit` is what the source counts: lines, or elements of an array. */
async function* jsonRows(
  source: AsyncIterable<readonly Line[]>,
  path: string,
  unit: 'line' | 'row',
): AsyncGenerator<readonly DatasetRow[]> {
  let index = 0;
  for await (const batch of source) {
    const rows: DatasetRow[] = [];
    for (const { line, bytes } of batch) {
      const text = decode(bytes, path, unit, line);
      if (text === '' || text.trim() === '') continue;
      rows.push({
        index,
        line: unit === 'line' ? line : null,
        row: parseRow(text, path, unit, line),
      });
      index += 1;
    }
    yield rows;
  }
}

function decode(
  bytes: Uint8Array | null,
  path: string,
  unit: 'line' | 'row',
  line: number,
): string {
  if (bytes === null) throw unreadable(path, `${unit} ${line}`, 'it is too long');
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  if (isAscii(buffer)) return buffer.toString('latin1');
  if (isUtf8(buffer)) return buffer.toString('utf8');
  throw unreadable(path, `${unit} ${line}`, 'it is not UTF-8');
}

function parseRow(
  text: string,
  path: string,
  unit: 'line' | 'row',
  line: number,
): Readonly<Record<string, unknown>> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw unreadable(path, `${unit} ${line}`, 'it is no JSON');
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw unreadable(path, `${unit} ${line}`, 'it is no JSON object');
  }
  return value as Readonly<Record<string, unknown>>;
}

/** A record of the CSV parser; `lines` counts the lines up to its end. */
interface CsvRecord {
  readonly record: Readonly<Record<string, unknown>>;
  readonly info: { readonly lines: number };
}

async function* csvRows(
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

async function* parquetRows(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<DatasetRow> {
  const parts: Uint8Array[] = [];
  for await (const part of bytes) parts.push(part);
  let index = 0;
  for await (const row of readParquetRows(Buffer.concat(parts))) {
    yield { index, line: null, row };
    index += 1;
  }
}

function unknownEnding(path: string): ConfigError {
  return new ConfigError(
    `${path} has an unknown ending; known are ${DATASET_ENDINGS.join(', ')}, also with .gz or .zst`,
  );
}

function unreadable(path: string, place: string, why: string): DataError {
  return new DataError('dataset-unreadable', `${path} ${place} can't be read: ${why}`);
}
