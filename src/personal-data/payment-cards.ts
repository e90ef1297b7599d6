import { passesLuhn } from './check-digits.js';

interface Issuer {
  readonly prefix: RegExp;
  readonly lengths: readonly number[];
}

/** First digits and lengths of issuers (ISO/IEC 7812; as the issuers publish them). */
const ISSUERS: readonly Issuer[] = [
  { prefix: /^4/, lengths: [13, 16, 19] },
  { prefix: /^(?:5[1-5]|222[1-9]|22[3-9]|2[3-6]|27[01]|2720)/, lengths: [16] },
  { prefix: /^3[47]/, lengths: [15] },
  { prefix: /^3(?:0[0-5]|095|[689])/, lengths: [14, 16, 19] },
  { prefix: /^(?:6011|64[4-9]|65|62|81)/, lengths: [16, 17, 18, 19] },
  { prefix: /^35/, lengths: [16, 17, 18, 19] },
  { prefix: /^(?:2131|1800)/, lengths: [15] },
  { prefix: /^220[0-4]/, lengths: [16, 17, 18, 19] },
  { prefix: /^(?:50|5[6-9]|6)/, lengths: [13, 14, 15, 16, 17, 18, 19] },
  // Maestro's oldest; twelve digits are those of article numbers too.
  { prefix: /^(?:5018|5020|5038|5[6-8]|6304|6390|6759|676[1-3]|0604)/, lengths: [12] },
];

/** Digits as cards print them: in one piece, by fours, or 4-6-5 and 4-6-4. */
const GROUPS = ['4 4 4 4', '4 4 4 4 1', '4 4 4 4 2', '4 4 4 4 3', '4 6 5', '4 6 4'];
export const CARD_FORMS: readonly string[] = [
  ...Array.from({ length: 8 }, (_, index) => String(12 + index)),
  ...GROUPS,
  ...GROUPS.map((form) => form.replaceAll(' ', '-')),
];

/** Whether digits are those of a payment card by issuer, length and Luhn's check digit. */
export function isCardNumber(digits: string): boolean {
  const isIssued = ISSUERS.some(
    ({ prefix, lengths }) => lengths.includes(digits.length) && prefix.test(digits),
  );
  return isIssued && passesLuhn(digits);
}
