import type { Found } from './found.js';

interface PhoneRule {
  readonly pattern: RegExp;
  /** Fewest and most digits, the country's code included (ITU-T E.164 allows 15). */
  readonly digits: readonly [number, number];
}

/** No digit, letter or part of a longer number before and after. */
const START = String.raw`(?<![\p{L}\p{N}_]|[\p{N}\p{L}][.,:/+-])`;
const END = String.raw`(?![\p{L}\p{N}_]|[.,:/-]\p{N})`;
const EXTENSION = String.raw`(?: ?(?:x|ext\.?) ?\d{1,6})?`;

/**
 * Forms that are hardly anything but a phone number. Digits in other groupings are taken only after a
 * word that announces one.
 */
const RULES: readonly PhoneRule[] = [
  // +44 (0)20 7946 0958
  rule(String.raw`\+\d(?:[ .\-\/(]{0,3}\d\)?){7,16}`, [8, 15]),
  // 001-518-640-0854
  rule(String.raw`00[1-9]\d{0,2}(?:[ .-]\d{2,4}){2,4}`, [10, 15]),
  // (212) 555-0123, 1-212-555-0123, 212.555.0123 x45
  rule(String.raw`(?:1[ .-])?\([2-9]\d{2}\) ?\d{3}[ .-]\d{4}`, [10, 11]),
  rule(String.raw`(?:1([.-]))?[2-9]\d{2}([.-])\d{3}\2\d{4}`, [10, 11]),
  // 020 7946 0958, 07700 900123, 01.23.45.67.89
  rule(String.raw`\(?0\d{1,4}\)?([ .-])\d{2,4}(?:\1\d{2,4}){1,3}`, [9, 12]),
  rule(String.raw`0[1-9]\d{2,3} \d{6,7}`, [10, 11]),
];

const ANNOUNCED = new RegExp(
  String.raw`(?<![\p{L}\p{N}_])((?:tele|mobile |cell )?phone|tel|mobile|cell|call|fax|whatsapp|dial|telefon)` +
    String.raw`((?:[ \t:=#.,]{1,3}(?:number|no|nr|is|me|us|him|her|them|at|on|my|our|now|back|or|ist)(?!\p{L})){0,4}[ \t:=#.\r\n]{0,4})` +
    String.raw`(\+?\(?\d(?:[ .\-\/()]{0,2}\d){6,14})${EXTENSION}${END}`,
  'giu',
);

const YEAR = '(?:19|20)\\d{2}';
const DAY = '[0-3]?\\d';
const DATE_LIKE = new RegExp(
  String.raw`^\(?(?:${YEAR}[-./ ]${DAY}[-./ ]${DAY}|${DAY}[-./ ]${DAY}[-./ ]${YEAR})(?!\d)`,
);

/** Replaces phone numbers by `[PHONE]`. */
export function redactPhones(text: string, found: Found): string {
  let current = text;
  for (const { pattern, digits } of RULES) {
    current = current.replace(pattern, (candidate: string) =>
      isPhone(candidate, digits) ? placeholder(found) : candidate,
    );
  }
  return current.replace(
    ANNOUNCED,
    (whole: string, word: string, between: string, candidate: string) =>
      isPhone(candidate, [7, 15]) ? `${word}${between}${placeholder(found)}` : whole,
  );
}

function rule(form: string, digits: readonly [number, number]): PhoneRule {
  return { pattern: new RegExp(`${START}${form}${EXTENSION}${END}`, 'gu'), digits };
}

function isPhone(candidate: string, [fewest, most]: readonly [number, number]): boolean {
  const [number = ''] = candidate.split(/[xe]/);
  const count = number.replace(/\D/g, '').length;
  return count >= fewest && count <= most && !DATE_LIKE.test(candidate);
}

function placeholder(found: Found): string {
  found('phone');
  return '[PHONE]';
}
