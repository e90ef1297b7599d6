import { byteColumn, integerColumn } from '../domain/columns.js';
import { createHashTable } from '../domain/hash-table.js';
import { TRANSCRIPT_DIGITS } from './transcript.js';

const DIGEST_BYTES = TRANSCRIPT_DIGITS / 2;

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
  /** The digest that is asked for or given, with what `words` sees of it. */
  const words = new Uint32Array(4);
  const bytes = Buffer.from(words.buffer);

  const isAsked = (number: number): boolean =>
    firsts.at(number) === words[0] &&
    seconds.at(number) === words[1] &&
    thirds.at(number) === words[2] &&
    lasts.at(number) === bytes[DIGEST_BYTES - 1];
  const ask = (digest: string): number => {
    bytes.write(digest, 0, DIGEST_BYTES, 'hex');
    return table.find(words[0] ?? 0, isAsked);
  };
  return {
    get count() {
      return count;
    },
    numberOf(digest) {
      const known = ask(digest);
      if (known !== -1) return known;
      const number = count;
      firsts.set(number, words[0] ?? 0);
      seconds.set(number, words[1] ?? 0);
      thirds.set(number, words[2] ?? 0);
      lasts.set(number, bytes[DIGEST_BYTES - 1] ?? 0);
      table.add(number);
      count += 1;
      return number;
    },
    find(digest) {
      const number = ask(digest);
      return number === -1 ? null : number;
    },
    at(number) {
      words[0] = firsts.at(number);
      words[1] = seconds.at(number);
      words[2] = thirds.at(number);
      bytes[DIGEST_BYTES - 1] = lasts.at(number);
      return bytes.toString('hex', 0, DIGEST_BYTES);
    },
  };
}
