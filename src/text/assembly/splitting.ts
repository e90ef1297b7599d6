import { mix32, mixFour, stepHigh, stepLow } from './hashing';
import {
  BETWEEN_DIGITS,
  BETWEEN_LETTERS,
  CLASSES,
  DIGIT,
  ENDS,
  FOLDED,
  HASHED,
  HIGHS,
  IDENTIFIER,
  KINDS,
  LETTER,
  LOWS,
  NUMBER,
  STARTS,
  TEXT,
  UNREAD,
  WORD,
} from './layout';

let unread: u32 = 0;
/** Behind the last of the words whose hashes are known: number, low and high lane. */
let hashed: usize = HASHED;

/** How many words of the last text are unread. */
export function unreadCount(): u32 {
  return unread;
}

/** Folds the text and puts zeros behind it; false where a byte is above 127. */
function fold(length: u32): bool {
  let any = i8x16.splat(0);
  const upper = i8x16.splat(0x41);
  const letters = i8x16.splat(25);
  const bit = i8x16.splat(0x20);
  const grave = i8x16.splat(0x60);
  const apostrophe = i8x16.splat(0x27);
  for (let index: u32 = 0; index < length + 80; index += 16) {
    const bytes = v128.load(TEXT + index);
    any = v128.or(any, bytes);
    const isUpper = i8x16.le_u(i8x16.sub(bytes, upper), letters);
    const lower = v128.or(bytes, v128.and(isUpper, bit));
    v128.store(FOLDED + index, v128.bitselect(apostrophe, lower, i8x16.eq(bytes, grave)));
  }
  return i8x16.bitmask(any) == 0;
}

// @ts-ignore: decorator
@inline
function letters(bytes: v128): v128 {
  return i8x16.le_u(i8x16.sub(bytes, i8x16.splat(97)), i8x16.splat(25));
}

// @ts-ignore: decorator
@inline
function others(bytes: v128): v128 {
  const digit = i8x16.le_u(i8x16.sub(bytes, i8x16.splat(48)), i8x16.splat(9));
  return v128.or(digit, i8x16.eq(bytes, i8x16.splat(95)));
}

// @ts-ignore: decorator
@inline
function classAt(index: u32): u32 {
  return <u32>load<u8>(CLASSES + <usize>load<u8>(FOLDED + index));
}

/** Splits the text of `length` bytes, behind which zeros have to follow; -1 where it is not ASCII. */
export function split(length: u32): i32 {
  if (!fold(length)) return -1;
  unread = 0;
  hashed = HASHED;
  let count: u32 = 0;
  let resume: u32 = 0;
  let pending: u32 = 0;
  let open: u64 = 0;
  for (let base: u32 = 0; base <= length; base += 64) {
    const at: usize = FOLDED + base;
    const b0 = v128.load(at);
    const b1 = v128.load(at, 16);
    const b2 = v128.load(at, 32);
    const b3 = v128.load(at, 48);
    const o0 = others(b0);
    const o1 = others(b1);
    const o2 = others(b2);
    const o3 = others(b3);
    const mask: u64 =
      <u64>i8x16.bitmask(v128.or(letters(b0), o0)) |
      (<u64>i8x16.bitmask(v128.or(letters(b1), o1)) << 16) |
      (<u64>i8x16.bitmask(v128.or(letters(b2), o2)) << 32) |
      (<u64>i8x16.bitmask(v128.or(letters(b3), o3)) << 48);
    // No digit and no connector in the block: its words are of letters alone, but for one that began before it.
    const isPlain = !v128.any_true(v128.or(v128.or(o0, o1), v128.or(o2, o3)));
    const before: u64 = (mask << 1) | open;
    let from: u64 = mask & ~before;
    let to: u64 = ~mask & before;
    while (to != 0) {
      const end: u32 = base + <u32>ctz(to);
      to &= to - 1;
      let start: u32 = pending;
      if (open != 0) open = 0;
      else {
        start = base + <u32>ctz(from);
        from &= from - 1;
      }
      if (start < resume) continue;
      if (load<u8>(FOLDED + end) != 32 && isJoined(end)) resume = joined(start, count);
      else if (isPlain && start >= base && load<u8>(FOLDED + start - 1) != 91) {
        if (end - start <= 8) shortWord(start, end, count);
        else longWord(start, end, count);
      } else plain(start, end, count);
      count++;
    }
    if (from != 0) {
      pending = base + <u32>ctz(from);
      open = 1;
    }
  }
  hashShortWords(count);
  putHashes();
  return <i32>count;
}

/** Whether the word goes on behind `end`: a character that joins stands there, with its like on both sides. */
// @ts-ignore: decorator
@inline
function isJoined(end: u32): bool {
  const kind = classAt(end);
  if ((kind & (BETWEEN_LETTERS | BETWEEN_DIGITS)) == 0) return false;
  const last = classAt(end - 1);
  if (last != classAt(end + 1)) return false;
  return (last == LETTER && (kind & BETWEEN_LETTERS) != 0) || (last == DIGIT && (kind & BETWEEN_DIGITS) != 0);
}

// @ts-ignore: decorator
@inline
function place(count: u32, start: u32, end: u32, kind: u8): void {
  const at: usize = count << 2;
  store<u32>(STARTS + at, start);
  store<u32>(ENDS + at, end);
  store<u8>(KINDS + count, kind);
}

/** A word whose hash is known, which stands among those that are not until the others are hashed. */
// @ts-ignore: decorator
@inline
function put(count: u32, start: u32, end: u32, kind: u8, low: u32, high: u32): void {
  place(count, start, end, kind);
  store<u32>(hashed, count);
  store<u32>(hashed, low, 4);
  store<u32>(hashed, high, 8);
  hashed += 12;
}

function putHashes(): void {
  for (let entry: usize = HASHED; entry < hashed; entry += 12) {
    const at: usize = load<u32>(entry) << 2;
    store<u32>(LOWS + at, load<u32>(entry, 4));
    store<u32>(HIGHS + at, load<u32>(entry, 8));
  }
}

/** A word of up to eight letters: they are kept in the place of its hash, and hashed with those of others. */
// @ts-ignore: decorator
@inline
function shortWord(start: u32, end: u32, count: u32): void {
  const letters: u64 = load<u64>(FOLDED + start) & (<u64>-1 >>> ((8 - (end - start)) << 3));
  const at: usize = count << 2;
  store<u32>(LOWS + at, <u32>letters);
  store<u32>(HIGHS + at, <u32>(letters >>> 32));
  place(count, start, end, WORD);
}

/** Hashes the letters that stand in the places of hashes, four words at a time. */
function hashShortWords(count: u32): void {
  for (let index: u32 = 0; index < count; index += 4) {
    const at: usize = index << 2;
    const first = v128.load(LOWS + at);
    const second = v128.load(HIGHS + at);
    const length = i32x4.sub(v128.load(ENDS + at), v128.load(STARTS + at));
    let low = i32x4.mul(v128.xor(first, i32x4.splat(0x811c9dc5)), i32x4.splat(0x9e3779b1));
    low = v128.xor(low, i32x4.mul(i32x4.add(second, i32x4.splat(0x165667b1)), i32x4.splat(0xc2b2ae3d)));
    low = v128.xor(low, i32x4.shr_u(low, 15));
    let high = i32x4.mul(v128.xor(second, i32x4.splat(0x2f0b4a27)), i32x4.splat(0x85ebca77));
    high = v128.xor(high, i32x4.mul(i32x4.add(first, i32x4.splat(0x27d4eb2f)), i32x4.splat(0x9e3779b1)));
    high = v128.xor(high, i32x4.shr_u(high, 13));
    v128.store(LOWS + at, mixFour(v128.xor(low, length)));
    v128.store(HIGHS + at, mixFour(high));
  }
}

/** A word of more than eight letters. */
// @ts-ignore: decorator
@inline
function longWord(start: u32, end: u32, count: u32): void {
  const length = end - start;
  let at: usize = FOLDED + start;
  let low: u32 = 0x811c9dc5;
  let high: u32 = 0x2f0b4a27;
  let left = length;
  while (left > 8) {
    const block = load<u64>(at);
    low = stepLow(low, <u32>block, <u32>(block >>> 32));
    high = stepHigh(high, <u32>block, <u32>(block >>> 32));
    at += 8;
    left -= 8;
  }
  const block: u64 = load<u64>(at) & (<u64>-1 >>> ((8 - left) << 3));
  low = stepLow(low, <u32>block, <u32>(block >>> 32));
  high = stepHigh(high, <u32>block, <u32>(block >>> 32));
  put(count, start, end, WORD, mix32(low ^ length), mix32(high));
}

/** A word of any word characters. */
function plain(start: u32, end: u32, count: u32): void {
  const length = end - start;
  let at: usize = FOLDED + start;
  let low: u32 = 0x811c9dc5;
  let high: u32 = 0x2f0b4a27;
  let left = length;
  let digits: u64 = 0;
  let letterBits: u64 = 0;
  let connectors: u64 = 0;
  while (left > 8) {
    const block = load<u64>(at);
    digits |= ~block;
    letterBits |= block;
    connectors |= block & ~((block & 0x2020202020202020) << 1);
    low = stepLow(low, <u32>block, <u32>(block >>> 32));
    high = stepHigh(high, <u32>block, <u32>(block >>> 32));
    at += 8;
    left -= 8;
  }
  const keep: u64 = <u64>-1 >>> ((8 - left) << 3);
  const block: u64 = load<u64>(at) & keep;
  digits |= ~block & keep;
  letterBits |= block;
  connectors |= block & ~((block & 0x2020202020202020) << 1);
  low = stepLow(low, <u32>block, <u32>(block >>> 32));
  high = stepHigh(high, <u32>block, <u32>(block >>> 32));
  // Bit 0x40 is set in letters and connectors, of which only letters have 0x20 as well.
  const sixth: u64 = 0x4040404040404040;
  let kind = WORD;
  const previous = load<u8>(FOLDED + start - 1);
  if ((digits & sixth) != 0) {
    kind = (letterBits & sixth) != 0 ? IDENTIFIER : NUMBER;
    if (kind == NUMBER && (previous == 45 || previous == 46 || (load<u8>(FOLDED + start) == 48 && length > 1))) kind = UNREAD;
  }
  if ((connectors & sixth) != 0 || previous == 91) kind = UNREAD;
  if (kind == UNREAD) unread++;
  put(count, start, end, kind, mix32(low ^ length), mix32(high));
}

/** Reads a word with characters that only join; they are no part of its hash. Returns its end. */
function joined(start: u32, count: u32): u32 {
  let low: u32 = 0x811c9dc5;
  let high: u32 = 0x2f0b4a27;
  let kinds: u32 = 0;
  let last: u32 = 0;
  let length: u32 = 0;
  let first: u32 = 0;
  let second: u32 = 0;
  let at = start;
  while (true) {
    const kind = classAt(at);
    if ((kind & 7) != 0) {
      const byte: u32 = <u32>load<u8>(FOLDED + at);
      const shift: u32 = (length & 3) << 3;
      if ((length & 4) == 0) first |= byte << shift;
      else second |= byte << shift;
      length++;
      if ((length & 7) == 0) {
        low = stepLow(low, first, second);
        high = stepHigh(high, first, second);
        first = 0;
        second = 0;
      }
      kinds |= kind;
      last = kind;
      at++;
    } else if (at > start && isJoined(at)) at++;
    else break;
  }
  if ((length & 7) != 0) {
    low = stepLow(low, first, second);
    high = stepHigh(high, first, second);
  }
  let kind = WORD;
  if (kinds != LETTER || load<u8>(FOLDED + start - 1) == 91) {
    kind = UNREAD;
    unread++;
  }
  put(count, start, at, kind, mix32(low ^ length), mix32(high));
  return at;
}
