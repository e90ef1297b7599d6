import type { AnswerScorer } from './answer-scorer.js';

/** A number with its value and the decimals that it was written with. */
interface WrittenNumber {
  readonly value: number;
  readonly decimals: number;
}

/**
 * Sign, currency, digits (in groups of three with commas, or without), decimals, exponent, and what it is divided by. None
 * before a letter that stands for thousands or millions.
 */
const NUMBER =
  /(?<![\p{L}\p{N}_.])[-+−]?[$€£]?(?:(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?|\.\d+)(?:e[-+]?\d+)?(?:\/\d+(?![\p{L}\p{N}]))?(?!\p{N}|[.,]\d|(?:[kmb]|bn|mn)(?![\p{L}\p{N}]))/giu;

/** Where a solution says what comes of it: GSM8K's mark, LaTeX's box with what braces are in it. */
const RESULT = /####(?<marked>[^\n]*)|\\boxed\{(?<boxed>(?:[^{}\n]|\{[^{}\n]*\})*)\}/gu;

/** Equal but for the rounding of binary fractions. */
const RELATIVE_ROUNDING = 1e-12;

/**
 * The answer's result is the one number behind the last `####` or in the last `\boxed{}`, else the last number in it. It is
 * right where it has the reference's value; where the reference has decimals, to as many of them.
 */
export const numericScorer: AnswerScorer = {
  complaint: ({ reference }) =>
    numbersIn(reference).length === 1 ? null : 'the reference is no number',
  isRight: ({ text }, { reference }) => {
    const [expected] = numbersIn(reference);
    const given = resultOf(text);
    return expected !== undefined && given !== null && isEqual(given, expected);
  },
};

function resultOf(text: string): WrittenNumber | null {
  const groups = [...text.matchAll(RESULT)].at(-1)?.groups;
  if (groups === undefined) return numbersIn(text).at(-1) ?? null;
  const [only, another] = numbersIn(groups['marked'] ?? groups['boxed'] ?? '');
  return only === undefined || another !== undefined ? null : only;
}

function isEqual(given: WrittenNumber, expected: WrittenNumber): boolean {
  if (Number.isSafeInteger(given.value) && Number.isSafeInteger(expected.value)) {
    return given.value === expected.value;
  }
  const distance = Math.abs(given.value - expected.value);
  if (distance <= RELATIVE_ROUNDING * Math.abs(expected.value)) return true;
  return expected.decimals > 0 && distance <= 0.5 * 10 ** -expected.decimals;
}

/** Numbers as English writes them: `-1,234.5`, `6.02e23`, `3/4`, `12 %` as 12. */
function numbersIn(text: string): readonly WrittenNumber[] {
  return [...text.matchAll(NUMBER)].map(([written]) => {
    const [numerator = '', denominator] = written
      .replace(/[,$€£]/gu, '')
      .replace('−', '-')
      .split('/');
    const decimals = /\.(?<digits>\d+)/u.exec(numerator)?.groups?.['digits']?.length ?? 0;
    const isPlain = denominator === undefined && !/e/iu.test(numerator);
    return {
      value: Number(numerator) / Number(denominator ?? 1),
      decimals: isPlain ? decimals : 0,
    };
  });
}
