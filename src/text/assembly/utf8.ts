/**
 * How many bytes the character beyond ASCII at `at` has, 0 where what stands there is not UTF-8 (The Unicode
 * Standard, table 3-7).
 */
export function characterBytes(at: usize): usize {
  const first: u32 = load<u8>(at);
  const second: u32 = load<u8>(at + 1);
  if (first < 0xc2 || first > 0xf4 || !isRest(at + 1)) return 0;
  if (first < 0xe0) return 2;
  if ((first == 0xe0 && second < 0xa0) || (first == 0xed && second >= 0xa0)) return 0;
  if ((first == 0xf0 && second < 0x90) || (first == 0xf4 && second >= 0x90)) return 0;
  if (!isRest(at + 2)) return 0;
  if (first < 0xf0) return 3;
  return isRest(at + 3) ? 4 : 0;
}

// @ts-ignore: decorator
@inline
function isRest(at: usize): bool {
  return (load<u8>(at) & 0xc0) == 0x80;
}

/** Writes a character in UTF-8; returns the place behind it. */
export function storeCharacter(to: usize, code: u32): usize {
  if (code < 0x80) {
    store<u8>(to, <u8>code);
    return to + 1;
  }
  if (code < 0x800) {
    store<u8>(to, <u8>(0xc0 | (code >>> 6)));
    return storeRest(to + 1, code, 1);
  }
  if (code < 0x10000) {
    store<u8>(to, <u8>(0xe0 | (code >>> 12)));
    return storeRest(to + 1, code, 2);
  }
  store<u8>(to, <u8>(0xf0 | (code >>> 18)));
  return storeRest(to + 1, code, 3);
}

/** The last `count` bytes of a character, six bits in each. */
function storeRest(to: usize, code: u32, count: u32): usize {
  for (let left = count; left > 0; left--) {
    store<u8>(to, <u8>(0x80 | ((code >>> ((left - 1) * 6)) & 63)));
    to++;
  }
  return to;
}
