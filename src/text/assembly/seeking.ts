import { HIGHS, LOWS, RUN_HIGHS, RUN_LOWS } from './layout';

/** Bases of a run's polynomial, as in `runs.ts`. */
const LOW_BASE: u32 = 0x9e3779b1;
const HIGH_BASE: u32 = 0x85ebca77;
/** The shortest runs that are sought; those of the next tables are 5, 8 and 13 words long. */
const FIRST_LENGTH: u32 = 3;
const TABLES: u32 = 4;
const NO_RUN: i32 = -1;
/** The run is known, but a longer one has to be asked for. */
const COMMON: i32 = 0;
/** Another run stands in the first slot. */
const ELSEWHERE: i32 = -2;
const MOST_TIMES: u32 = 32;

/** Where the tables lie, set once. */
let filter: usize = 0;
let filterMask: u32 = 0;
let tables: usize = 0;
let texts: usize = 0;
/** Of each run how often it was found, of each text how many runs. */
let times: usize = 0;
let counts: usize = 0;
/** What is found. */
let totals: usize = 0;
let places: usize = 0;
let runs: usize = 0;
let starts: usize = 0;
let reached: usize = 0;

/** Takes the places from a list of them: those above in their order, then one and a mask for each table. */
export function useTables(list: usize): void {
  filter = load<u32>(list);
  filterMask = load<u32>(list, 4);
  texts = load<u32>(list, 8);
  times = load<u32>(list, 12);
  counts = load<u32>(list, 16);
  totals = load<u32>(list, 20);
  places = load<u32>(list, 24);
  runs = load<u32>(list, 28);
  starts = load<u32>(list, 32);
  reached = load<u32>(list, 36);
  tables = list + 40;
}

/** Seeks the runs of the first `words` words, as `plain-seeker.ts` does. */
export function seek(words: u32): void {
  forget();
  const passed: u32 = words < FIRST_LENGTH ? 0 : pass(words - FIRST_LENGTH + 1);
  const common = lookUp(passed, words);
  store<u32>(totals, passed);
  store<u32>(totals, common, 12);
  take(passed);
}

/** Writes the number of the run at each place to where runs are noted; returns how many were common. */
function lookUp(passed: u32, words: u32): u32 {
  const slots: usize = load<u32>(tables);
  const mask = load<u32>(tables, 4);
  // First slots alone, without a branch, so that one look at memory need not wait for another.
  for (let index: u32 = 0; index < passed; index++) {
    const place: usize = load<u32>(places + (index << 2)) << 2;
    const low = load<u32>(RUN_LOWS + place);
    const high = (load<u32>(HIGHS + place) * HIGH_BASE + load<u32>(HIGHS + place, 4)) * HIGH_BASE + load<u32>(HIGHS + place, 8);
    store<u32>(RUN_HIGHS + place, high);
    const at: usize = slots + (((low ^ (high >>> 7)) & mask) << 3);
    const isAnother = u32(load<u32>(at) != tagOf(low, high));
    const value = load<i32>(at, 4);
    store<i32>(runs + (index << 2), select<i32>(ELSEWHERE, value, isAnother & u32(value != NO_RUN)));
  }
  let common: u32 = 0;
  for (let index: u32 = 0; index < passed; index++) {
    let number = load<i32>(runs + (index << 2));
    if (u32(number > COMMON) | u32(number == NO_RUN)) continue;
    const place = load<u32>(places + (index << 2));
    if (number == ELSEWHERE) number = numberOf(0, load<u32>(RUN_LOWS + (place << 2)), load<u32>(RUN_HIGHS + (place << 2)));
    if (number == COMMON) {
      common++;
      number = longerAt(place, words);
    }
    store<i32>(runs + (index << 2), number);
  }
  return common;
}

/** Clears what the text before left. */
function forget(): void {
  const noted = load<u32>(totals, 4);
  for (let index: u32 = 0; index < noted; index++) {
    store<u8>(times + load<u32>(runs + (index << 2)), 0);
  }
  const count = load<u32>(totals, 8);
  for (let index: u32 = 0; index < count; index++) {
    store<u32>(counts + (load<u32>(reached + (index << 2)) << 2), 0);
  }
}

/** Notes the first `count` places whose run of three words has its bits in the filter; returns how many have. */
function pass(count: u32): u32 {
  const base = i32x4.splat(LOW_BASE);
  for (let place: u32 = 0; place < count; place += 4) {
    const at: usize = LOWS + (place << 2);
    let run = i32x4.add(i32x4.mul(v128.load(at), base), v128.load(at, 4));
    run = i32x4.add(i32x4.mul(run, base), v128.load(at, 8));
    v128.store(RUN_LOWS + (place << 2), run);
  }
  let passed: usize = places;
  for (let place: u32 = 0; place < count; place++) {
    const low = load<u32>(RUN_LOWS + (place << 2));
    const bits = load<u32>(filter + (((low >>> 5) & filterMask) << 2));
    // Written always and kept where the bits are set: a branch would be guessed wrong too often.
    store<u32>(passed, place);
    passed += <usize>((bits >>> (low & 31)) & (bits >>> (low >>> 27)) & 1) << 2;
  }
  return <u32>((passed - places) >>> 2);
}

/** Notes the runs whose numbers stand where runs do, and counts them for each text that has them. */
function take(count: u32): void {
  let noted: u32 = 0;
  let found: u32 = 0;
  let most: u32 = 0;
  for (let index: u32 = 0; index < count; index++) {
    const number = load<i32>(runs + (index << 2));
    if (number <= COMMON) continue;
    const seen: u32 = load<u8>(times + number);
    if (seen >= MOST_TIMES) continue;
    store<u8>(times + number, <u8>(seen + 1));
    store<u32>(runs + (noted << 2), number);
    store<u32>(starts + (noted << 2), load<u32>(places + (index << 2)));
    noted++;
    let entry: usize = texts + ((number - 1) << 2);
    let value: i32 = 0;
    do {
      value = load<i32>(entry);
      entry += 4;
      const text = <u32>(value ^ (value >> 31));
      const known = load<u32>(counts + (text << 2));
      store<u32>(counts + (text << 2), known + 1);
      most = max(most, known + 1);
      store<u32>(reached + (found << 2), text);
      found += u32(known == 0);
    } while (value >= 0);
  }
  store<u32>(totals, noted, 4);
  store<u32>(totals, found, 8);
  store<u32>(totals, most, 16);
}

// @ts-ignore: decorator
@inline
function tagOf(low: u32, high: u32): u32 {
  return high ^ (low * LOW_BASE);
}

// @ts-ignore: decorator
@inline
function numberOf(table: u32, low: u32, high: u32): i32 {
  const slots: usize = load<u32>(tables + (table << 3));
  const mask = load<u32>(tables + (table << 3), 4);
  const tag = tagOf(low, high);
  let slot = (low ^ (high >>> 7)) & mask;
  while (true) {
    const at: usize = slots + (slot << 3);
    const value = load<i32>(at, 4);
    if (value == NO_RUN || load<u32>(at) == tag) return value;
    slot = (slot + 1) & mask;
  }
}

/** The number of the shortest run of more than three words from `start` on that is not common. */
function longerAt(start: u32, words: u32): i32 {
  let length: u32 = FIRST_LENGTH;
  let step: u32 = 2;
  for (let table: u32 = 1; table < TABLES; table++) {
    // 3, 5, 8, 13.
    const next = length + step;
    step = length;
    length = next;
    if (start + length > words) return NO_RUN;
    const low = runAt(LOWS, start, length, LOW_BASE);
    const number = numberOf(table, low, runAt(HIGHS, start, length, HIGH_BASE));
    if (number != COMMON) return number;
  }
  return NO_RUN;
}

// @ts-ignore: decorator
@inline
function runAt(lane: usize, start: u32, length: u32, base: u32): u32 {
  let hash: u32 = 0;
  for (let index = start; index < start + length; index++) {
    hash = hash * base + load<u32>(lane + (index << 2));
  }
  return hash;
}
