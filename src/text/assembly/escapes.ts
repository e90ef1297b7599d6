import { storeCharacter } from './utf8';

const QUOTE: u32 = 0x22;
const BACKSLASH: u32 = 0x5c;
const SLASH: u32 = 0x2f;
const LETTER_U: u32 = 0x75;
/** The first two bytes of an escaped unit. */
const UNIT_ESCAPE: u32 = 0x755c;

/** How many bytes the escape at `at` has, of a surrogate pair both; 0 for what is none, and one half alone. */
export function escapeBytes(at: usize): usize {
  const letter: u32 = load<u8>(at + 1);
  if (letter != LETTER_U) return escaped(letter) == 0 ? 0 : 2;
  const unit = unitAt(at + 2);
  if (unit < 0 || isLowHalf(unit)) return 0;
  if (!isHighHalf(unit)) return 6;
  return isLowHalf(pairedUnit(at)) ? 12 : 0;
}

/** Writes a string with its escapes resolved, in UTF-8; returns the place behind it. */
export function unescape(from: usize, end: usize, to: usize): usize {
  while (from < end) {
    const bytes = v128.load(from);
    const mask = i8x16.bitmask(i8x16.eq(bytes, i8x16.splat(0x5c)));
    v128.store(to, bytes);
    const plain: usize = mask == 0 ? 16 : ctz(mask);
    if (from + plain >= end) return to + (end - from);
    from += plain;
    to += plain;
    if (mask == 0) continue;
    const letter: u32 = load<u8>(from + 1);
    if (letter != LETTER_U) {
      store<u8>(to, <u8>escaped(letter));
      to++;
      from += 2;
      continue;
    }
    const unit = unitAt(from + 2);
    if (isHighHalf(unit)) {
      to = storeCharacter(to, (<u32>(unit - 0xd800) << 10) + <u32>(pairedUnit(from) - 0xdc00) + 0x10000);
      from += 12;
    } else {
      to = storeCharacter(to, <u32>unit);
      from += 6;
    }
  }
  return to;
}

/** What an escaped letter stands for, or 0. */
function escaped(letter: u32): u32 {
  if (letter == QUOTE || letter == BACKSLASH || letter == SLASH) return letter;
  if (letter == 0x6e) return 0x0a;
  if (letter == 0x74) return 0x09;
  if (letter == 0x72) return 0x0d;
  if (letter == 0x62) return 0x08;
  return letter == 0x66 ? 0x0c : 0;
}

/** The number of four hexadecimal digits, or -1. */
function unitAt(place: usize): i32 {
  let unit: i32 = 0;
  for (let index: usize = 0; index < 4; index++) {
    const byte: u32 = load<u8>(place + index);
    const letter = (byte | 0x20) - 0x61;
    if (byte - 0x30 <= 9) unit = (unit << 4) | <i32>(byte - 0x30);
    else if (letter <= 5) unit = (unit << 4) | <i32>(letter + 10);
    else return -1;
  }
  return unit;
}

/** The unit that is escaped behind the escaped one at `place`, or -1. */
function pairedUnit(place: usize): i32 {
  return load<u16>(place + 6) == UNIT_ESCAPE ? unitAt(place + 8) : -1;
}

function isHighHalf(unit: i32): bool {
  return unit >= 0xd800 && unit <= 0xdbff;
}

function isLowHalf(unit: i32): bool {
  return unit >= 0xdc00 && unit <= 0xdfff;
}
