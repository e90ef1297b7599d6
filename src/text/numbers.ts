import { DIGIT, LETTER, MARK, classOf, digitValue, isSpace } from './characters.js';
import type { Units } from './units.js';

const COMMA = 0x2c;
const POINT = 0x2e;
const MINUS = 0x2d;
/** Before a minus sign that belongs to the number: `= -5`, `(-5`, but not `3-5` or `word-5`. */
const BEFORE_SIGN = new Set(Array.from('([{=<>+*/^:,', (character) => character.charCodeAt(0)));

/** A number as it stands in folded units. */
export interface NumberToken {
  readonly start: number;
  readonly end: number;
  /** The value in one spelling, `1234.5`, `-3`; where there is no value, the digits and points as they stand. */
  readonly canonical: string;
  /** A number with a value; `1.2.3` and `12.05.2024` have none and are compared as they are written. */
  readonly hasValue: boolean;
}

/**
 * Reads the number whose first digit is at `start`: groups of three after commas, one decimal point,
 * a sign where it can be nothing else, a leading point. Numbers of one value have one spelling:
 * `1,000`, `1000`, `1000.0` and `٠١٠٠٠`.
 */
export function readNumber(units: Units, start: number): NumberToken {
  const whole = endOfGroups(units, start, endOfDigits(units, start));
  const fraction = fractionEnd(units, whole);
  if (fraction > whole && fractionEnd(units, fraction) > fraction) return dotted(units, start);
  const leading = leadingPoint(units, start);
  if (leading && fraction === whole) {
    return valued(units, { start: start - 1, wholeEnd: start - 1, end: whole });
  }
  return valued(units, { start, wholeEnd: whole, end: fraction });
}

function isDigit(units: Units, index: number): boolean {
  return index >= 0 && index < units.length && classOf(units[index] ?? 0) === DIGIT;
}

function endOfDigits(units: Units, start: number): number {
  let end = start;
  while (isDigit(units, end)) end += 1;
  return end;
}

/** The end of `,ddd` groups, where the first group has at most three digits and none has more. */
function endOfGroups(units: Units, start: number, firstEnd: number): number {
  let end = firstEnd;
  if (firstEnd - start > 3) return end;
  while (units[end] === COMMA && endOfDigits(units, end + 1) === end + 4) end += 4;
  return end;
}

function fractionEnd(units: Units, end: number): number {
  return units[end] === POINT && isDigit(units, end + 1) ? endOfDigits(units, end + 1) : end;
}

function leadingPoint(units: Units, start: number): boolean {
  if (units[start - 1] !== POINT) return false;
  const before = start - 2;
  if (before < 0) return true;
  const found = classOf(units[before] ?? 0);
  return found !== DIGIT && found !== LETTER && found !== MARK && units[before] !== POINT;
}

function dotted(units: Units, start: number): NumberToken {
  let end = endOfDigits(units, start);
  while (fractionEnd(units, end) > end) end = fractionEnd(units, end);
  let text = '';
  for (let index = start; index < end; index += 1) {
    const value = digitValue(units[index] ?? 0);
    text += value === -1 ? '.' : String(value);
  }
  return { start, end, canonical: text, hasValue: false };
}

interface Parts {
  readonly start: number;
  readonly wholeEnd: number;
  readonly end: number;
}

function valued(units: Units, parts: Parts): NumberToken {
  const negative = signBefore(units, parts.start);
  const digits = canonicalDigits(units, parts);
  return {
    start: negative && digits !== '0' ? parts.start - 1 : parts.start,
    end: parts.end,
    canonical: negative && digits !== '0' ? `-${digits}` : digits,
    hasValue: true,
  };
}

function signBefore(units: Units, start: number): boolean {
  if (units[start - 1] !== MINUS) return false;
  const before = units[start - 2];
  return before === undefined || isSpace(before) || BEFORE_SIGN.has(before);
}

/** `001,234.50` gives `1234.5`, and `.50` gives `0.5`. */
function canonicalDigits(units: Units, { start, wholeEnd, end }: Parts): string {
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

/** The English words that are numbers and hardly anything else; `one` is a pronoun as often. */
export const NUMBER_WORDS: readonly string[] = (
  'zero two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen ' +
  'sixteen seventeen eighteen nineteen twenty thirty forty fifty sixty seventy eighty ninety ' +
  'hundred thousand million'
).split(' ');

export const LONGEST_NUMBER_WORD = 9;
