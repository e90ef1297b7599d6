import { DIGIT, LETTER, MARK, classOf, digitValue, isSpace } from './characters.js';
import {
  HIGH_SEED,
  LOW_SEED,
  type Hash53,
  hashString,
  joinLanes,
  stepHigh,
  stepLow,
} from './hash.js';

const COMMA = 0x2c;
const POINT = 0x2e;
const MINUS = 0x2d;
const HASH_SIGN = 0x23;
const ZERO = 0x30;
/** Before a minus sign that belongs to the number: `= -5`, `(-5`, but not `3-5` or `word-5`. */
const BEFORE_SIGN = new Set(Array.from('([{=<>+*/^:,', (character) => character.charCodeAt(0)));

/** A number as it stands in folded units. */
export interface NumberToken {
  readonly start: number;
  readonly end: number;
  readonly key: Hash53;
  /** A number with a value; `1.2.3` and `12.05.2024` have none and are compared as they are written. */
  readonly hasValue: boolean;
}

/**
 * Reads the number whose first digit is at `start`: groups of three after commas, one decimal point,
 * a sign where it can be nothing else, a leading point. Numbers of one value have one key:
 * `1,000`, `1000`, `1000.0` and `٠١٠٠٠`.
 */
export function readNumber(units: Uint16Array, start: number): NumberToken {
  const whole = endOfGroups(units, start, endOfDigits(units, start));
  const fraction = fractionEnd(units, whole);
  if (fraction > whole && fractionEnd(units, fraction) > fraction) return dotted(units, start);
  const leading = leadingPoint(units, start);
  if (leading && fraction === whole) {
    return valued(units, { start: start - 1, wholeEnd: start - 1, end: whole });
  }
  return valued(units, { start, wholeEnd: whole, end: fraction });
}

function isDigit(units: Uint16Array, index: number): boolean {
  return index >= 0 && index < units.length && classOf(units[index] ?? 0) === DIGIT;
}

function endOfDigits(units: Uint16Array, start: number): number {
  let end = start;
  while (isDigit(units, end)) end += 1;
  return end;
}

/** The end of `,ddd` groups, where the first group has at most three digits and none has more. */
function endOfGroups(units: Uint16Array, start: number, firstEnd: number): number {
  let end = firstEnd;
  if (firstEnd - start > 3) return end;
  while (units[end] === COMMA && endOfDigits(units, end + 1) === end + 4) end += 4;
  return end;
}

function fractionEnd(units: Uint16Array, end: number): number {
  return units[end] === POINT && isDigit(units, end + 1) ? endOfDigits(units, end + 1) : end;
}

function leadingPoint(units: Uint16Array, start: number): boolean {
  if (units[start - 1] !== POINT) return false;
  const before = start - 2;
  if (before < 0) return true;
  const found = classOf(units[before] ?? 0);
  return found !== DIGIT && found !== LETTER && found !== MARK && units[before] !== POINT;
}

function dotted(units: Uint16Array, start: number): NumberToken {
  let end = endOfDigits(units, start);
  while (fractionEnd(units, end) > end) end = fractionEnd(units, end);
  let low = LOW_SEED;
  let high = HIGH_SEED;
  for (let index = start; index < end; index += 1) {
    const unit = writtenDigit(units[index] ?? 0);
    low = stepLow(low, unit);
    high = stepHigh(high, unit);
  }
  return { start, end, key: joinLanes(high, low), hasValue: false };
}

function writtenDigit(unit: number): number {
  const value = digitValue(unit);
  return value === -1 ? unit : ZERO + value;
}

interface Parts {
  readonly start: number;
  readonly wholeEnd: number;
  readonly end: number;
}

function valued(units: Uint16Array, parts: Parts): NumberToken {
  const negative = signBefore(units, parts.start);
  const digits = canonicalDigits(units, parts);
  return {
    start: negative && digits !== '0' ? parts.start - 1 : parts.start,
    end: parts.end,
    key: numberKey(negative && digits !== '0' ? `-${digits}` : digits),
    hasValue: true,
  };
}

function signBefore(units: Uint16Array, start: number): boolean {
  if (units[start - 1] !== MINUS) return false;
  const before = units[start - 2];
  return before === undefined || isSpace(before) || BEFORE_SIGN.has(before);
}

/** `001,234.50` gives `1234.5`, and `.50` gives `0.5`. */
function canonicalDigits(units: Uint16Array, { start, wholeEnd, end }: Parts): string {
  let from = start;
  while (from < wholeEnd - 1 && (digitValue(units[from] ?? 0) === 0 || units[from] === COMMA)) {
    from += 1;
  }
  let text = from < wholeEnd ? '' : '0';
  for (let index = from; index < wholeEnd; index += 1) {
    if (units[index] !== COMMA) text += String(digitValue(units[index] ?? 0));
  }
  let last = end;
  while (last > wholeEnd + 1 && digitValue(units[last - 1] ?? 0) === 0) last -= 1;
  if (last <= wholeEnd + 1) return text;
  text += '.';
  for (let index = wholeEnd + 1; index < last; index += 1) {
    text += String(digitValue(units[index] ?? 0));
  }
  return text;
}

/** The key of a number by its canonical digits; no word has it. */
export function numberKey(digits: string): Hash53 {
  return hashString(String.fromCharCode(HASH_SIGN) + digits);
}

/** Keys of the English words that are numbers and hardly anything else; `one` is a pronoun as often. */
export const NUMBER_WORD_KEYS: ReadonlySet<Hash53> = new Set(
  (
    'zero two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen ' +
    'sixteen seventeen eighteen nineteen twenty thirty forty fifty sixty seventy eighty ninety ' +
    'hundred thousand million'
  )
    .split(' ')
    .map(hashString),
);

export const LONGEST_NUMBER_WORD = 9;
