import { mix32, stepHigh, stepLow } from './hashing';
import { HIGHS, LOWS, ROUNDS, RUN_HIGHS, RUN_LOWS, SLOTS, TEXT } from './layout';

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

/** Hashes the runs of `size` words of the first `count`; returns how many there are. */
export function hashRuns(count: u32, size: u32): u32 {
  if (count < size) return 0;
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
  return count - size + 1;
}

// @ts-ignore: decorator
@inline
function throwInto(slot: u32, value: u32, filled: u32): u32 {
  const at: usize = SLOTS + (slot << 2);
  const held = load<u32>(at);
  store<u32>(at, min(held, value));
  return filled + u32(held == 0xffffffff);
}

/** Sketches the first `count` runs into `slotCount` slots, with the keys of the rounds that stand at `roundsAt`. */
export function sketch(count: u32, slotCount: u32): void {
  memory.fill(SLOTS, 0xff, slotCount << 2);
  if (count == 0) return;
  let filled: u32 = 0;
  const slots = i32x4.splat(slotCount);
  for (let round: u32 = 0; filled < slotCount && round < slotCount; round++) {
    const key = load<u32>(ROUNDS + (round << 2));
    const keys = i32x4.splat(key);
    const prefix = i32x4.splat(round << 24);
    let index: u32 = 0;
    for (; index + 4 <= count; index += 4) {
      const at: usize = index << 2;
      let h = v128.xor(v128.load(RUN_LOWS + at), keys);
      h = v128.xor(i32x4.mul(h, i32x4.splat(0x27d4eb2f)), v128.load(RUN_HIGHS + at));
      h = v128.xor(h, i32x4.shr_u(h, 15));
      h = i32x4.mul(h, i32x4.splat(0x2c1b3c6d));
      h = v128.xor(h, i32x4.shr_u(h, 13));
      const slot = i32x4.shr_u(i32x4.mul(i32x4.shr_u(h, 16), slots), 16);
      const value = v128.or(prefix, i32x4.shr_u(i32x4.mul(h, i32x4.splat(0x297a2d39)), 8));
      filled = throwInto(i32x4.extract_lane(slot, 0), i32x4.extract_lane(value, 0), filled);
      filled = throwInto(i32x4.extract_lane(slot, 1), i32x4.extract_lane(value, 1), filled);
      filled = throwInto(i32x4.extract_lane(slot, 2), i32x4.extract_lane(value, 2), filled);
      filled = throwInto(i32x4.extract_lane(slot, 3), i32x4.extract_lane(value, 3), filled);
    }
    for (; index < count; index++) {
      const h = element(index, key);
      filled = throwInto(((h >>> 16) * slotCount) >>> 16, (round << 24) | ((h * 0x297a2d39) >>> 8), filled);
    }
  }
  if (filled < slotCount) fillRest(count, slotCount);
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
