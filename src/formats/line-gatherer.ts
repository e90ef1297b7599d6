import { isAscii } from 'node:buffer';

/** Characters of JSON Lines that are gathered before they become bytes. */
export const BATCH_CHARACTERS = 1_000_000;
/** Of what is looked at together. Where mail is not ASCII, one of its characters is in a fourth of blocks four times as long. */
const BLOCK_BYTES = 1_024;
const LINE_FEED = 0x0a;

/** Gathers lines until there are `BATCH_CHARACTERS` of them. */
export interface LineGatherer {
  /** Takes a copy of a line, without its line feed; whether there are enough. */
  add(line: Uint8Array): boolean;
  /** What was gathered, which is forgotten; valid until the next line is added. */
  take(): Uint8Array;
}

/** There are no more characters than bytes, so that they are counted only where there are bytes enough. */
export function createLineGatherer(): LineGatherer {
  let bytes: Buffer = Buffer.allocUnsafeSlow(BATCH_CHARACTERS);
  let [used, counted, characters] = [0, 0, 0];
  return {
    add(line) {
      const end = used + line.length + 1;
      if (end > bytes.length) bytes = wider(bytes, used, end);
      bytes.set(line, used);
      bytes[end - 1] = LINE_FEED;
      used = end;
      if (used < BATCH_CHARACTERS) return false;
      characters += charactersOf(bytes.subarray(counted, used));
      counted = used;
      return characters >= BATCH_CHARACTERS;
    },
    take() {
      const taken = bytes.subarray(0, used);
      [used, counted, characters] = [0, 0, 0];
      return taken;
    },
  };
}

function wider(bytes: Buffer, used: number, least: number): Buffer {
  const wide = Buffer.allocUnsafeSlow(Math.max(least, bytes.length * 2));
  wide.set(bytes.subarray(0, used));
  return wide;
}

/** How many UTF-16 units well-formed UTF-8 stands for; most of it is ASCII, which takes a look and no counting. */
function charactersOf(bytes: Uint8Array): number {
  let units = 0;
  for (let start = 0; start < bytes.length; start += BLOCK_BYTES) {
    const block = bytes.subarray(start, start + BLOCK_BYTES);
    units += isAscii(block) ? block.length : unitsOf(block);
  }
  return units;
}

/**
 * Each byte that begins a character is a unit, and two where the character takes four bytes: most bytes are one. By
 * index, since an iterator over bytes takes four times as long.
 */
function unitsOf(bytes: Uint8Array): number {
  let units = bytes.length;
  for (let index = 0; index < bytes.length; index += 1) {
    const byte = bytes[index] ?? 0;
    if (byte < 0x80) continue;
    if (byte < 0xc0) units -= 1;
    else if (byte >= 0xf0) units += 1;
  }
  return units;
}
