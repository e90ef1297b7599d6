import { integerColumn } from '../domain/columns.js';
import { createHashTable } from '../domain/hash-table.js';

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

  /** Two hashes over UTF-16 units, multiplied and mixed as cyrb53 does, by numbers of MurmurHash3 and xxHash. */
  function ask(id: string): void {
    let [a, b] = [0xdeadbeef, 0x41c6ce57];
    for (let index = 0; index < id.length; index += 1) {
      const unit = id.charCodeAt(index);
      a = Math.imul(a ^ unit, 0x9e3779b1);
      b = Math.imul(b ^ unit, 0x5f356495);
    }
    a = Math.imul(a ^ (a >>> 16), 0x85ebca6b) ^ Math.imul(b ^ (b >>> 13), 0xc2b2ae35);
    b = Math.imul(b ^ (b >>> 16), 0x85ebca6b) ^ Math.imul(a ^ (a >>> 13), 0xc2b2ae35);
    asked = id;
    [first, second] = [a >>> 0, b >>> 0];
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
