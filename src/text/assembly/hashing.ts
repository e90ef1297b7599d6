/** The steps of hashes, as in `hash.ts` and `word-hash.ts`. */

// @ts-ignore: decorator
@inline
export function mix32(value: u32): u32 {
  let h = value ^ (value >>> 16);
  h *= 0x85ebca6b;
  h ^= h >>> 13;
  h *= 0xc2b2ae35;
  return h ^ (h >>> 16);
}

/** As `mix32`, of four. */
// @ts-ignore: decorator
@inline
export function mixFour(values: v128): v128 {
  let h = v128.xor(values, i32x4.shr_u(values, 16));
  h = i32x4.mul(h, i32x4.splat(0x85ebca6b));
  h = v128.xor(h, i32x4.shr_u(h, 13));
  h = i32x4.mul(h, i32x4.splat(0xc2b2ae35));
  return v128.xor(h, i32x4.shr_u(h, 16));
}

// @ts-ignore: decorator
@inline
export function stepLow(low: u32, first: u32, second: u32): u32 {
  const h = ((low ^ first) * 0x9e3779b1) ^ ((second + 0x165667b1) * 0xc2b2ae3d);
  return h ^ (h >>> 15);
}

// @ts-ignore: decorator
@inline
export function stepHigh(high: u32, first: u32, second: u32): u32 {
  const h = ((high ^ second) * 0x85ebca77) ^ ((first + 0x27d4eb2f) * 0x9e3779b1);
  return h ^ (h >>> 13);
}
