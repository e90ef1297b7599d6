/** What rotation puts behind a name: `.1`, `-20260105`, `.2026-01-05T10`. */
const ROTATION = String.raw`(?:[.-]\d[\dT._-]*)?`;
const COMPRESSION = String.raw`(?:\.(?:gz|zst))?`;

const LOG_FILE = new RegExp(String.raw`\.(?:jsonl|ndjson|json|log)${ROTATION}${COMPRESSION}$`, 'i');
const JSON_FILE = new RegExp(String.raw`\.json${ROTATION}${COMPRESSION}$`, 'i');
const ENDING = new RegExp(
  String.raw`(?<=\.(?:jsonl|ndjson|json|log))${ROTATION}${COMPRESSION}$`,
  'i',
);

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

/**
 * The log that a file is a part of: its name without what rotation and compression add, so that a line
 * stays one of the same log when its file is rotated. `a/app.jsonl.2.gz` is of `a/app.jsonl`.
 */
export function logName(uri: string): string {
  return uri.replace(ENDING, '');
}

const NAMED_FILES = 3;

/** The first of some files' names, as errors list them: `a.txt, b.csv, c.bak, …`. */
export function fewNames(uris: readonly string[]): string {
  const more = uris.length > NAMED_FILES ? ', …' : '';
  return `${uris.slice(0, NAMED_FILES).join(', ')}${more}`;
}
