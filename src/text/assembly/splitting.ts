import { fold } from './folding';
import { FOLDED, KINDS } from './layout';
import { beginWords, endWords, isJoined, joined, longWord, plain, shortWord } from './reading';

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

/** Characters that may join words (`.`, `'`, `:`) and the bracket of a placeholder, each by its own lower half. */
// @ts-ignore: decorator
@inline
function joiners(bytes: v128): v128 {
  const own = i8x16(-1, -1, -1, -1, -1, -1, -1, 0x27, -1, -1, 0x3a, 0x5b, -1, -1, 0x2e, 0);
  return i8x16.eq(bytes, i8x16.swizzle(own, v128.and(bytes, i8x16.splat(15))));
}

/**
 * Splits the text of `bytes` bytes, behind which zeros have to follow, and leaves some stretches of it out; -1
 * where those are too many.
 */
export function split(bytes: u32): i32 {
  const units = fold(bytes);
  if (units < 0) return -1;
  const length: u32 = units;
  beginWords();
  let count: u32 = 0;
  let resume: u32 = 0;
  let pending: u32 = 0;
  let open: u64 = 0;
  let wasSimple = true;
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
    const joins = v128.any_true(v128.or(v128.or(joiners(b0), joiners(b1)), v128.or(joiners(b2), joiners(b3))));
    const before: u64 = (mask << 1) | open;
    let from: u64 = mask & ~before;
    let to: u64 = ~mask & before;
    v128.store(KINDS + count, i8x16.splat(0));
    v128.store(KINDS + count, i8x16.splat(0), 16);
    const isSimple = isPlain && !joins;
    if (isSimple && wasSimple) {
      // What began before the block began in one like it, and nothing in or before it joins.
      while (to != 0) {
        const end = base + <u32>ctz(to);
        to &= to - 1;
        let start = pending;
        if (open != 0) open = 0;
        else {
          start = base + <u32>ctz(from);
          from &= from - 1;
        }
        if (end - start <= 8) shortWord(start, end, count);
        else longWord(start, end, count);
        count++;
      }
    } else {
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
    }
    // A word that was joined may reach into the next block, and one that began before may go on behind this one.
    wasSimple = isSimple && resume <= base && (wasSimple || ~mask != 0);
    if (from != 0) {
      pending = base + <u32>ctz(from);
      open = 1;
    }
  }
  endWords(count);
  return <i32>count;
}
