import { TEXT } from './layout';

const LINE_FEED: u32 = 0x0a;
const BRACKET: u32 = 0x5d;
const LONGEST_NUMBER: u32 = 3;

/**
 * Whether the text of `length` bytes that was taken last has a sign that markup is made of, `& < \ * _ ~`, a
 * backtick or `](`, or a line that begins with a number, as `contamination/plain-text.ts` asks it.
 */
export function mayHaveMarkup(length: u32): bool {
  // Each sign by its lower half; the line feed and the backslash have theirs in common with others.
  const signs = i8x16(0x60, -1, -1, -1, -1, -1, 0x26, -1, -1, -1, 0x2a, -1, 0x3c, 0x5d, 0x7e, 0x5f);
  const more = i8x16(-1, -1, -1, -1, -1, -1, -1, -1, -1, -1, 0x0a, -1, 0x5c, -1, -1, -1);
  if (isNumbered(TEXT)) return true;
  for (let index: u32 = 0; index < length; index += 16) {
    const bytes = v128.load(TEXT + index);
    const halves = v128.and(bytes, i8x16.splat(15));
    const found = v128.or(
      i8x16.eq(bytes, i8x16.swizzle(signs, halves)),
      i8x16.eq(bytes, i8x16.swizzle(more, halves)),
    );
    let mask: u32 = <u32>i8x16.bitmask(found);
    while (mask != 0) {
      const at: usize = TEXT + index + ctz(mask);
      const byte: u32 = load<u8>(at);
      if (byte == LINE_FEED) {
        if (isNumbered(at + 1)) return true;
      } else if (byte != BRACKET || load<u8>(at + 1) == 0x28) return true;
      mask &= mask - 1;
    }
  }
  return false;
}

/** Whether a line begins with a number of at most three digits, a point or parenthesis, and white space. */
function isNumbered(from: usize): bool {
  let at = from;
  let byte: u32 = load<u8>(at);
  while (byte == 0x20 || byte == 0x09 || byte == 0x3e) {
    at++;
    byte = load<u8>(at);
  }
  let digits: u32 = 0;
  while (byte - 0x30 <= 9) {
    digits++;
    at++;
    byte = load<u8>(at);
  }
  if (digits == 0 || digits > LONGEST_NUMBER || (byte != 0x2e && byte != 0x29)) return false;
  byte = load<u8>(at + 1);
  return byte == 0x20 || byte == 0x09;
}
