import { isAscii, isUtf8 } from 'node:buffer';
import { DataError } from '../domain/errors.js';
import type { ListedObject } from '../domain/manifest.js';
import type { SourcePosition } from '../domain/record.js';
import { decompressed, isCompressed } from '../formats/decompress.js';
import { arrayElementsOrLines } from '../formats/json-array.js';
import { lineBatches, type Line } from '../formats/lines.js';
import { linesOrDocuments } from '../formats/pretty-documents.js';
import type { LogBytes } from './log-bytes.js';
import { isCsvFile, isParquetFile, mayHoldArray } from './log-names.js';
import type { JsonObject, LogRow, Reached, RowOptions } from './log-row.js';
import { UnreadableLine } from './unreadable-line.js';

/** Ends of a file that make what follows unreadable; the place is quarantined, the rest was read. */
const BROKEN_ENDS = [
  'truncated-archive',
  'corrupt-archive',
  'unsupported-archive',
  'unterminated-array',
  'truncated-parquet',
  'invalid-parquet',
];

/**
 * All rows of an object, by its name: lines of JSON, one array of a `.json` file, documents that are printed
 * over many lines, or a table in CSV or Parquet. What is broken is quarantined where it stands, and reading goes on.
 * @throws DataError `source-changed` where the object is not what it was when it was named.
 */
export async function* readLogRows(
  bytes: LogBytes,
  object: ListedObject,
  options: RowOptions,
): AsyncGenerator<LogRow, void, undefined> {
  const batches = readLogRowBatches<never>(bytes, object, options, () => null);
  for await (const batch of batches) yield* batch;
}

/**
 * What a line is, where that takes no reading of it as JSON; `null` for all others, and for those that are broken.
 */
export type KnownLine<Known> = (line: Uint8Array, position: SourcePosition) => Known | null;

/**
 * As `readLogRows`, many at a time; each is read when it is asked for, and what `known` gives for a line comes in
 * the place of its row.
 */
export async function* readLogRowBatches<Known>(
  bytes: LogBytes,
  object: ListedObject,
  options: RowOptions,
  known: KnownLine<Known>,
): AsyncGenerator<Iterable<LogRow | Known>, void, undefined> {
  const reached = { line: 0, next: 0, bytes: 0 };
  const rows = isParquetFile(object.uri)
    ? tableRows(bytes, object, options, reached)
    : lineRows(bytes, object, options, reached, known);
  try {
    yield* rows;
  } catch (error) {
    if (!(error instanceof DataError) || !BROKEN_ENDS.includes(error.code)) throw error;
    await bytes.assertUnchanged(object);
    const { line, next: offset } = reached;
    const position = { uri: object.uri, line: line + 1, offset, length: reached.bytes - offset };
    yield [{ kind: 'quarantined', position, reason: error.code }];
  }
}

async function* lineRows<Known>(
  bytes: LogBytes,
  object: ListedObject,
  options: RowOptions,
  reached: Reached,
  known: KnownLine<Known>,
): AsyncGenerator<Iterable<LogRow | Known>, void, undefined> {
  const { uri } = object;
  const isPassing = options.isPassing === true && isOfLines(uri);
  const plain = counted(decompressed(uri, bytes.read(object, isPassing)), reached);
  if (isCsvFile(uri)) {
    const { csvLogRows } = await import('./csv-log-rows.js');
    return yield* csvLogRows(uri, plain, options, reached);
  }
  for await (const batch of split(uri, plain, options)) {
    const last = batch.at(-1);
    if (last !== undefined) {
      reached.line = last.line;
      reached.next = last.next;
    }
    yield rowsOfLines(batch, uri, known);
  }
}

/** Whether nothing but lines is made of a file's bytes, of which none is held when the next chunk comes. */
function isOfLines(uri: string): boolean {
  return !isCompressed(uri) && !isCsvFile(uri) && !mayHoldArray(uri);
}

function* rowsOfLines<Known>(
  lines: readonly Line[],
  uri: string,
  known: KnownLine<Known>,
): Generator<LogRow | Known, void, undefined> {
  for (const each of lines) {
    if (isBlank(each)) continue;
    const { line, offset, length, bytes } = each;
    const position = { uri, line, offset, length };
    const found = bytes === null ? null : known(bytes, position);
    yield found ?? asRow(position, () => parseLogLine(bytes));
  }
}

function split(
  uri: string,
  bytes: AsyncIterable<Uint8Array>,
  options: RowOptions,
): AsyncIterable<readonly Line[]> {
  const found = mayHoldArray(uri)
    ? oneByOne(arrayElementsOrLines(bytes, options))
    : lineBatches(bytes, options);
  return linesOrDocuments(found, options);
}

async function* oneByOne(lines: AsyncIterable<Line>): AsyncGenerator<readonly Line[]> {
  for await (const line of lines) yield [line];
}

async function* tableRows(
  bytes: LogBytes,
  object: ListedObject,
  { maximumLineBytes }: RowOptions,
  reached: Reached,
): AsyncGenerator<readonly LogRow[], void, undefined> {
  await bytes.assertUnchanged(object);
  const { isTextBroken, readParquetRows, textLength } = await import('../formats/parquet.js');
  const file = {
    byteLength: object.bytes,
    slice: (start: number, end: number) => bytes.range(object, start, end),
  };
  for await (const value of readParquetRows(file, 'marked')) {
    reached.line += 1;
    const position = { uri: object.uri, line: reached.line, offset: 0, length: 0 };
    const row = asRow(position, () => {
      if (textLength(value) > maximumLineBytes) throw new UnreadableLine('line-too-long');
      if (isTextBroken(value)) throw new UnreadableLine('invalid-utf8');
      return value;
    });
    yield [row];
  }
}

function asRow(position: SourcePosition, read: () => JsonObject): LogRow {
  try {
    return { kind: 'row', position, value: read() };
  } catch (error) {
    if (!(error instanceof UnreadableLine)) throw error;
    return { kind: 'quarantined', position, reason: error.reason };
  }
}

/**
 * The JSON object that a line holds.
 * @throws UnreadableLine `line-too-long` for `null`, `invalid-utf8`, `invalid-json` or `not-an-object`
 */
export function parseLogLine(bytes: Uint8Array | null): JsonObject {
  if (bytes === null) throw new UnreadableLine('line-too-long');
  const text = textOf(bytes);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new UnreadableLine('invalid-json');
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new UnreadableLine('not-an-object');
  }
  return value as JsonObject;
}

/** Most lines are ASCII, whose bytes are its characters. @throws UnreadableLine `invalid-utf8` */
function textOf(bytes: Uint8Array): string {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  if (isAscii(buffer)) return buffer.toString('latin1');
  if (!isUtf8(buffer)) throw new UnreadableLine('invalid-utf8');
  return buffer.toString('utf8');
}

/** White space only, as JSON has it; such a line is none. */
function isBlank({ bytes }: Line): boolean {
  return (
    bytes !== null &&
    !((bytes[0] ?? 0) > 0x20) &&
    bytes.every((byte) => byte === 0x20 || byte === 0x09 || byte === 0x0d)
  );
}

async function* counted(
  bytes: AsyncIterable<Uint8Array>,
  reached: Reached,
): AsyncGenerator<Uint8Array, void, undefined> {
  for await (const chunk of bytes) {
    reached.bytes += chunk.length;
    yield chunk;
  }
}
