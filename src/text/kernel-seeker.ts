import type { RunSeeker, SoughtRuns } from './run-seeker.js';
import { SLOT_INTEGERS } from './run-table.js';

export interface SeekerExports {
  useTables(list: number): void;
  seek(words: number): void;
}

/** Memory of a kernel that nothing else uses, from byte `start` on. */
export interface KernelRoom {
  readonly buffer: ArrayBuffer;
  readonly start: number;
}

const BYTES = 4;
const ALIGNED_INTEGERS = 4;
/** Integers of the list that says where all the others lie, and of what is counted. */
const LIST = 32;
const TOTALS = 8;
/** The order in which the kernel's source takes their places from the list. */
const LISTED = [
  'filter',
  'filterMask',
  'texts',
  'times',
  'counts',
  'totals',
  'places',
  'runs',
  'starts',
  'reached',
] as const;
type Part = Exclude<(typeof LISTED)[number], 'filterMask'>;

/** Bytes of room that `createKernelSeeker` takes. */
export function seekerBytes(sought: SoughtRuns, maximumWords: number): number {
  const slots = sought.tables.map((table) => table.slots.length);
  const integers = [LIST, ...Object.values(lengthsOf(sought, maximumWords)), ...slots];
  return integers.reduce((sum, length) => sum + aligned(length), 0) * BYTES;
}

/** Seeks, in the kernel whose room is given, among the words that stand in it: at most `maximumWords`. */
export function createKernelSeeker(
  sought: SoughtRuns,
  maximumWords: number,
  { buffer, start }: KernelRoom,
  exports: SeekerExports,
): RunSeeker {
  let at = start;
  function place(length: number): Int32Array {
    const array = new Int32Array(buffer, at, length);
    at += aligned(length) * BYTES;
    return array;
  }
  const lengths = lengthsOf(sought, maximumWords);
  const list = place(LIST);
  const parts = Object.fromEntries(
    Object.entries(lengths).map(([part, length]) => [part, place(length)]),
  ) as Record<Part, Int32Array>;
  const filter = sought.tables[0]?.filter ?? parts.filter;
  parts.filter.set(filter);
  parts.texts.set(sought.texts);
  const tables = sought.tables.flatMap(({ slots }) => {
    const array = place(slots.length);
    array.set(slots);
    return [array.byteOffset, slots.length / SLOT_INTEGERS - 1];
  });
  list.set([
    ...LISTED.map((part) => (part === 'filterMask' ? filter.length - 1 : parts[part].byteOffset)),
    ...tables,
  ]);
  exports.useTables(list.byteOffset);
  return {
    seek(_, count) {
      exports.seek(count);
      return parts;
    },
  };
}

/** Integers of each part. */
function lengthsOf(sought: SoughtRuns, maximumWords: number): Readonly<Record<Part, number>> {
  return {
    filter: sought.tables[0]?.filter.length ?? 1,
    texts: sought.texts.length,
    times: Math.ceil((sought.texts.length + 1) / BYTES),
    counts: sought.textCount,
    totals: TOTALS,
    places: maximumWords + 1,
    runs: maximumWords + 1,
    starts: maximumWords + 1,
    // What is written last may be written once more than there are texts.
    reached: sought.textCount + 1,
  };
}

function aligned(integers: number): number {
  return Math.ceil(integers / ALIGNED_INTEGERS) * ALIGNED_INTEGERS;
}
