import { placeColumn } from '../domain/columns.js';
import { openTemporaryFile, type TemporaryFile } from './temporary-file.js';

/** Texts that are seldom needed again, kept out of memory in the order in which they come. */
export interface SpilledTexts {
  /** Takes a text in; its number, from 0 on. */
  add(text: string): number;
  /** Cheap near those that were read last, a call of the system elsewhere. */
  at(number: number): string;
  close(): void;
}

const HELD_BYTES = 256 * 1024;
/** Texts of which only the first one's place is known; the others are found by their lengths. */
const GROUP_BITS = 4;
const GROUP_MASK = (1 << GROUP_BITS) - 1;
/** What is read at a time, mostly some 16 kB. */
const WINDOW_GROUPS = 8;
const WINDOW_TEXTS = WINDOW_GROUPS << GROUP_BITS;
const PAGE_BYTES = 4_096;
/** What was read last stays, in as many places. */
const WINDOW_COUNT = 64;
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
  const windows: Window[] = [];

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

  /** The window of this number, all of which is in the file: there are texts behind it. */
  function windowAt(number: number): Window {
    const window = (windows[number % WINDOW_COUNT] ??= { number: -1, start: 0, bytes: NO_BYTES });
    if (window.number === number) return window;
    const start = starts.at(number * WINDOW_GROUPS);
    const length = starts.at((number + 1) * WINDOW_GROUPS) - start;
    if (window.bytes.length < length) {
      window.bytes = Buffer.allocUnsafeSlow(Math.ceil(length / PAGE_BYTES) * PAGE_BYTES);
    }
    file?.read(window.bytes.subarray(0, length), start);
    window.number = number;
    window.start = start;
    return window;
  }

  return {
    add(text) {
      const number = count;
      // What is read at a time is either in the file or in memory.
      if (number % WINDOW_TEXTS === 0 && used > heldBytes / 2) flush();
      if ((number & GROUP_MASK) === 0) starts.set(number >>> GROUP_BITS, written + used);
      makeRoom(LENGTH_BYTES + text.length * BYTES_PER_UNIT);
      const length = held.write(text, used + LENGTH_BYTES);
      held.writeUInt32LE(length, used);
      used += LENGTH_BYTES + length;
      count += 1;
      return number;
    },
    at(number) {
      const start = starts.at(number >>> GROUP_BITS);
      if (start >= written) return textAt(held, start - written, number & GROUP_MASK);
      const window = windowAt(Math.floor(number / WINDOW_TEXTS));
      return textAt(window.bytes, start - window.start, number & GROUP_MASK);
    },
    close() {
      file?.close();
      file = null;
      held = Buffer.alloc(0);
      windows.length = 0;
    },
  };
}

/** Texts of the file: `bytes` begin at `start` of it. */
interface Window {
  number: number;
  start: number;
  bytes: Buffer;
}

const NO_BYTES = Buffer.alloc(0);

/** The text behind `skipped` others. */
function textAt(bytes: Buffer, start: number, skipped: number): string {
  let at = start;
  for (let index = 0; index < skipped; index += 1) at += LENGTH_BYTES + bytes.readUInt32LE(at);
  const from = at + LENGTH_BYTES;
  return bytes.toString('utf8', from, from + bytes.readUInt32LE(at));
}
