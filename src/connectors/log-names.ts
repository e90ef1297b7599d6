import { COMPRESSION, ROTATION } from '../domain/log-order.js';

const LOG_FILE = new RegExp(String.raw`\.(?:jsonl|ndjson|json|log)${ROTATION}${COMPRESSION}$`, 'i');
const JSON_FILE = new RegExp(String.raw`\.json${ROTATION}${COMPRESSION}$`, 'i');
/** The endings of log files, as errors tell them. */
export const LOG_ENDINGS =
  '.jsonl, .ndjson, .json or .log, also with what rotation adds (.1, -20260105) and with .gz or .zst';

/** Whether a file is a log, by its name. */
export function isLogFile(name: string): boolean {
  return LOG_FILE.test(name);
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
