const UNITS = (
  'zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen ' +
  'seventeen eighteen nineteen'
).split(' ');
const TENS = 'twenty thirty forty fifty sixty seventy eighty ninety'.split(' ');
const HUNDRED = 100;
const VALUES: ReadonlyMap<string, number> = new Map([
  ...UNITS.map((word, value): [string, number] => [word, value]),
  ...TENS.map((word, index): [string, number] => [word, (index + 2) * 10]),
  ['hundred', HUNDRED],
  ['thousand', 1e3],
  ['million', 1e6],
]);

/** A number that is read word by word: what is closed by `thousand` or `million`, and what is open. */
export interface NumberSoFar {
  readonly closed: number;
  readonly open: number;
  /** What the next part to be closed has to be below. */
  readonly below: number;
}

/** Begins with an English number word, or with digits as they stand in a text; `null` for anything else. */
export function beginNumber(text: string): NumberSoFar | null {
  const value =
    VALUES.get(text.toLowerCase()) ?? Number(text.normalize('NFKC').replaceAll(',', ''));
  if (text === '' || !Number.isFinite(value)) return null;
  return value >= 1e3 && VALUES.has(text.toLowerCase())
    ? { closed: value, open: 0, below: value }
    : { closed: 0, open: value, below: Infinity };
}

/**
 * Takes the number word right behind, or gives `null` where it begins another number: `twenty five` is 25, `two
 * thousand three hundred` 2,300, `1.5 million` 1,500,000, and `two three` are two numbers.
 */
export function continueNumber(
  { closed, open, below }: NumberSoFar,
  text: string,
): NumberSoFar | null {
  const value = VALUES.get(text.toLowerCase());
  if (value === undefined || value === 0) return null;
  if (value > HUNDRED) {
    const isClosing = open > 0 && open < 1e3 && value < below;
    return isClosing ? { closed: closed + open * value, open: 0, below: value } : null;
  }
  if (value === HUNDRED)
    return open > 0 && open < 10 ? { closed, open: open * value, below } : null;
  return takes(open, closed > 0, value) ? { closed, open: open + value, below } : null;
}

export function valueSoFar({ closed, open }: NumberSoFar): number {
  return closed + open;
}

/** `twenty` takes a unit, hundreds take what is below a hundred, and so do thousands. */
function takes(open: number, isClosed: boolean, value: number): boolean {
  const rest = open % HUNDRED;
  if (rest === 0) return open > 0 || isClosed;
  return rest >= 20 && rest % 10 === 0 && value < 10;
}
