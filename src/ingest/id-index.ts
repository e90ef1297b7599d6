import { hash } from 'node:crypto';
import { integerColumn } from '../domain/columns.js';
import { createHashTable } from '../domain/hash-table.js';

/** Hexadecimal digits of 32 bits. */
const HASH_DIGITS = 8;

/** Lines by their ids, in about 15 bytes for each, without the ids. */
export interface IdIndex {
  /** The number that an id was added with, or -1. */
  find(id: string): number;
  /** Takes in an id that isn't there, under a number of its own. */
  add(id: string, number: number): void;
}

/**
 * Makes an empty one, which knows ids by 64 bits and asks `idAt` for the id of each number that has the same bits: so
 * two ids are never taken for one, and an id that comes for the first time is hardly ever compared with another.
 */
export function createIdIndex(idAt: (number: number) => string): IdIndex {
  const [firsts, seconds] = [integerColumn(), integerColumn()];
  const table = createHashTable((number) => firsts.at(number));
  let asked = '';
  let [first, second] = [0, 0];

  const isAsked = (number: number): boolean =>
    firsts.at(number) === first && seconds.at(number) === second && idAt(number) === asked;

  /** Of SHA-256, since callers may choose their ids: nobody can make thousands that have the same bits. */
  function ask(id: string): void {
    const digest = hash('sha256', id, 'hex');
    asked = id;
    first = Number.parseInt(digest.slice(0, HASH_DIGITS), 16);
    second = Number.parseInt(digest.slice(HASH_DIGITS, 2 * HASH_DIGITS), 16);
  }

  return {
    find(id) {
      ask(id);
      return table.find(first, isAsked);
    },
    add(id, number) {
      if (id !== asked) ask(id);
      firsts.set(number, first);
      seconds.set(number, second);
      table.add(number);
    },
  };
}
