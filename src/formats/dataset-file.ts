import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { ConfigError, DataError } from '../domain/errors.js';
import { decompressed } from './decompress.js';
import { type DatasetRow, jsonRow } from './json-row.js';
import type { Line } from './lines.js';
import { lineBatches } from './lines.js';

/** Longest line that is read; a longer one is no line of a dataset. */
export const MAXIMUM_LINE_BYTES = 256 * 1024 * 1024;
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
    // What other formats need is loaded with the first file of them, since it takes longer than small files do.
    if (name.endsWith('.csv')) {
      const { csvRows } = await import('./csv-rows.js');
      yield* inBatches(csvRows(bytes, path));
    } else if (name.endsWith('.parquet')) yield* inBatches(parquetRows(bytes));
    else if (name.endsWith('.json')) {
      const { arrayElementsOrLines } = await import('./json-array.js');
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
      const row = jsonRow(bytes, path, `${unit} ${line}`);
      if (row === null) continue;
      rows.push({ index, line: unit === 'line' ? line : null, row });
      index += 1;
    }
    yield rows;
  }
}

async function* parquetRows(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<DatasetRow> {
  const parts: Uint8Array[] = [];
  for await (const part of bytes) parts.push(part);
  const { readParquetRows } = await import('./parquet.js');
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
