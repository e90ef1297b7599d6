import { NUMBER, type Words } from '../text/words.js';
import type { Pair } from './alignment.js';

/**
 * Whether a sample's numbers, none of which is aligned, face other numbers: before and after the stretch, as
 * far as the sample reaches, the text has numbers too, and less than half of the sample's are among them.
 * Then what the two share is the way such questions end or begin ("How much money will she have left over
 * after she buys …"), not this question. A quotation that is cut off before any number faces none.
 */
export function facesOtherNumbers(sample: Words, text: Words, pairs: readonly Pair[]): boolean {
  const first = pairs[0];
  const last = pairs.at(-1);
  if (first === undefined || last === undefined) return false;
  if (pairs.some((pair) => sample.kinds[pair.sample] === NUMBER)) return false;
  const own = numbersIn(sample, 0, sample.count);
  const facing = [
    ...numbersIn(text, Math.max(0, first.text - first.sample), first.text),
    ...numbersIn(text, last.text + 1, last.text + sample.count - last.sample),
  ];
  if (own.length === 0 || facing.length === 0) return false;
  const left = new Set(facing);
  return own.filter((key) => left.has(key)).length * 2 < own.length;
}

function numbersIn(words: Words, from: number, to: number): readonly number[] {
  const keys: number[] = [];
  for (let index = from; index < Math.min(to, words.count); index += 1) {
    if (words.kinds[index] === NUMBER) keys.push(words.keys[index] ?? 0);
  }
  return keys;
}
