/** The line is no row of plain members with keys of ASCII, or no JSON: it has to be parsed. */
export const UNUSUAL = -1;
/** The line goes on behind the bytes that were given. */
export const INCOMPLETE = -2;

/**
 * Reads lines of JSON Lines on their bytes: objects with keys of ASCII whose values are texts, numbers, true,
 * false and null. What it reads, `JSON.parse` reads the same way; all else it leaves to that.
 */
export interface RowScanner {
  /** Where bytes of a file are put; a line feed has to follow those to read. */
  readonly input: Uint8Array;
  /** Bytes of a file that have room, the line feed behind them not counted. */
  readonly capacity: number;
  /**
   * Reads the line from `start`, `end` being where the line feed behind the bytes stands. Returns how many
   * members the row has, `UNUSUAL`, or `INCOMPLETE` for a line that reaches `end`, unless `isLast`.
   */
  scan(start: number, end: number, isLast: boolean): number;
  /** Where the line feed behind the row that was scanned last stands. */
  rowEnd(): number;
  /** Whether the row that was scanned last has the keys and kinds of values of the one that was kept. */
  isAsKept(): boolean;
  /** Keeps the row's skeleton for `isAsKept`, and returns it: of each member its key, a quote and its kind. */
  keepSkeleton(): string;
  /** Where the value of a member begins and ends in `input`, quotes left out. */
  valueStart(member: number): number;
  valueEnd(member: number): number;
  hasEscapes(member: number): boolean;
  /** As `valueStart` and `valueEnd`, with the quotes of a text. */
  outerStart(member: number): number;
  outerEnd(member: number): number;
  /** Takes a text from `input` as the one to split, escapes resolved; returns its length in UTF-8. */
  take(start: number, end: number, hasEscapes: boolean): number;
  /** Whether the text of `length` bytes that was taken last has signs of markup. */
  takenHasSigns(length: number): boolean;
}

/** The kinds of values in a skeleton. */
export const KINDS = {
  text: 's',
  emptyText: 'e',
  number: 'n',
  true: 't',
  false: 'f',
  null: 'z',
} as const;

export interface ScannerExports {
  readonly memory: { readonly buffer: ArrayBuffer };
  scanRow(start: number, end: number, isLast: number): number;
  rowEnd(): number;
  isAsKept(): number;
  keepSkeleton(): void;
  skeletonLength(): number;
  takeText(start: number, end: number, hasEscapes: number): number;
  mayHaveMarkup(length: number): number;
}

export type ScannerPlace = 'inputAt' | 'membersAt' | 'skeletonAt';

/** Numbers that stand in the table for each member: start, end, escapes. */
const MEMBER_NUMBERS = 3;
const MAXIMUM_MEMBERS = 64;
const SLACK_BYTES = 128;
const QUOTE = 0x22;

export function createRowScanner(
  exports: ScannerExports & Readonly<Record<ScannerPlace, () => number>>,
  capacity: number,
): RowScanner {
  const { buffer } = exports.memory;
  const input = new Uint8Array(buffer, exports.inputAt(), capacity + SLACK_BYTES);
  const members = new Uint32Array(buffer, exports.membersAt(), MAXIMUM_MEMBERS * MEMBER_NUMBERS);
  const skeletonAt = exports.skeletonAt();
  // A value follows a colon or white space, unless it is a text.
  const isQuoted = (start: number): boolean => input[start - 1] === QUOTE;
  return {
    input,
    capacity,
    scan: (start, end, isLast) => exports.scanRow(start, end, isLast ? 1 : 0),
    rowEnd: () => exports.rowEnd(),
    isAsKept: () => exports.isAsKept() === 1,
    keepSkeleton() {
      exports.keepSkeleton();
      return Buffer.from(buffer, skeletonAt, exports.skeletonLength()).toString('latin1');
    },
    valueStart: (member) => members[member * MEMBER_NUMBERS] ?? 0,
    valueEnd: (member) => members[member * MEMBER_NUMBERS + 1] ?? 0,
    hasEscapes: (member) => members[member * MEMBER_NUMBERS + 2] === 1,
    outerStart(member) {
      const start = members[member * MEMBER_NUMBERS] ?? 0;
      return isQuoted(start) ? start - 1 : start;
    },
    outerEnd(member) {
      const end = members[member * MEMBER_NUMBERS + 1] ?? 0;
      return isQuoted(members[member * MEMBER_NUMBERS] ?? 0) ? end + 1 : end;
    },
    take: (start, end, hasEscapes) => exports.takeText(start, end, hasEscapes ? 1 : 0),
    takenHasSigns: (length) => exports.mayHaveMarkup(length) !== 0,
  };
}
