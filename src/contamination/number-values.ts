import { NUMBER, type Words } from '../text/words.js';

const SMALL = new Map(
  (
    'zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen ' +
    'seventeen eighteen nineteen'
  )
    .split(' ')
    .map((word, value) => [word, value]),
);
const TENS = new Map(
  'twenty thirty forty fifty sixty seventy eighty ninety'
    .split(' ')
    .map((word, index) => [word, 20 + 10 * index]),
);
const LARGE = new Map([
  ['thousand', 1_000],
  ['million', 1_000_000],
]);

const LARGEST_DETERMINER = 2;

/** A number in words as far as it is read: `two hundred and` is 200, and may go on with what is below 100. */
interface Reading {
  readonly total: number;
  readonly current: number;
  /** The next word has to stand for less than this. */
  readonly below: number;
  /** Whether it began in digits. */
  readonly hasDigits: boolean;
}

/**
 * The values of the numbers among some words that follow each other, sorted: `412`, `4 hundred`, `412.0` and
 * `four hundred and twelve` alike. `one` and `two` by themselves are none where determiners are left out: "the two
 * of them" counts nobody. `NaN` is among the values where one can't be read, as in digits of other scripts.
 */
export function numberValues(
  indexes: readonly number[],
  text: { readonly raw: string; readonly words: Words },
  determiners: 'counted' | 'left-out' = 'left-out',
): readonly number[] {
  const values: number[] = [];
  let reading: Reading | null = null;
  const finish = (): void => {
    const value = reading === null ? 0 : reading.total + reading.current;
    const isDeterminer = value > 0 && value <= LARGEST_DETERMINER && reading?.hasDigits === false;
    if (reading !== null && !(isDeterminer && determiners === 'left-out')) values.push(value);
    reading = null;
  };
  for (const index of indexes) {
    const word = wordAt(index, text);
    if (word === 'and' && reading !== null) continue;
    const next: Step | null =
      text.words.kinds[index] === NUMBER ? digits(word) : readOn(word, reading);
    if (next === null || next.isNew) finish();
    reading = next?.reading ?? null;
  }
  finish();
  return values.sort((a, b) => a - b);
}

function wordAt(
  index: number,
  { raw, words }: { readonly raw: string; readonly words: Words },
): string {
  return raw.slice(words.starts[index], words.ends[index]).normalize('NFKC').toLowerCase();
}

interface Step {
  readonly reading: Reading;
  /** Whether a number begins with it. */
  readonly isNew: boolean;
}

/** A number in digits; `thousand` may follow. */
function digits(word: string): Step {
  const current = Number(word.replaceAll(',', ''));
  return { reading: { total: 0, current, below: 1, hasDigits: true }, isNew: true };
}

function readOn(word: string, reading: Reading | null): Step | null {
  const small = SMALL.get(word) ?? TENS.get(word);
  if (small !== undefined) return readSmall(small, TENS.has(word) ? 10 : 1, reading);
  const { total, current, hasDigits } = reading ?? { total: 0, current: 1, hasDigits: false };
  const isNew = reading === null;
  if (word === 'hundred') {
    return { reading: { total, current: current * 100, below: 100, hasDigits }, isNew };
  }
  const large = LARGE.get(word);
  if (large === undefined) return null;
  return {
    reading: { total: total + current * large, current: 0, below: large, hasDigits },
    isNew,
  };
}

/** `twelve` goes on with what was read where that leaves room for it, as `hundred` does, else it begins anew. */
function readSmall(value: number, below: number, reading: Reading | null): Step {
  if (reading !== null && value > 0 && value < reading.below) {
    const current = reading.current + value;
    return { reading: { ...reading, current, below }, isNew: false };
  }
  return { reading: { total: 0, current: value, below, hasDigits: false }, isNew: true };
}
