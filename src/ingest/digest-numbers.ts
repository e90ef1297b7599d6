import { TRANSCRIPT_DIGITS } from './transcript.js';

const HALF = TRANSCRIPT_DIGITS / 2;
const FIRST_CAPACITY = 1_024;

/** Numbers transcripts' digests from 0 on, equal ones alike, in 24 to 48 bytes for each. */
export interface DigestNumbers {
  /** How many there are. */
  readonly count: number;
  /** The number of a digest, given to it where it has none yet. */
  numberOf(digest: string): number;
  /** The number that a digest has, or `null`. */
  find(digest: string): number | null;
  /** The digest that has a number. */
  at(number: number): string;
}

/**
 * Makes an empty one: a table with open addressing, at most half full, of the digests' two halves, which are numbers
 * under 2^52.
 */
export function createDigestNumbers(): DigestNumbers {
  let slots = new Int32Array(FIRST_CAPACITY * 2).fill(-1);
  let highs = new Float64Array(FIRST_CAPACITY);
  let lows = new Float64Array(FIRST_CAPACITY);
  let count = 0;

  /** Where a digest stands, or the empty slot where it would. */
  const slotOf = (high: number, low: number): number => {
    let slot = high % slots.length;
    for (; ; slot = (slot + 1) % slots.length) {
      const number = slots[slot] ?? -1;
      if (number === -1 || (highs[number] === high && lows[number] === low)) return slot;
    }
  };
  const grow = (): void => {
    highs = grown(highs);
    lows = grown(lows);
    slots = new Int32Array(highs.length * 2).fill(-1);
    for (let number = 0; number < count; number += 1) {
      slots[slotOf(highs[number] ?? 0, lows[number] ?? 0)] = number;
    }
  };
  return {
    get count() {
      return count;
    },
    numberOf(digest) {
      const [high, low] = halvesOf(digest);
      const slot = slotOf(high, low);
      const known = slots[slot] ?? -1;
      if (known !== -1) return known;
      const number = count;
      slots[slot] = number;
      highs[number] = high;
      lows[number] = low;
      count += 1;
      if (count === highs.length) grow();
      return number;
    },
    find(digest) {
      const number = slots[slotOf(...halvesOf(digest))] ?? -1;
      return number === -1 ? null : number;
    },
    at: (number) => half(highs[number]) + half(lows[number]),
  };
}

function halvesOf(digest: string): readonly [number, number] {
  return [
    Number.parseInt(digest.slice(0, HALF), 16),
    Number.parseInt(digest.slice(HALF, TRANSCRIPT_DIGITS), 16),
  ];
}

function half(number = 0): string {
  return number.toString(16).padStart(HALF, '0');
}

/** The same numbers with as much room again. */
function grown(column: Float64Array<ArrayBuffer>): Float64Array<ArrayBuffer> {
  const larger = new Float64Array(column.length * 2);
  larger.set(column);
  return larger;
}
