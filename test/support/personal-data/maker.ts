import { createRandom } from '../random.js';

/** Draws what made-up values are put together from. */
export interface Maker {
  int(below: number): number;
  pick<T>(items: readonly T[]): T;
  digits(count: number): string;
  /** Characters of an alphabet. */
  text(alphabet: string, count: number): string;
}

export const UPPER = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ';
export const LOWER = UPPER.toLowerCase();
export const DIGITS = '0123456789';
export const HEX = '0123456789abcdef';
export const BASE_62 = UPPER + LOWER + DIGITS;

export function createMaker(seed: number): Maker {
  const random = createRandom(seed);
  const int = (below: number): number => Math.floor(random() * below);
  const pick = <T>(items: readonly T[]): T => {
    const item = items[int(items.length)];
    if (item === undefined) throw new Error('nothing to pick from');
    return item;
  };
  const text = (alphabet: string, count: number): string =>
    Array.from({ length: count }, () => alphabet.charAt(int(alphabet.length))).join('');
  return { int, pick, text, digits: (count) => text(DIGITS, count) };
}

/** Two digits of a number from `least` to `most`. */
export function two(make: Maker, least: number, most: number): string {
  return String(least + make.int(most - least + 1)).padStart(2, '0');
}
