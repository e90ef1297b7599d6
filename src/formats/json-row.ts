import { isAscii, isUtf8 } from 'node:buffer';
import { DataError } from '../domain/errors.js';

/** A row of a dataset file. */
export interface DatasetRow {
  /** Counts from 0. */
  readonly index: number;
  /** The line it begins on, from 1; `null` in JSON and Parquet files. */
  readonly line: number | null;
  readonly row: Readonly<Record<string, unknown>>;
}

/**
 * The object that a line of JSON Lines, or an element of an array, holds; `null` for a blank line.
 * @throws DataError `dataset-unreadable` naming the file and the place, as `line 3`; `null` in the place of
 * bytes stands for a line that is too long.
 */
export function jsonRow(
  bytes: Uint8Array | null,
  path: string,
  place: string,
): Readonly<Record<string, unknown>> | null {
  if (bytes === null) throw unreadable(path, place, 'it is too long');
  const text = decode(bytes);
  if (text === null) throw unreadable(path, place, 'it is not UTF-8');
  if (text === '' || text.trim() === '') return null;
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw unreadable(path, place, 'it is no JSON');
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw unreadable(path, place, 'it is no JSON object');
  }
  return value as Readonly<Record<string, unknown>>;
}

function decode(bytes: Uint8Array): string | null {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  if (isAscii(buffer)) return buffer.toString('latin1');
  return isUtf8(buffer) ? buffer.toString('utf8') : null;
}

/** What a file with a hole in it is answered with: it proves nothing. */
export function unreadable(path: string, place: string, why: string): DataError {
  return new DataError('dataset-unreadable', `${path} ${place} can't be read: ${why}`);
}
