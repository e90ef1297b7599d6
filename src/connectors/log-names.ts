import { ConfigError } from '../domain/errors.js';
import { COMPRESSION, ROTATION } from '../domain/log-order.js';
import type { ListedObject } from '../domain/manifest.js';
import type { Listing, LogNames } from './log-bytes.js';

const LOG_FILE = new RegExp(String.raw`\.(?:jsonl|ndjson|json|log)${ROTATION}${COMPRESSION}$`, 'i');
const JSON_FILE = new RegExp(String.raw`\.json${ROTATION}${COMPRESSION}$`, 'i');
const CSV_FILE = new RegExp(String.raw`\.csv${COMPRESSION}$`, 'i');
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

/** Those, and tables in CSV, which only some exports are. */
export const LOGS_AND_CSV: LogNames = {
  isLog: (uri) => ALL_LOGS.isLog(uri) || isCsvFile(uri),
  endings: `${ALL_LOGS.endings} or .csv`,
};

/** Whether a file is a CSV, by its name. */
export function isCsvFile(name: string): boolean {
  return CSV_FILE.test(name);
}

/** Whether a file is a table in Parquet, by its name. */
export function isParquetFile(name: string): boolean {
  return PARQUET_FILE.test(name);
}

/** Whether a file may hold one JSON array instead of lines, by its name. */
export function mayHoldArray(name: string): boolean {
  return JSON_FILE.test(name);
}

/** Objects in the order of their URIs' code units, told apart by their names; without names, all are logs. */
export function sortedByName(found: readonly ListedObject[], names: LogNames | null): Listing {
  const sorted = [...found].sort((a, b) => (a.uri < b.uri ? -1 : 1));
  const isLog = (uri: string): boolean => names === null || names.isLog(uri);
  return {
    logs: sorted.filter(({ uri }) => isLog(uri)),
    others: sorted
      .map(({ uri }) => uri)
      .filter((uri) => !isLog(uri) && !/(?:^|\/)\.[^/]*$/.test(uri)),
  };
}

/** What a place is that holds files, and no log among them. */
export function noLogs(
  path: string,
  others: readonly string[],
  { endings }: LogNames,
): ConfigError {
  return new ConfigError(
    `no file below ${path} is a log by its name; ${others.length} are there (${fewNames(others)}): ` +
      `logs end in ${endings}. Rename them, or correct sources[].path`,
  );
}

const NAMED_FILES = 3;

/** The first of some files' names, as errors list them: `a.txt, b.csv, c.bak, …`. */
export function fewNames(uris: readonly string[]): string {
  const more = uris.length > NAMED_FILES ? ', …' : '';
  return `${uris.slice(0, NAMED_FILES).join(', ')}${more}`;
}
