import { mix32, stepHigh, stepLow } from './hashing';
import { EMPTY_BITS, HIGHS, LOWS, ROUNDS, RUN_HIGHS, RUN_LOWS, SLOTS, TEXT } from './layout';

/** Hashes the text as it stands, as one word is hashed; the lanes go into the first run. */
export function hashText(length: u32): void {
  let low: u32 = 0x811c9dc5;
  let high: u32 = 0x2f0b4a27;
  let index: u32 = 0;
  do {
    const block = load<u64>(TEXT + index);
    low = stepLow(low, <u32>block, <u32>(block >>> 32));
    high = stepHigh(high, <u32>block, <u32>(block >>> 32));
    index += 8;
  } while (index < length);
  store<u32>(RUN_LOWS, mix32(low ^ length));
  store<u32>(RUN_HIGHS, mix32(high));
}

/** Runs up to this long are hashed four at a time, with a power of the multiplier for each of their words. */
const LONGEST_SHORT_RUN: u32 = 8;

/** Hashes the runs of `size` words of the first `count`; returns how many there are. */
export function hashRuns(count: u32, size: u32): u32 {
  if (count < size) return 0;
  if (size > LONGEST_SHORT_RUN) hashLongRuns(count, size);
  else {
    for (let index: u32 = 0; index < count - size + 1; index += 4) hashFourRuns(index, size);
  }
  return count - size + 1;
}

// @ts-ignore: decorator
@inline
function hashFourRuns(first: u32, size: u32): void {
  let low = i32x4.splat(0);
  let high = i32x4.splat(0);
  for (let word: u32 = 0; word < size; word++) {
    const at: usize = (first + word) << 2;
    low = i32x4.add(i32x4.mul(low, i32x4.splat(0x9e3779b1)), v128.load(LOWS + at));
    high = i32x4.add(i32x4.mul(high, i32x4.splat(0x85ebca77)), v128.load(HIGHS + at));
  }
  v128.store(RUN_LOWS + (first << 2), low);
  v128.store(RUN_HIGHS + (first << 2), high);
}

function hashLongRuns(count: u32, size: u32): void {
  let low: u32 = 0;
  let high: u32 = 0;
  let lowPower: u32 = 1;
  let highPower: u32 = 1;
  for (let index: u32 = 0; index < size; index++) {
    lowPower *= 0x9e3779b1;
    highPower *= 0x85ebca77;
  }
  for (let index: u32 = 0; index < count; index++) {
    const at: usize = index << 2;
    low = low * 0x9e3779b1 + load<u32>(LOWS + at);
    high = high * 0x85ebca77 + load<u32>(HIGHS + at);
    if (index + 1 < size) continue;
    const first: usize = (index + 1 - size) << 2;
    if (index >= size) {
      low -= lowPower * load<u32>(LOWS + first - 4);
      high -= highPower * load<u32>(HIGHS + first - 4);
    }
    store<u32>(RUN_LOWS + first, low);
    store<u32>(RUN_HIGHS + first, high);
  }
}

/** Sketches the first `count` runs into `slotCount` slots, with the keys of the rounds that stand at `roundsAt`. */
export function sketch(count: u32, slotCount: u32): void {
  memory.fill(SLOTS, 0xff, slotCount << 2);
  if (count == 0) return;
  fillFirst(count, slotCount);
  let left = findEmpty(slotCount);
  for (let round: u32 = 1; left != 0 && round < slotCount; round++) {
    fillEmpty(count, slotCount, round);
    left = findEmpty(slotCount);
  }
  if (left != 0) fillRest(count, slotCount);
}

/** The first round, in which every element falls into some slot that counts. */
function fillFirst(count: u32, slotCount: u32): void {
  const key = load<u32>(ROUNDS);
  const keys = i32x4.splat(key);
  const slots = i32x4.splat(slotCount);
  let index: u32 = 0;
  for (; index + 4 <= count; index += 4) {
    const h = elements(index, keys);
    const place = i32x4.shl(i32x4.shr_u(i32x4.mul(i32x4.shr_u(h, 16), slots), 16), 2);
    const value = i32x4.shr_u(i32x4.mul(h, i32x4.splat(0x297a2d39)), 8);
    throwInto(i32x4.extract_lane(place, 0), i32x4.extract_lane(value, 0));
    throwInto(i32x4.extract_lane(place, 1), i32x4.extract_lane(value, 1));
    throwInto(i32x4.extract_lane(place, 2), i32x4.extract_lane(value, 2));
    throwInto(i32x4.extract_lane(place, 3), i32x4.extract_lane(value, 3));
  }
  for (; index < count; index++) {
    const h = element(index, key);
    throwInto((((h >>> 16) * slotCount) >>> 16) << 2, (h * 0x297a2d39) >>> 8);
  }
}

/** A round for the slots that are empty before it: most elements fall into others, and sixteen are told at once. */
function fillEmpty(count: u32, slotCount: u32, round: u32): void {
  const key = load<u32>(ROUNDS + (round << 2));
  const keys = i32x4.splat(key);
  const slots = i32x4.splat(slotCount);
  const lows = v128.load(EMPTY_BITS);
  const highs = v128.load(EMPTY_BITS, 16);
  const bits = i8x16(1, 2, 4, 8, 16, 32, 64, -128, 1, 2, 4, 8, 16, 32, 64, -128);
  const prefix = round << 24;
  for (let index: u32 = 0; index < count; index += 16) {
    const h0 = elements(index, keys);
    const h1 = elements(index + 4, keys);
    const h2 = elements(index + 8, keys);
    const h3 = elements(index + 12, keys);
    const s0 = i32x4.shr_u(i32x4.mul(i32x4.shr_u(h0, 16), slots), 16);
    const s1 = i32x4.shr_u(i32x4.mul(i32x4.shr_u(h1, 16), slots), 16);
    const s2 = i32x4.shr_u(i32x4.mul(i32x4.shr_u(h2, 16), slots), 16);
    const s3 = i32x4.shr_u(i32x4.mul(i32x4.shr_u(h3, 16), slots), 16);
    const places = i8x16.narrow_i16x8_u(i16x8.narrow_i32x4_u(s0, s1), i16x8.narrow_i32x4_u(s2, s3));
    const rows = i8x16.shr_u(places, 3);
    const row = v128.or(
      i8x16.swizzle(lows, rows),
      i8x16.swizzle(highs, i8x16.sub(rows, i8x16.splat(16))),
    );
    const bit = i8x16.swizzle(bits, v128.and(places, i8x16.splat(7)));
    let hits: u32 = <u32>i8x16.bitmask(i8x16.eq(v128.and(row, bit), bit));
    if (count - index < 16) hits &= (1 << (count - index)) - 1;
    while (hits != 0) {
      const h = element(index + <u32>ctz(hits), key);
      throwInto((((h >>> 16) * slotCount) >>> 16) << 2, prefix | ((h * 0x297a2d39) >>> 8));
      hits &= hits - 1;
    }
  }
}

/** Marks the empty slots, a bit for each; returns how many there are. */
function findEmpty(slotCount: u32): u32 {
  const empty = i32x4.splat(-1);
  let count: u32 = 0;
  v128.store(EMPTY_BITS, i8x16.splat(0), 16);
  for (let slot: u32 = 0; slot < slotCount; slot += 16) {
    const at: usize = SLOTS + (slot << 2);
    let marks: u32 =
      <u32>i32x4.bitmask(i32x4.eq(v128.load(at), empty)) |
      (<u32>i32x4.bitmask(i32x4.eq(v128.load(at, 16), empty)) << 4) |
      (<u32>i32x4.bitmask(i32x4.eq(v128.load(at, 32), empty)) << 8) |
      (<u32>i32x4.bitmask(i32x4.eq(v128.load(at, 48), empty)) << 12);
    if (slotCount - slot < 16) marks &= (1 << (slotCount - slot)) - 1;
    store<u16>(EMPTY_BITS + (slot >>> 3), <u16>marks);
    count += popcnt(marks);
  }
  return count;
}

// @ts-ignore: decorator
@inline
function throwInto(place: u32, value: u32): void {
  const at: usize = SLOTS + <usize>place;
  store<u32>(at, min(load<u32>(at), value));
}

/** Four elements from `index` on, of which those behind the last are of no use. */
// @ts-ignore: decorator
@inline
function elements(index: u32, keys: v128): v128 {
  const at: usize = index << 2;
  let h = v128.xor(v128.load(RUN_LOWS + at), keys);
  h = v128.xor(i32x4.mul(h, i32x4.splat(0x27d4eb2f)), v128.load(RUN_HIGHS + at));
  h = v128.xor(h, i32x4.shr_u(h, 15));
  h = i32x4.mul(h, i32x4.splat(0x2c1b3c6d));
  return v128.xor(h, i32x4.shr_u(h, 13));
}

// @ts-ignore: decorator
@inline
function element(index: u32, key: u32): u32 {
  const at: usize = index << 2;
  let h = ((load<u32>(RUN_LOWS + at) ^ key) * 0x27d4eb2f) ^ load<u32>(RUN_HIGHS + at);
  h ^= h >>> 15;
  h *= 0x2c1b3c6d;
  return h ^ (h >>> 13);
}

function fillRest(count: u32, slotCount: u32): void {
  for (let slot: u32 = 0; slot < slotCount; slot++) {
    if (load<u32>(SLOTS + (slot << 2)) != 0xffffffff) continue;
    const key = load<u32>(ROUNDS + ((slotCount + slot) << 2));
    let least: u32 = 0xffffffff;
    for (let index: u32 = 0; index < count; index++) {
      least = min(least, 0xff000000 | ((element(index, key) * 0x297a2d39) >>> 8));
    }
    store<u32>(SLOTS + (slot << 2), least);
  }
}
