import { byteColumn, integerColumn } from '../domain/columns.js';
import { createHashTable } from '../domain/hash-table.js';
import { hexValue } from './hex-digits.js';
import { TRANSCRIPT_DIGITS } from './transcript.js';

/** Digits of the three integers; the byte behind them has the last two. */
const WORD_DIGITS = 8;

/** Numbers transcripts' digests from 0 on, equal ones alike, in about 20 bytes for each. */
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

/** Makes an empty one, in which the whole digests stand: three integers and a byte for the 104 bits of each. */
export function createDigestNumbers(): DigestNumbers {
  const [firsts, seconds, thirds] = [integerColumn(), integerColumn(), integerColumn()];
  const lasts = byteColumn();
  const table = createHashTable((number) => firsts.at(number));
  let count = 0;
  /** The digest that is asked for or given. */
  let [first, second, third, last] = [0, 0, 0, 0];

  const isAsked = (number: number): boolean =>
    firsts.at(number) === first &&
    seconds.at(number) === second &&
    thirds.at(number) === third &&
    lasts.at(number) === last;
  const ask = (digest: string): number => {
    first = hexValue(digest, 0, WORD_DIGITS);
    second = hexValue(digest, WORD_DIGITS, 2 * WORD_DIGITS);
    third = hexValue(digest, 2 * WORD_DIGITS, 3 * WORD_DIGITS);
    last = hexValue(digest, 3 * WORD_DIGITS, TRANSCRIPT_DIGITS);
    return table.find(first, isAsked);
  };
  return {
    get count() {
      return count;
    },
    numberOf(digest) {
      const known = ask(digest);
      if (known !== -1) return known;
      const number = count;
      firsts.set(number, first);
      seconds.set(number, second);
      thirds.set(number, third);
      lasts.set(number, last);
      table.add(number);
      count += 1;
      return number;
    },
    find(digest) {
      const number = ask(digest);
      return number === -1 ? null : number;
    },
    at: (number) =>
      digitsOf(firsts.at(number), WORD_DIGITS) +
      digitsOf(seconds.at(number), WORD_DIGITS) +
      digitsOf(thirds.at(number), WORD_DIGITS) +
      digitsOf(lasts.at(number), TRANSCRIPT_DIGITS - 3 * WORD_DIGITS),
  };
}

function digitsOf(value: number, length: number): string {
  return value.toString(16).padStart(length, '0');
}
