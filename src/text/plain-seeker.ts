import type { RunTable } from './run-table.js';
import { NO_RUN, passFilter } from './run-table.js';
import {
  COMMON,
  COMMON_RUN,
  FOUND,
  MOST,
  PASSED,
  PLACES_PER_RUN,
  REACHED,
  type RunSeeker,
  SOUGHT_LENGTHS,
  type Sought,
  type SoughtRuns,
} from './run-seeker.js';
import { hashRuns, highRunAt, lowRunAt } from './runs.js';
import type { Lanes } from './word-hash.js';

const FIRST_CAPACITY = 1_024;
const [FIRST_LENGTH] = SOUGHT_LENGTHS;

/** Seeks without the kernel, in texts of any length. */
export function createPlainSeeker({ tables, texts, textCount }: SoughtRuns): RunSeeker {
  const times = new Uint8Array(texts.length + 1);
  const totals = new Int32Array(MOST + 1);
  const reached = new Int32Array(textCount);
  const counts = new Int32Array(textCount);
  let room = createRoom(FIRST_CAPACITY);
  let found: Sought = { totals, reached, counts, ...room };

  function forget(): void {
    for (let index = 0; index < (totals[FOUND] ?? 0); index += 1) times[room.runs[index] ?? 0] = 0;
    for (let index = 0; index < (totals[REACHED] ?? 0); index += 1) counts[reached[index] ?? 0] = 0;
    totals.fill(0);
  }

  /** Writes the numbers of the runs at the places that pass to `runs`. */
  function lookUp(words: Lanes, count: number): void {
    const [first] = tables;
    if (first === undefined) return;
    const runCount = hashRuns(words, count, FIRST_LENGTH, room);
    const passed = passFilter(first.filter, room.lows, runCount, room.places);
    let common = 0;
    for (let index = 0; index < passed; index += 1) {
      const place = room.places[index] ?? 0;
      let number = first.get(room.lows[place] ?? 0, room.highs[place] ?? 0);
      if (number === COMMON_RUN) {
        common += 1;
        number = longerAt(words, count, place, tables);
      }
      room.runs[index] = number;
    }
    totals[PASSED] = passed;
    totals[COMMON] = common;
  }

  function take(): void {
    const { runs, places, starts } = room;
    let [noted, count, most] = [0, 0, 0];
    for (let index = 0; index < (totals[PASSED] ?? 0); index += 1) {
      const number = runs[index] ?? 0;
      if (number <= COMMON_RUN || (times[number] ?? 0) >= PLACES_PER_RUN) continue;
      times[number] = (times[number] ?? 0) + 1;
      runs[noted] = number;
      starts[noted] = places[index] ?? 0;
      noted += 1;
      let isLast = false;
      for (let entry = number - 1; !isLast; entry += 1) {
        const value = texts[entry] ?? -1;
        isLast = value < 0;
        const text = isLast ? ~value : value;
        const known = (counts[text] ?? 0) + 1;
        counts[text] = known;
        most = Math.max(most, known);
        if (known > 1) continue;
        reached[count] = text;
        count += 1;
      }
    }
    totals[FOUND] = noted;
    totals[REACHED] = count;
    totals[MOST] = most;
  }

  return {
    seek(words, count) {
      forget();
      if (room.places.length < count) {
        room = createRoom(count * 2);
        found = { totals, reached, counts, ...room };
      }
      lookUp(words, count);
      take();
      return found;
    },
  };
}

/** The number of the shortest run of more than three words from `start` on that is not common. */
function longerAt(
  { lows, highs }: Lanes,
  count: number,
  start: number,
  tables: readonly RunTable[],
): number {
  for (let level = 1; level < SOUGHT_LENGTHS.length; level += 1) {
    const length = SOUGHT_LENGTHS[level] ?? 0;
    if (start + length > count) return NO_RUN;
    const [low, high] = [lowRunAt(lows, start, length), highRunAt(highs, start, length)];
    const number = tables[level]?.get(low, high) ?? NO_RUN;
    if (number !== COMMON_RUN) return number;
  }
  return NO_RUN;
}

interface Room extends Lanes {
  readonly places: Int32Array;
  readonly runs: Int32Array;
  readonly starts: Int32Array;
}

function createRoom(capacity: number): Room {
  const array = (): Int32Array => new Int32Array(capacity);
  return { lows: array(), highs: array(), places: array(), runs: array(), starts: array() };
}
