import { placeColumn } from '../domain/columns.js';
import { openTemporaryFile, type TemporaryFile } from './temporary-file.js';

/** Texts that are seldom needed again, kept out of memory in the order in which they come. */
export interface SpilledTexts {
  /** Takes a text in; its number, from 0 on. */
  add(text: string): number;
  /** Cheap in the order of the numbers, a call of the system elsewhere. */
  at(number: number): string;
  close(): void;
}

const HELD_BYTES = 256 * 1024;
/** What is read at a time. */
const WINDOW_BYTES = 16 * 1024;
/** Texts of which only the first one's place is known; the others are found by their lengths. */
const GROUP_BITS = 4;
const GROUP_MASK = (1 << GROUP_BITS) - 1;
const LENGTH_BYTES = 4;
/** UTF-8 takes at most so many bytes for a UTF-16 unit. */
const BYTES_PER_UNIT = 3;

/**
 * Makes an empty one that holds `heldBytes` in memory, and beyond these 6 bytes for sixteen texts. Texts come back as
 * they were where they are well-formed.
 * @throws PrerequisiteError, later, where there is no room for the file.
 */
export function createSpilledTexts(heldBytes = HELD_BYTES): SpilledTexts {
  const starts = placeColumn();
  let file: TemporaryFile | null = null;
  /** The end of what there is, which stands behind what was written to the file. */
  let held = Buffer.allocUnsafeSlow(heldBytes);
  let [written, used, count] = [0, 0, 0];
  /** What was read last: `windowUsed` bytes from `windowStart` of the file. */
  let window = Buffer.alloc(0);
  let [windowStart, windowUsed] = [0, 0];

  function flush(): void {
    file ??= openTemporaryFile();
    file.append(held.subarray(0, used));
    written += used;
    used = 0;
  }

  function makeRoom(bytes: number): void {
    if (used + bytes <= held.length) return;
    const wider = Buffer.allocUnsafeSlow(Math.max(used + bytes, held.length * 2));
    held.copy(wider, 0, 0, used);
    held = wider;
  }

  function refill(start: number, length: number): void {
    if (window.length < length) window = Buffer.allocUnsafeSlow(Math.max(length, WINDOW_BYTES));
    windowStart = start;
    windowUsed = file?.read(window, start) ?? 0;
  }

  return {
    add(text) {
      const number = count;
      if ((number & GROUP_MASK) === 0) {
        // A group is either in the file or in memory.
        if (used > heldBytes / 2) flush();
        starts.set(number >>> GROUP_BITS, written + used);
      }
      makeRoom(LENGTH_BYTES + text.length * BYTES_PER_UNIT);
      const length = held.write(text, used + LENGTH_BYTES);
      held.writeUInt32LE(length, used);
      used += LENGTH_BYTES + length;
      count += 1;
      return number;
    },
    at(number) {
      const group = number >>> GROUP_BITS;
      const start = starts.at(group);
      const isLast = (group + 1) << GROUP_BITS >= count;
      const end = isLast ? written + used : starts.at(group + 1);
      if (start >= written) return textAt(held, start - written, number & GROUP_MASK);
      const isRead = start >= windowStart && end <= windowStart + windowUsed;
      if (!isRead) refill(start, end - start);
      return textAt(window, start - windowStart, number & GROUP_MASK);
    },
    close() {
      file?.close();
      file = null;
      held = Buffer.alloc(0);
      window = Buffer.alloc(0);
    },
  };
}

/** The text behind `skipped` others. */
function textAt(bytes: Buffer, start: number, skipped: number): string {
  let at = start;
  for (let index = 0; index < skipped; index += 1) at += LENGTH_BYTES + bytes.readUInt32LE(at);
  const from = at + LENGTH_BYTES;
  return bytes.toString('utf8', from, from + bytes.readUInt32LE(at));
}
