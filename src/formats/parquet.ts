import { isUtf8 } from 'node:buffer';
import {
  parquetMetadataAsync,
  parquetReadObjects,
  parquetSchema,
  type AsyncBuffer,
} from 'hyparquet';
import { compressors } from 'hyparquet-compressors';
import { DataError } from '../domain/errors.js';
import { canonicalJson } from '../domain/json.js';
import type { Example, Message } from '../domain/record.js';
import { withEmptyLists } from './parquet-lists.js';
import { parquetBytes, type ColumnData, type ParquetSchema } from './parquet-writer.js';

const ROWS_PER_GROUP = 20_000;

const TEXT = { type: 'BYTE_ARRAY', converted_type: 'UTF8' } as const;

/** Columns of what few examples have, as JSON text; a file without any such example has not the column. */
const EXTRA_COLUMNS: readonly (readonly [string, (example: Example) => unknown])[] = [
  ['tool_calls', ({ toolCalls }) => toolCalls],
  ['rejected', ({ rejected }) => rejected?.content],
  ['rejected_tool_calls', ({ rejected }) => rejected?.toolCalls],
  ['trained_turns', ({ trained }) => trained],
  ['tools', ({ tools }) => tools],
  ['record_id', ({ recordId }) => recordId],
];

/** One row per example; `messages` is a list of structs in the three-level form of the Parquet format. */
const EXAMPLE_SCHEMA: ParquetSchema = [
  { name: 'root', num_children: 9 },
  { name: 'id', repetition_type: 'REQUIRED', ...TEXT },
  { name: 'window', repetition_type: 'REQUIRED', ...TEXT },
  {
    name: 'time',
    repetition_type: 'REQUIRED',
    type: 'INT64',
    converted_type: 'TIMESTAMP_MILLIS',
    logical_type: { type: 'TIMESTAMP', isAdjustedToUTC: true, unit: 'MILLIS' },
  },
  { name: 'side', repetition_type: 'REQUIRED', ...TEXT },
  { name: 'group', repetition_type: 'REQUIRED', ...TEXT },
  { name: 'messages', repetition_type: 'REQUIRED', num_children: 1, converted_type: 'LIST' },
  { name: 'list', repetition_type: 'REPEATED', num_children: 1 },
  { name: 'element', repetition_type: 'REQUIRED', num_children: 4 },
  { name: 'role', repetition_type: 'REQUIRED', ...TEXT },
  { name: 'content', repetition_type: 'REQUIRED', ...TEXT },
  { name: 'tool_calls', repetition_type: 'OPTIONAL', ...TEXT },
  { name: 'tool_call_id', repetition_type: 'OPTIONAL', ...TEXT },
  { name: 'answer', repetition_type: 'OPTIONAL', ...TEXT },
  { name: 'answer_origin', repetition_type: 'REQUIRED', ...TEXT },
  { name: 'content_digest', repetition_type: 'REQUIRED', ...TEXT },
];

/**
 * Examples as one Parquet file, compressed by zstd: `id`, `window`, `time` (milliseconds, UTC), `side`,
 * `group`, `messages` (list of `role`, `content`, `tool_calls` as JSON text, `tool_call_id`), `answer`,
 * `answer_origin`, `content_digest`; where an example has such, `tool_calls` of the answer, `rejected` and `rejected_tool_calls` of a pair, `trained_turns` (list of
 * `message` and `origin`) and `tools` as JSON text, and `record_id`. The same examples give the same bytes.
 */
export function writeExamplesParquet(examples: readonly Example[]): Promise<Uint8Array> {
  const column = (name: string, value: (example: Example) => unknown): ColumnData => ({
    name,
    data: examples.map(value),
  });
  const columns = [
    column('id', (example) => example.id),
    column('window', (example) => example.window),
    column('time', (example) => new Date(example.time)),
    column('side', (example) => example.side),
    column('group', (example) => example.group),
    column('messages', (example) => example.messages.map(messageRow)),
    column('answer', (example) => example.answer),
    column('answer_origin', (example) => example.answerOrigin),
    column('content_digest', (example) => example.contentDigest),
  ];
  const extras = EXTRA_COLUMNS.map(([name, value]) => column(name, (row) => jsonText(value(row))));
  const used = extras.filter(({ data }) => data.some((value) => value !== null));
  const [root, ...own] = EXAMPLE_SCHEMA;
  const schema: ParquetSchema = [
    { ...root, name: 'root', num_children: columns.length + used.length },
    ...own,
    ...used.map(({ name }) => ({ name, repetition_type: 'OPTIONAL' as const, ...TEXT })),
  ];
  return parquetBytes(schema, [...columns, ...used], ROWS_PER_GROUP);
}

/** A text as it is, anything else as JSON. */
function jsonText(value: unknown): string | null {
  if (value === undefined) return null;
  return typeof value === 'string' ? value : canonicalJson(value);
}

function messageRow(message: Message): Record<string, string | null> {
  return {
    role: message.role,
    content: message.content,
    tool_calls: message.toolCalls === undefined ? null : canonicalJson(message.toolCalls),
    tool_call_id: message.toolCallId ?? null,
  };
}

/** A file of which stretches can be read. */
export interface ParquetBytes {
  readonly byteLength: number;
  slice(start: number, end: number): Promise<Uint8Array>;
}

/** Stands where a text of a row is not UTF-8. */
const BROKEN_TEXT = Symbol('text that is not UTF-8');

/**
 * The rows of any Parquet file (Snappy, gzip, zstd, Brotli, LZ4), one row group in memory at a time, with
 * JSON values: whole numbers beyond 2^53 are decimal strings, times ISO 8601, other bytes base64,
 * numbers that JSON lacks `null`; a JSON column is parsed where it can be. What is not UTF-8 in a text is
 * replaced, or the text is `marked` for `isTextBroken`.
 * @throws DataError `truncated-parquet` where the end is missing, `invalid-parquet` where the bytes are no
 * Parquet file, or one that can't be read.
 */
export async function* readParquetRows(
  source: Uint8Array | ParquetBytes,
  brokenText: 'replaced' | 'marked' = 'replaced',
): AsyncGenerator<Record<string, unknown>, void, undefined> {
  const file = asyncBuffer(source);
  await assertWhole(file);
  const metadata = await guarded(() => parquetMetadataAsync(file, { geoparquet: false }));
  const parsers = brokenText === 'marked' ? { ...lenient, stringFromBytes: strictText } : lenient;
  const options = { file, compressors: decompressors, parsers, geoparquet: false };
  let rowStart = 0;
  const schema = parquetSchema(metadata);
  for (const group of metadata.row_groups) {
    const rowEnd = rowStart + Number(group.num_rows);
    const range = { rowStart, rowEnd };
    const rows = await guarded(() => parquetReadObjects({ ...options, metadata, ...range }));
    for (const row of rows) {
      yield jsonValue(withEmptyLists(row, schema)) as Record<string, unknown>;
    }
    rowStart = rowEnd;
  }
}

function asyncBuffer(source: Uint8Array | ParquetBytes): AsyncBuffer {
  const { byteLength } = source;
  const slice = async (start: number, end = byteLength): Promise<ArrayBuffer> =>
    arrayBufferOf(
      source instanceof Uint8Array ? source.subarray(start, end) : await source.slice(start, end),
    );
  return { byteLength, slice };
}

const MAGIC = 'PAR1';

/** The format's mark stands at both ends; its footer, without which nothing can be read, at the last. */
async function assertWhole(file: AsyncBuffer): Promise<void> {
  const { byteLength } = file;
  const markAt = async (start: number): Promise<string> =>
    Buffer.from(await file.slice(start, start + MAGIC.length)).toString('latin1');
  const begins = byteLength >= MAGIC.length && (await markAt(0)) === MAGIC;
  const ends = byteLength > 2 * MAGIC.length && (await markAt(byteLength - MAGIC.length)) === MAGIC;
  if (begins && !ends) {
    throw new DataError('truncated-parquet', 'the Parquet file ends too early');
  }
}

function strictText(bytes: Uint8Array | undefined): unknown {
  if (bytes === undefined) return undefined;
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  return isUtf8(text) ? text.toString('utf8') : BROKEN_TEXT;
}

/** Whether a text anywhere in a row that was read `marked` is not UTF-8. */
export function isTextBroken(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return value === BROKEN_TEXT;
  return Object.values(value).some(isTextBroken);
}

/** How many characters the texts of a row have together. */
export function textLength(value: unknown): number {
  if (typeof value === 'string') return value.length;
  if (typeof value !== 'object' || value === null) return 0;
  return Object.values(value).reduce((sum: number, member) => sum + textLength(member), 0);
}

/** The package's LZ4 fails on the block of a page without bytes, as columns of nulls have. */
const decompressors = Object.fromEntries(
  Object.entries(compressors).map(([codec, decompress]) => [
    codec,
    (input: Uint8Array, outputLength: number) =>
      outputLength === 0 ? new Uint8Array(0) : decompress(input, outputLength),
  ]),
);

const lenient = { jsonFromBytes: (bytes: Uint8Array): unknown => lenientJson(bytes) };

function lenientJson(bytes: Uint8Array | undefined): unknown {
  if (bytes === undefined) return undefined;
  const text = Buffer.from(bytes).toString('utf8');
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

/** The reader's own messages may quote a value, so that they go no further. */
async function guarded<T>(read: () => T | Promise<T>): Promise<T> {
  try {
    return await read();
  } catch {
    throw new DataError(
      'invalid-parquet',
      'the file is no Parquet file, is damaged, or uses a feature that holdfast does not read',
    );
  }
}

function arrayBufferOf(bytes: Uint8Array): ArrayBuffer {
  const copy = new ArrayBuffer(bytes.length);
  new Uint8Array(copy).set(bytes);
  return copy;
}

function jsonValue(value: unknown): unknown {
  if (typeof value === 'bigint') {
    const number = Number(value);
    return Number.isSafeInteger(number) ? number : value.toString();
  }
  if (typeof value === 'number') return Number.isFinite(value) ? value : null;
  if (value === undefined) return null;
  if (typeof value !== 'object' || value === null) return value;
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? null : value.toISOString();
  if (value instanceof Uint8Array) return Buffer.from(value).toString('base64');
  if (Array.isArray(value) || ArrayBuffer.isView(value)) {
    return Array.from(value as unknown as ArrayLike<unknown>, jsonValue);
  }
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, jsonValue(member)]));
}
