import type { Marks } from './marks.js';
import { DIGIT, beginsNumber, endsNumber } from './units.js';

/** A number as it is written: its digits, and their groups by length and the sign between them, `3-2-4`. */
export interface WrittenNumber {
  readonly digits: string;
  readonly form: string;
  readonly start: number;
  readonly end: number;
}

/** Forms by their groups, one after the other: a tree whose branches are a sign and a length. */
export interface NumberForms {
  /** The form that ends here, or `null` where none does. */
  form: string | null;
  readonly branches: Map<number, NumberForms>;
}

/** One space is like another, and one hyphen. */
const SEPARATORS = ' -./';
const SEPARATOR_OF = new Map<string, number>([
  ...[...SEPARATORS].map((sign, index) => [sign, index + 1] as const),
  ['\u00a0', 1],
  ['\u202f', 1],
  ['\u2010', 2],
  ['\u2011', 2],
]);
/** Lengths of groups are below this. */
const LENGTHS = 32;

/** The tree of some forms. */
export function numberForms(forms: Iterable<string>): NumberForms {
  const root: NumberForms = { form: null, branches: new Map() };
  for (const form of forms) {
    let node = root;
    for (const [, sign = '', length] of form.matchAll(/([ ./-]?)(\d+)/g)) {
      const branch = (SEPARATOR_OF.get(sign) ?? 0) * LENGTHS + Number(length);
      const next = node.branches.get(branch) ?? { form: null, branches: new Map() };
      node.branches.set(branch, next);
      node = next;
    }
    node.form = form;
  }
  return root;
}

/**
 * Calls `take` with the numbers of a text that have one of some forms: every group of digits alone and with
 * the groups after it, as far as one sign stands between them.
 */
export function readNumbers(
  text: string,
  marks: Marks,
  forms: NumberForms,
  take: (number: WrittenNumber) => void,
): void {
  const { count, starts, ends, kinds } = marks;
  for (let first = 0; first < count; first += 1) {
    if (kinds[first] !== DIGIT) continue;
    const start = starts[first] ?? 0;
    let node = forms.branches.get(Math.min((ends[first] ?? 0) - start, LENGTHS - 1));
    if (node === undefined || !beginsNumber(text, start)) continue;
    for (let index = first; node !== undefined; index += 1) {
      const end = ends[index] ?? 0;
      if (node.form !== null && endsNumber(text, end)) {
        take({ digits: digitsOf(text, marks, first, index), form: node.form, start, end });
      }
      const isNext =
        index + 1 < count && starts[index + 1] === end + 1 && kinds[index + 1] === DIGIT;
      if (!isNext || node.branches.size === 0) break;
      const length = (ends[index + 1] ?? 0) - end - 1;
      const sign = SEPARATOR_OF.get(text.charAt(end)) ?? 0;
      node = sign === 0 ? undefined : node.branches.get(sign * LENGTHS + length);
    }
  }
}

function digitsOf(text: string, { starts, ends }: Marks, first: number, last: number): string {
  let digits = '';
  for (let index = first; index <= last; index += 1)
    digits += text.slice(starts[index], ends[index]);
  return digits;
}
