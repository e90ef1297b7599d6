/**
 * Skims a line of JSON: values that stand under certain names are left where they are, and everything else is copied,
 * with a mark in the place of each. What is copied is the line's shape.
 */
import { unescape } from './escapes';
import {
  END, LENGTHS, LINE, LONGEST_NAME, MAXIMUM_LINE, MAXIMUM_NAMES, MAXIMUM_VALUES, NAMES, NAME_BYTES, RESOLVED, SHAPE,
  VALUES, VALUE_BYTES,
} from './skim-layout';
import { characterBytes } from './utf8';

/** The line has to be read as a whole. */
const UNUSUAL: i32 = -1;

/** What a name's values are left out as. */
const TEXTS: u32 = 1;
const NUMBERS: u32 = 2;
/** What is said of a value that was left out. */
const ASCII: u32 = 1;
const CANONICAL: u32 = 2;
const PLAIN: u32 = 4;

const QUOTE: u32 = 0x22;
const BACKSLASH: u32 = 0x5c;
const LETTER_U: u32 = 0x75;
const LINE_FEED: u32 = 0x0a;
/** `DEL`, which marks begin with. */
const DELETE: u32 = 0x7f;

let valueCount: u32 = 0;
let isAscii: bool = true;
/** Of the string that was read last: whether it is ASCII, has no escapes, and is as canonical JSON has it. */
let isStringAscii: bool = true;
let isUnescaped: bool = true;
let isCanonical: bool = true;
/** Whether it has what a mark begins with, escaped or not. */
let mayBeMark: bool = false;
let at: usize = 0;
let to: usize = 0;

export function lineAt(): usize { return LINE; }
export function shapeAt(): usize { return SHAPE; }
export function valuesAt(): usize { return VALUES; }
export function lengthsAt(): usize { return LENGTHS; }
export function namesAt(): usize { return NAMES; }
export function resolvedAt(): usize { return RESOLVED; }
export function maximumLine(): u32 { return MAXIMUM_LINE; }
export function maximumValues(): u32 { return MAXIMUM_VALUES; }
export function maximumNames(): u32 { return MAXIMUM_NAMES; }
export function longestName(): u32 { return LONGEST_NAME; }

/** Makes room for the longest line; false where there is none. */
export function initialise(): bool {
  const pages = <i32>((END + 65535) >> 16) - memory.size();
  return pages <= 0 || memory.grow(pages) >= 0;
}

/** How many values the line that was skimmed last was left without. */
export function skimmedValues(): u32 {
  return valueCount;
}

/** Whether its shape is ASCII. */
export function isShapeAscii(): bool {
  return isAscii;
}

/** Skims a line of `length` bytes; returns how many bytes its shape has, or -1 where it has to be read as a whole. */
export function skim(length: u32): i32 {
  const end = LINE + length;
  store<u8>(end, <u8>LINE_FEED);
  v128.store(end + 1, i8x16.splat(0));
  at = LINE;
  to = SHAPE;
  valueCount = 0;
  isAscii = true;
  let from: usize = LINE;
  while (findQuote(end)) {
    const start = at;
    if (!readString() || mayBeMark) return UNUSUAL;
    if (!isStringAscii) isAscii = false;
    const kind = kindOf(start + 1, at - start - 2);
    if (kind == 0 || !findValue()) continue;
    const value = at;
    if (load<u8>(value) == QUOTE && (kind & TEXTS) != 0) {
      if (!readString()) return UNUSUAL;
      if (at - value == 2) continue;
      if (valueCount == MAXIMUM_VALUES) return UNUSUAL;
      copy(from, value);
      leaveOut(value + 1, at - 1, stringFlags());
      from = at;
    } else if ((kind & NUMBERS) != 0 && readNumber()) {
      if (valueCount == MAXIMUM_VALUES) return UNUSUAL;
      copy(from, value);
      leaveOut(value, at, ASCII | CANONICAL | PLAIN);
      from = at;
    }
  }
  if (at != end) return UNUSUAL;
  copy(from, end);
  return <i32>(to - SHAPE);
}

// @ts-ignore: decorator
@inline
function copy(from: usize, end: usize): void {
  memory.copy(to, from, end - from);
  to += end - from;
}

function stringFlags(): u32 {
  const plain = isStringAscii && isUnescaped ? PLAIN : 0;
  return plain | (isStringAscii ? ASCII : 0) | (isCanonical ? CANONICAL : 0);
}

/** Notes a value, and puts its mark in its place: a string of `DEL` and its number. */
function leaveOut(start: usize, end: usize, flags: u32): void {
  const entry = VALUES + valueCount * VALUE_BYTES;
  store<u32>(entry, <u32>(start - LINE));
  store<u32>(entry, <u32>(end - LINE), 4);
  store<u32>(entry, flags, 8);
  store<u8>(to, <u8>QUOTE);
  store<u8>(to + 1, <u8>DELETE);
  to += 2;
  let divisor: u32 = 1;
  while (valueCount / divisor >= 10) divisor *= 10;
  for (; divisor > 0; divisor /= 10) {
    store<u8>(to, <u8>(0x30 + ((valueCount / divisor) % 10)));
    to++;
  }
  store<u8>(to, <u8>QUOTE);
  to++;
  valueCount++;
}

/** Resolves the escapes of the first `length` bytes of the line, a text of one; returns how many bytes it then has. */
export function resolve(length: u32): u32 {
  return <u32>(unescape(LINE, LINE + length, RESOLVED) - RESOLVED);
}

/** Goes to the next quote of the line, outside of strings; what is not ASCII has no place there. */
// @ts-ignore: decorator
@inline
function findQuote(end: usize): bool {
  while (at < end) {
    const bytes = v128.load(at);
    const mask = i8x16.bitmask(v128.or(i8x16.eq(bytes, i8x16.splat(0x22)), i8x16.lt_s(bytes, i8x16.splat(0))));
    if (mask == 0) {
      at += 16;
      continue;
    }
    at += ctz(mask);
    return load<u8>(at) == QUOTE && at < end;
  }
  at = end;
  return false;
}

/** What is left out under a string, if that is a name; 0 for nothing. */
function kindOf(start: usize, length: usize): u32 {
  if (length > LONGEST_NAME) return 0;
  let name = NAMES + load<u8>(LENGTHS + (length << 1)) * NAME_BYTES;
  for (let left: u32 = load<u8>(LENGTHS + (length << 1) + 1); left > 0; left--) {
    let index: usize = 0;
    while (index < length && load<u8>(name + 1 + index) == load<u8>(start + index)) index++;
    if (index == length) return load<u8>(name);
    name += NAME_BYTES;
  }
  return 0;
}

/** Whether a colon comes next; then it goes to the value behind it. */
function findValue(): bool {
  const colon = skipSpace(at);
  if (load<u8>(colon) != 0x3a) return false;
  at = skipSpace(colon + 1);
  return true;
}

// @ts-ignore: decorator
@inline
function skipSpace(place: usize): usize {
  while (load<u8>(place) == 0x20 || load<u8>(place) == 0x09) place++;
  return place;
}

/** Reads from the quote at the beginning to behind the one at the end; false at what is no string of JSON. */
function readString(): bool {
  at++;
  isStringAscii = true;
  isUnescaped = true;
  isCanonical = true;
  mayBeMark = false;
  while (true) {
    const bytes = v128.load(at);
    // Bytes above 127 are negative, so that one comparison finds them and control characters.
    const special = v128.or(
      v128.or(i8x16.eq(bytes, i8x16.splat(0x22)), i8x16.eq(bytes, i8x16.splat(0x5c))),
      v128.or(i8x16.lt_s(bytes, i8x16.splat(0x20)), i8x16.eq(bytes, i8x16.splat(0x7f))),
    );
    const mask = i8x16.bitmask(special);
    if (mask == 0) {
      at += 16;
      continue;
    }
    at += ctz(mask);
    const byte: u32 = load<u8>(at);
    if (byte == BACKSLASH) {
      isUnescaped = false;
      if (!readEscape()) return false;
    } else if (byte == QUOTE) {
      at++;
      return true;
    } else if (byte == DELETE) {
      mayBeMark = true;
      at++;
    } else if (byte < 0x20) return false;
    else {
      isStringAscii = false;
      while (load<u8>(at) >= 0x80) {
        const length = characterBytes(at);
        if (length == 0) return false;
        at += length;
      }
    }
  }
}

/** Canonical JSON escapes what it has to, in the shortest way, and with small letters. */
function readEscape(): bool {
  const letter: u32 = load<u8>(at + 1);
  if (letter != LETTER_U) {
    at += 2;
    if (letter == 0x2f) isCanonical = false;
    return (
      letter == 0x6e || letter == QUOTE || letter == BACKSLASH || letter == 0x74 ||
      letter == 0x72 || letter == 0x2f || letter == 0x62 || letter == 0x66
    );
  }
  let unit: u32 = 0;
  let isSmall = true;
  for (let index: usize = 2; index < 6; index++) {
    const byte: u32 = load<u8>(at + index);
    const isLetter = (byte | 0x20) - 0x61 <= 5;
    if (!isLetter && byte - 0x30 > 9) return false;
    if (isLetter && byte < 0x61) isSmall = false;
    unit = (unit << 4) | (isLetter ? (byte | 0x20) - 0x57 : byte - 0x30);
  }
  at += 6;
  if (unit == DELETE) mayBeMark = true;
  const isShort = unit == 0x08 || unit == 0x09 || unit == 0x0a || unit == 0x0c || unit == 0x0d;
  if (unit >= 0x20 || isShort || !isSmall) isCanonical = false;
  return true;
}

function readDigits(): bool {
  const start = at;
  while (<u32>load<u8>(at) - 0x30 <= 9) at++;
  return at > start;
}

/** Reads a number as JSON's grammar has it; where there is none, it stays at the beginning. */
function readNumber(): bool {
  const start = at;
  if (load<u8>(at) == 0x2d) at++;
  if (load<u8>(at) == 0x30) at++;
  else if (!readDigits()) return stayAt(start);
  if (load<u8>(at) == 0x2e) {
    at++;
    if (!readDigits()) return stayAt(start);
  }
  if ((load<u8>(at) | 0x20) != 0x65) return true;
  at++;
  if (load<u8>(at) == 0x2b || load<u8>(at) == 0x2d) at++;
  return readDigits() || stayAt(start);
}

function stayAt(start: usize): bool {
  at = start;
  return false;
}
