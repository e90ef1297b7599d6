import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { parse } from 'csv-parse';
import { ConfigError, DataError } from '../domain/errors.js';
import { decompressed } from './decompress.js';
import { arrayElementsOrLines } from './json-array.js';
import type { Line } from './lines.js';
import { lines } from './lines.js';
import { readParquetRows } from './parquet.js';

/** A row of a dataset file. `index` counts from 0. */
export interface DatasetRow {
  readonly index: number;
  readonly row: Readonly<Record<string, unknown>>;
}

/** Longest line that is read; a longer one is no line of a dataset. */
const MAXIMUM_LINE_BYTES = 256 * 1024 * 1024;

/** Endings that are understood, each also with `.gz` or `.zst` behind it. */
export const DATASET_ENDINGS: readonly string[] = [
  '.jsonl',
  '.ndjson',
  '.json',
  '.csv',
  '.parquet',
];

/**
 * Reads the rows of a dataset file by its ending: JSON Lines, JSON (one array, or lines), CSV with a header,
 * Parquet; plain, `.gz` or `.zst`.
 * @throws ConfigError where the file is missing or its ending unknown; DataError `dataset-unreadable` with
 * file and line, for a file with a hole in it proves nothing.
 */
export async function* readDataset(path: string): AsyncGenerator<DatasetRow, void, undefined> {
  if ((await stat(path).catch(() => null))?.isFile() !== true) {
    throw new ConfigError(`there is no file ${path}`);
  }
  const name = path.toLowerCase().replace(/\.(?:gz|zst)$/u, '');
  const bytes = decompressed(path, createReadStream(path) as AsyncIterable<Uint8Array>);
  const limit = { maximumLineBytes: MAXIMUM_LINE_BYTES };
  try {
    if (name.endsWith('.csv')) yield* csvRows(bytes, path);
    else if (name.endsWith('.parquet')) yield* parquetRows(bytes);
    else if (name.endsWith('.json')) yield* jsonRows(arrayElementsOrLines(bytes, limit), path);
    else if (/\.(?:jsonl|ndjson)$/u.test(name)) yield* jsonRows(lines(bytes, limit), path);
    else
      throw new ConfigError(
        `${path} has an unknown ending; known are ${DATASET_ENDINGS.join(', ')}, also with .gz or .zst`,
      );
  } catch (error) {
    if (!(error instanceof DataError) || error.code === 'dataset-unreadable') throw error;
    throw new DataError('dataset-unreadable', `${path}: ${error.message}`);
  }
}

async function* jsonRows(source: AsyncIterable<Line>, path: string): AsyncGenerator<DatasetRow> {
  let index = 0;
  for await (const { line, bytes } of source) {
    const text = decode(bytes, path, line);
    if (text.trim() === '') continue;
    yield { index, row: parseRow(text, path, line) };
    index += 1;
  }
}

function decode(bytes: Uint8Array | null, path: string, line: number): string {
  if (bytes === null) throw unreadable(path, line, 'it is too long');
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw unreadable(path, line, 'it is not UTF-8');
  }
}

function parseRow(text: string, path: string, line: number): Readonly<Record<string, unknown>> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw unreadable(path, line, 'it is no JSON');
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw unreadable(path, line, 'it is no JSON object');
  }
  return value as Readonly<Record<string, unknown>>;
}

async function* csvRows(
  bytes: AsyncIterable<Uint8Array>,
  path: string,
): AsyncGenerator<DatasetRow> {
  const parser = parse({ columns: true, bom: true, relax_column_count: false });
  const feed = async (): Promise<void> => {
    for await (const chunk of bytes) {
      if (!parser.write(chunk)) await new Promise((resolve) => parser.once('drain', resolve));
    }
    parser.end();
  };
  const fed = feed().catch((error: unknown) => parser.destroy(error as Error));
  let index = 0;
  try {
    for await (const row of parser as AsyncIterable<Record<string, unknown>>) {
      yield { index, row };
      index += 1;
    }
  } catch (error) {
    if (error instanceof DataError) throw error;
    throw unreadable(path, index + 2, 'it is no CSV row with as many fields as the header');
  }
  await fed;
}

async function* parquetRows(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<DatasetRow> {
  const parts: Uint8Array[] = [];
  for await (const part of bytes) parts.push(part);
  let index = 0;
  for await (const row of readParquetRows(Buffer.concat(parts))) {
    yield { index, row };
    index += 1;
  }
}

function unreadable(path: string, line: number, why: string): DataError {
  return new DataError('dataset-unreadable', `${path} line ${line} can't be read: ${why}`);
}
