import { RUN_HIGHS, RUN_LOWS, SET, SET_CAPACITY } from './layout';

/** Sets of up to 256 runs stay together in a part of the table. */
const SMALL_CAPACITY: u32 = 1 << 10;

/** Entries of earlier sets are told by their stamps, which grow. */
let stamp: u32 = 0;
let own: u32 = 0;
let mask: u32 = 0;
let distinct: u32 = 0;

// @ts-ignore: decorator
@inline
function slotOf(low: u32, high: u32): u32 {
  return (low ^ (high >>> 7)) & mask;
}

/** Takes the first `count` runs as the set that others are compared with; returns its size, -1 if too large. */
export function loadSet(count: u32): i32 {
  const capacity = count <= SMALL_CAPACITY >>> 2 ? SMALL_CAPACITY : SET_CAPACITY;
  if (count > capacity >>> 2) return -1;
  if (stamp > 0xf0000000) {
    memory.fill(SET, 0, SET_CAPACITY << 4);
    stamp = 0;
  }
  mask = capacity - 1;
  stamp++;
  own = stamp;
  let size: i32 = 0;
  for (let index: u32 = 0; index < count; index++) {
    const low = load<u32>(RUN_LOWS + (index << 2));
    const high = load<u32>(RUN_HIGHS + (index << 2));
    let slot = slotOf(low, high);
    while (true) {
      const entry: usize = SET + (slot << 4);
      if (load<u32>(entry, 8) != own) {
        store<u32>(entry, low);
        store<u32>(entry, high, 4);
        store<u32>(entry, own, 8);
        store<u32>(entry, 0, 12);
        size++;
        break;
      }
      if (load<u32>(entry) == low && load<u32>(entry, 4) == high) break;
      slot = (slot + 1) & mask;
    }
  }
  return size;
}

/** How many different runs the set that was compared last has. */
export function distinctCount(): u32 {
  return distinct;
}

/**
 * How many different ones of the first `count` runs the loaded set has, too; -1 if they are too many, -2 as soon
 * as it lacks more than `mostMissing`. Those that it lacks are put beside it for the while, so that each counts
 * once.
 */
export function countCommon(count: u32, mostMissing: i32): i32 {
  if (count > (mask + 1) >>> 1) return -1;
  stamp++;
  distinct = 0;
  let common: i32 = 0;
  let missing: i32 = 0;
  for (let index: u32 = 0; index < count; index++) {
    const low = load<u32>(RUN_LOWS + (index << 2));
    const high = load<u32>(RUN_HIGHS + (index << 2));
    let slot = slotOf(low, high);
    while (true) {
      const entry: usize = SET + (slot << 4);
      const holder = load<u32>(entry, 8);
      if (holder != own && holder != stamp) {
        store<u32>(entry, low);
        store<u32>(entry, high, 4);
        store<u32>(entry, stamp, 8);
        distinct++;
        missing++;
        break;
      }
      if (load<u32>(entry) == low && load<u32>(entry, 4) == high) {
        if (holder == own && load<u32>(entry, 12) != stamp) {
          store<u32>(entry, stamp, 12);
          common++;
          distinct++;
        }
        break;
      }
      slot = (slot + 1) & mask;
    }
    if (missing > mostMissing) return -2;
  }
  return common;
}
