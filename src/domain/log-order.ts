/** What rotation puts behind a name: `.1`, `-20260105`, `.2026-01-05T10`. */
export const ROTATION = String.raw`(?:[.-]\d[\dT._-]*)?`;
export const COMPRESSION = String.raw`(?:\.(?:gz|zst))?`;

const ENDING = new RegExp(
  String.raw`(?<=\.(?:jsonl|ndjson|json|log))(${ROTATION})${COMPRESSION}$`,
  'i',
);

/** Up to three digits count rotations (`.12`); more are a date or a time. */
const COUNT = /^[.-](\d{1,3})$/;

/**
 * The log that a file is a part of: its name without what rotation and compression add, so that a line
 * stays one of the same log when its file is rotated. `a/app.jsonl.2.gz` is of `a/app.jsonl`.
 */
export function logName(uri: string): string {
  return uri.replace(ENDING, '');
}

/**
 * Orders files as their lines were written, negative where `a` is the older: logs by their names, which
 * mostly tell their order, and the parts of one log by their age:
 * `app.jsonl.2`, `app.jsonl.1`, `app.jsonl-20260105`, `app.jsonl-20260112`, `app.jsonl`.
 */
export function compareLogFiles(a: string, b: string): number {
  return byCodeUnit(logName(a), logName(b)) || byAge(a, b) || byCodeUnit(a, b);
}

/** A part without a suffix is still written to; of counts the higher is the older, of dates the earlier. */
function byAge(a: string, b: string): number {
  const [left, right] = [rotationOf(a), rotationOf(b)];
  if (left.rank !== right.rank) return left.rank - right.rank;
  for (const [index, number] of left.numbers.entries()) {
    const difference = number - (right.numbers[index] ?? -1);
    if (difference !== 0) return difference;
  }
  return left.numbers.length - right.numbers.length;
}

/** A rotation's place: what is counted comes before what is dated, and later parts have higher numbers. */
function rotationOf(uri: string): { readonly rank: number; readonly numbers: readonly number[] } {
  const suffix = ENDING.exec(uri)?.[1] ?? '';
  const count = COUNT.exec(suffix)?.[1];
  if (count !== undefined) return { rank: 0, numbers: [-Number(count)] };
  const numbers = (suffix.match(/\d+/g) ?? []).map(Number);
  return { rank: numbers.length > 0 ? 1 : 2, numbers };
}

function byCodeUnit(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
