import { escapeBytes, unescape } from './escapes';
import { INPUT, MAXIMUM_MEMBERS, MEMBERS, REFERENCE, SKELETON, SLACK, TEXT } from './layout';
import { characterBytes } from './utf8';

/** No row of plain members, or no JSON: the caller parses the line by itself. */
const UNUSUAL: i32 = -1;
/** The line goes on behind what was given. */
const INCOMPLETE: i32 = -2;
const LONGEST_SKELETON: u32 = 1 << 12;

const QUOTE: u32 = 0x22;
const BACKSLASH: u32 = 0x5c;
const LINE_FEED: u32 = 0x0a;

/** Position behind what was read last. */
let at: usize = 0;
let lineEnd: u32 = 0;
let hasEscapes: bool = false;
/** Whether the string that was read last holds ASCII alone. */
let isAscii: bool = true;
let skeletonEnd: usize = SKELETON;
let referenceLength: u32 = 0;

/** Where the line feed behind the row that was read last stands. */
export function rowEnd(): u32 {
  return lineEnd;
}

/** How long the skeleton of the row that was read last is: its keys and the kinds of their values. */
export function skeletonLength(): u32 {
  return <u32>(skeletonEnd - SKELETON);
}

/** Whether the row that was read last has the skeleton that was kept. */
export function isAsKept(): bool {
  const length = skeletonLength();
  if (length != referenceLength) return false;
  for (let index: u32 = 0; index < length; index += 16) {
    if (v128.any_true(v128.xor(v128.load(SKELETON + index), v128.load(REFERENCE + index)))) return false;
  }
  return true;
}

/** Keeps the skeleton of the row that was read last. */
export function keepSkeleton(): void {
  referenceLength = skeletonLength();
  memory.copy(REFERENCE, SKELETON, referenceLength + 16);
}

/**
 * Reads the line from `start`: an object whose values are texts, numbers, true, false and null, with keys of ASCII alone.
 * A line feed has to stand at `end`; the line that reaches it is incomplete unless `isLast`. Returns how many
 * members there are: where their values begin and end stands in the table of members, the quotes left out.
 */
export function scanRow(start: u32, end: u32, isLast: bool): i32 {
  at = INPUT + start;
  const found = readMembers();
  if (found >= 0) {
    lineEnd = <u32>(at - INPUT);
    return lineEnd == end && !isLast ? INCOMPLETE : found;
  }
  return <u32>(at - INPUT) >= end && !isLast ? INCOMPLETE : UNUSUAL;
}

function readMembers(): i32 {
  skeletonEnd = SKELETON;
  let count: u32 = 0;
  if (next() != 0x7b) return UNUSUAL;
  do {
    at++;
    if (next() != QUOTE) return UNUSUAL;
    const key = at + 1;
    if (!readString() || hasEscapes || !isAscii) return UNUSUAL;
    const length = at - 1 - key;
    if (<u32>(skeletonEnd - SKELETON + length) > LONGEST_SKELETON || count == MAXIMUM_MEMBERS) return UNUSUAL;
    for (let index: usize = 0; index < length; index++) store<u8>(skeletonEnd + index, load<u8>(key + index));
    skeletonEnd += length;
    if (next() != 0x3a) return UNUSUAL;
    at++;
    const kind = readValue(MEMBERS + count * 12);
    if (kind == 0) return UNUSUAL;
    store<u8>(skeletonEnd, <u8>QUOTE);
    store<u8>(skeletonEnd + 1, <u8>kind);
    skeletonEnd += 2;
    count++;
  } while (next() == 0x2c);
  if (load<u8>(at) != 0x7d) return UNUSUAL;
  at++;
  if (next() != LINE_FEED) return UNUSUAL;
  v128.store(skeletonEnd, i8x16.splat(0));
  return count;
}

/** Skips white space within a line; returns the byte that stands there then. */
// @ts-ignore: decorator
@inline
function next(): u32 {
  let byte: u32 = load<u8>(at);
  while (byte == 0x20 || byte == 0x09 || byte == 0x0d) {
    at++;
    byte = load<u8>(at);
  }
  return byte;
}

/** Reads a value and writes its place; returns a letter for its kind, 0 where it is none of those taken. */
function readValue(member: usize): u32 {
  const first = next();
  let kind: u32 = 0;
  let quotes: usize = 0;
  const start = at;
  hasEscapes = false;
  if (first == QUOTE) {
    if (!readString()) return 0;
    quotes = 1;
    kind = at - start == 2 ? 0x65 : 0x73;
  } else if (first == 0x74) kind = isWord(0x65757274, 4) ? 0x74 : 0;
  else if (first == 0x66) kind = load<u8>(at + 4) == 0x65 && isWord(0x736c6166, 5) ? 0x66 : 0;
  else if (first == 0x6e) kind = isWord(0x6c6c756e, 4) ? 0x7a : 0;
  else kind = readNumber() ? 0x6e : 0;
  store<u32>(member, <u32>(start + quotes - INPUT));
  store<u32>(member, <u32>(at - quotes - INPUT), 4);
  store<u32>(member, u32(hasEscapes), 8);
  return kind;
}

function isWord(letters: u32, length: u32): bool {
  if (load<u32>(at) != letters) return false;
  at += length;
  return true;
}

/** Reads from the quote at the beginning to behind the one at the end; false at what JSON or this does not take. */
function readString(): bool {
  at++;
  hasEscapes = false;
  isAscii = true;
  while (true) {
    const bytes = v128.load(at);
    // Bytes above 127 are negative, so that one comparison finds them and control characters.
    const special = v128.or(
      v128.or(i8x16.eq(bytes, i8x16.splat(0x22)), i8x16.eq(bytes, i8x16.splat(0x5c))),
      i8x16.lt_s(bytes, i8x16.splat(0x20)),
    );
    const mask = i8x16.bitmask(special);
    if (mask == 0) {
      at += 16;
      continue;
    }
    at += ctz(mask);
    const byte: u32 = load<u8>(at);
    if (byte == QUOTE) {
      at++;
      return true;
    }
    if (byte >= 0x80) {
      if (!readCharacters()) return false;
      isAscii = false;
      continue;
    }
    const length = byte == BACKSLASH ? escapeBytes(at) : 0;
    if (length == 0) return false;
    at += length;
    hasEscapes = true;
  }
}

/** Reads characters beyond ASCII that follow each other; false where they are not UTF-8. */
function readCharacters(): bool {
  while (load<u8>(at) >= 0x80) {
    const length = characterBytes(at);
    if (length == 0) return false;
    at += length;
  }
  return true;
}

// @ts-ignore: decorator
@inline
function isDigit(): bool {
  return <u32>load<u8>(at) - 0x30 <= 9;
}

function readDigits(): bool {
  if (!isDigit()) return false;
  while (isDigit()) at++;
  return true;
}

/** A number as JSON's grammar has it. */
function readNumber(): bool {
  if (load<u8>(at) == 0x2d) at++;
  if (load<u8>(at) == 0x30) at++;
  else if (!readDigits()) return false;
  if (load<u8>(at) == 0x2e) {
    at++;
    if (!readDigits()) return false;
  }
  if ((load<u8>(at) | 0x20) != 0x65) return true;
  at++;
  if (load<u8>(at) == 0x2b || load<u8>(at) == 0x2d) at++;
  return readDigits();
}

/**
 * Takes the text that stands in the input from `start` to `end`, a value of a row that was read, as the one to
 * split: its escapes resolved, in UTF-8, zeros behind it. Returns its length.
 */
export function takeText(start: u32, end: u32, escapes: bool): u32 {
  let length = end - start;
  if (!escapes) memory.copy(TEXT, INPUT + start, length);
  else length = <u32>(unescape(INPUT + start, INPUT + end, TEXT) - TEXT);
  memory.fill(TEXT + length, 0, SLACK);
  return length;
}
