import { FOLDED, MAXIMUM_STRETCHES, SLACK, STRETCHES, TEXT } from './layout';

/** A character that is part of no word and ends none of these stretches, in the place of three points. */
const POINTS: u32 = 0x21;
const SPACE: u32 = 0x20;
const QUOTE: u32 = 0x22;
const APOSTROPHE: u32 = 0x27;
const DASH: u32 = 0x2d;

let units: u32 = 0;
let stretches: u32 = 0;

/** How many UTF-16 units the last text has. */
export function unitCount(): u32 {
  return units;
}

/** How many stretches of the last text were left out. */
export function stretchCount(): u32 {
  return stretches;
}

/** Sixteen ASCII characters as they are compared. */
// @ts-ignore: decorator
@inline
function folded(bytes: v128): v128 {
  const isUpper = i8x16.le_u(i8x16.sub(bytes, i8x16.splat(0x41)), i8x16.splat(25));
  const lower = v128.or(bytes, v128.and(isUpper, i8x16.splat(0x20)));
  return v128.bitselect(i8x16.splat(<i8>APOSTROPHE), lower, i8x16.eq(bytes, i8x16.splat(0x60)));
}

/**
 * Folds the text of `length` bytes, one byte for each UTF-16 unit, and puts zeros behind it. What lies between
 * white space and holds anything beyond ASCII is left out as spaces, but for characters that fold to an ASCII
 * one. Returns how many units there are, -1 where too much is left out.
 */
export function fold(length: u32): i32 {
  let any = i8x16.splat(0);
  stretches = 0;
  for (let index: u32 = 0; index < length + 80; index += 16) {
    const bytes = v128.load(TEXT + index);
    any = v128.or(any, bytes);
    v128.store(FOLDED + index, folded(bytes));
  }
  units = length;
  return i8x16.bitmask(any) == 0 || foldMixed(length) ? <i32>units : -1;
}

function foldMixed(length: u32): bool {
  const end: usize = TEXT + length;
  let from: usize = TEXT;
  let to: usize = FOLDED;
  while (from < end) {
    const bytes = v128.load(from);
    v128.store(to, folded(bytes));
    const mask = i8x16.bitmask(bytes);
    const plain: usize = mask == 0 ? min<usize>(16, end - from) : ctz(mask);
    from += plain;
    to += plain;
    if (mask == 0) continue;
    const character = asciiOf(from, to);
    if (character != 0) {
      store<u8>(to, <u8>character);
      to++;
      from += load<u8>(from) < 0xe0 ? 2 : 3;
      continue;
    }
    const start = leftOut(to);
    while (from < end && load<u8>(from) > SPACE) {
      const byte: u32 = load<u8>(from);
      from++;
      if ((byte & 0xc0) == 0x80) continue;
      store<u8>(to, <u8>SPACE);
      to++;
      if (byte < 0xf0) continue;
      store<u8>(to, <u8>SPACE);
      to++;
    }
    if (!putStretch(<u32>(start - FOLDED), <u32>(to - FOLDED))) return false;
  }
  memory.fill(to, 0, SLACK);
  units = <u32>(to - FOLDED);
  return true;
}

/** Leaves out what stands between white space and `to`; returns where that begins. */
function leftOut(to: usize): usize {
  let start = to;
  while (start > FOLDED && load<u8>(start - 1) > SPACE) {
    start--;
    store<u8>(start, <u8>SPACE);
  }
  return start;
}

/** Those with one character of white space between them are one. */
function putStretch(start: u32, end: u32): bool {
  const entry: usize = STRETCHES + (stretches << 3);
  if (stretches > 0 && load<u32>(entry - 4) + 1 == start) {
    store<u32>(entry - 4, end);
    return true;
  }
  if (stretches == MAXIMUM_STRETCHES) return false;
  store<u32>(entry, start);
  store<u32>(entry, end, 4);
  stretches++;
  return true;
}

/**
 * The ASCII character that the one at `from`, folded at `to`, stands for, or 0. Where something that may join it
 * follows, that is left out, and this with it.
 */
function asciiOf(from: usize, to: usize): u32 {
  const first: u32 = load<u8>(from);
  const second: u32 = load<u8>(from + 1);
  if (first == 0xc2) return latinOf(second);
  if (first != 0xe2) return 0;
  const third: u32 = load<u8>(from + 2);
  if (second == 0x88) return third == 0x92 ? DASH : 0;
  if (second != 0x80) return 0;
  if (third >= 0x90 && third <= 0x95) return DASH;
  if ((third >= 0x98 && third <= 0x9b) || third == 0xb2) return APOSTROPHE;
  if ((third >= 0x9c && third <= 0x9f) || third == 0xb3) return QUOTE;
  const isApart = third == 0xa6 && isPlain(load<u8>(from + 3)) && (to == FOLDED || isPlain(load<u8>(to - 1)));
  return isApart ? POINTS : 0;
}

function latinOf(second: u32): u32 {
  if (second == 0xa0) return SPACE;
  if (second == 0xab || second == 0xbb) return QUOTE;
  return second == 0xb4 ? APOSTROPHE : 0;
}

/** A letter or white space: no points beside it matter to it. */
function isPlain(byte: u32): bool {
  return byte <= SPACE || (byte | 0x20) - 0x61 <= 25;
}
