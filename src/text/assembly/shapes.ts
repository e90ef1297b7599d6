/** Shapes of lines that were kept, by number: found by a hash of their bytes, and told apart by the bytes themselves. */
import { ENTRIES, ENTRY_BYTES, KEPT, MOST_SHAPES, SHAPE, SHAPES_BYTES, SLOTS, SLOT_COUNT } from './skim-layout';

const MULTIPLIER: u64 = 0x9e3779b97f4a7c15;

let count: u32 = 0;
let used: u32 = 0;
/** Of the shape that was looked for last. */
let lastHash: u32 = 0;

/** The number of the shape that the last line has, of `length` bytes; -1 where it isn't kept. */
export function findShape(length: u32): i32 {
  lastHash = hashOf(length);
  let slot = lastHash % SLOT_COUNT;
  while (true) {
    const number: u32 = load<u16>(SLOTS + slot * 2);
    if (number == 0) return -1;
    slot = (slot + 1) % SLOT_COUNT;
    const entry = ENTRIES + (number - 1) * ENTRY_BYTES;
    const isLikely = load<u32>(entry, 8) == lastHash && load<u32>(entry, 4) == length;
    if (isLikely && isShape(KEPT + load<u32>(entry), length)) return number - 1;
  }
}

/** Keeps the shape that was looked for last, which is new; -1 where there is no room. */
export function keepShape(length: u32): i32 {
  if (count == MOST_SHAPES || used + length > SHAPES_BYTES) return -1;
  const entry = ENTRIES + count * ENTRY_BYTES;
  memory.copy(KEPT + used, SHAPE, length);
  store<u32>(entry, used);
  store<u32>(entry, length, 4);
  store<u32>(entry, lastHash, 8);
  let slot = lastHash % SLOT_COUNT;
  while (load<u16>(SLOTS + slot * 2) != 0) slot = (slot + 1) % SLOT_COUNT;
  used += length;
  count++;
  store<u16>(SLOTS + slot * 2, <u16>count);
  return <i32>count - 1;
}

/** Forgets all of them; the next one has the number 0. */
export function forgetShapes(): void {
  memory.fill(SLOTS, 0, SLOT_COUNT * 2);
  count = 0;
  used = 0;
}

/** Nothing hangs on shapes that have one hash but the time that it takes to tell them apart. */
function hashOf(length: u32): u32 {
  let hash: u64 = <u64>length * MULTIPLIER;
  let at = SHAPE;
  const end = SHAPE + length;
  for (; at + 8 <= end; at += 8) hash = mixed(hash, load<u64>(at));
  for (; at < end; at++) hash = mixed(hash, load<u8>(at));
  return <u32>(hash >> 32);
}

// @ts-ignore: decorator
@inline
function mixed(hash: u64, word: u64): u64 {
  const next = (hash ^ word) * MULTIPLIER;
  return next ^ (next >> 29);
}

function isShape(start: usize, length: u32): bool {
  let index: usize = 0;
  for (; index + 16 <= length; index += 16) {
    if (v128.any_true(v128.xor(v128.load(start + index), v128.load(SHAPE + index)))) return false;
  }
  while (index < length && load<u8>(start + index) == load<u8>(SHAPE + index)) index++;
  return index == length;
}
