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
  UNREAD,
  WORD,
} from './layout';

let unread: u32 = 0;
/** Of a block of eight bytes the first 0 to 8. */
const MASKS: usize = memory.data<u64>([
  0,
  0xff,
  0xffff,
  0xffffff,
  0xffffffff,
  0xffffffffff,
  0xffffffffffff,
  0xffffffffffffff,
  0xffffffffffffffff,
]);
/** Behind the last of the words whose hashes are known: number, low and high lane. */
let hashed: usize = HASHED;

/** How many words of the last text are unread. */
export function unreadCount(): u32 {
  return unread;
}

/** Begins a text. */
export function beginWords(): void {
  unread = 0;
  hashed = HASHED;
}

/** Ends a text of `count` words: those whose letters stand in the place of their hash are hashed. */
export function endWords(count: u32): void {
  hashShortWords(count);
  putHashes();
}

// @ts-ignore: decorator
@inline
function classAt(index: u32): u32 {
  return <u32>load<u8>(CLASSES + <usize>load<u8>(FOLDED + index));
}

/** Whether the word goes on behind `end`: a character that joins stands there, with its like on both sides. */
// @ts-ignore: decorator
@inline
export function isJoined(end: u32): bool {
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
export function shortWord(start: u32, end: u32, count: u32): void {
  const letters: u64 = load<u64>(FOLDED + start) & load<u64>(MASKS + ((end - start) << 3));
  const at: usize = count << 2;
  store<u32>(LOWS + at, <u32>letters);
  store<u32>(HIGHS + at, <u32>(letters >>> 32));
  store<u32>(STARTS + at, start);
  store<u32>(ENDS + at, end);
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
export function longWord(start: u32, end: u32, count: u32): void {
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
export function plain(start: u32, end: u32, count: u32): void {
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
export function joined(start: u32, count: u32): u32 {
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
