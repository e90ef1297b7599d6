import { COMPRESSION, ROTATION } from '../domain/log-order.js';
import type { LogNames } from './log-bytes.js';

const LOG_FILE = new RegExp(String.raw`\.(?:jsonl|ndjson|json|log)${ROTATION}${COMPRESSION}$`, 'i');
const JSON_FILE = new RegExp(String.raw`\.json${ROTATION}${COMPRESSION}$`, 'i');
const PARQUET_FILE = /\.parquet$/i;
const JSON_ENDINGS =
  '.jsonl, .ndjson, .json or .log, also with what rotation adds (.1, -20260105) and with .gz or .zst';

/** Logs of JSON: a value on each line, or one array. */
export const JSON_LOGS: LogNames = {
  isLog: (uri) => LOG_FILE.test(uri),
  endings: JSON_ENDINGS,
};

/** Logs of JSON, and tables in Parquet. */
export const ALL_LOGS: LogNames = {
  isLog: (uri) => JSON_LOGS.isLog(uri) || isParquetFile(uri),
  endings: `${JSON_ENDINGS}; or .parquet`,
};

/** Whether a file is a table in Parquet, by its name. */
export function isParquetFile(name: string): boolean {
  return PARQUET_FILE.test(name);
}

/** Whether a file may hold one JSON array instead of lines, by its name. */
export function mayHoldArray(name: string): boolean {
  return JSON_FILE.test(name);
}

const NAMED_FILES = 3;

/** The first of some files' names, as errors list them: `a.txt, b.csv, c.bak, …`. */
export function fewNames(uris: readonly string[]): string {
  const more = uris.length > NAMED_FILES ? ', …' : '';
  return `${uris.slice(0, NAMED_FILES).join(', ')}${more}`;
}
