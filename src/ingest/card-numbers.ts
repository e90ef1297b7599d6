import type { Found } from './found.js';

/** Digits as cards print them: in one piece, by fours, or 4-6-5 and 4-6-4. */
const CANDIDATE =
  /(?<![\p{L}\d]|\d[.,-])(?:\d{13,19}|\d{4}([ -])\d{4}\1\d{4}\1\d{1,4}(?:\1\d{1,3})?|\d{4}([ -])\d{6}\2\d{4,5})(?![\p{L}\d]|[.,-]\d)/gu;

/** First digits and lengths of issuers (ISO/IEC 7812; as the issuers publish them). */
const ISSUERS: readonly { readonly prefix: RegExp; readonly lengths: readonly number[] }[] = [
  { prefix: /^4/, lengths: [13, 16, 19] },
  { prefix: /^(?:5[1-5]|222[1-9]|22[3-9]|2[3-6]|27[01]|2720)/, lengths: [16] },
  { prefix: /^3[47]/, lengths: [15] },
  { prefix: /^3(?:0[0-5]|095|[689])/, lengths: [14, 16] },
  { prefix: /^6(?:011|4[4-9]|5|2)/, lengths: [16, 17, 18, 19] },
  { prefix: /^35/, lengths: [16] },
  { prefix: /^(?:2131|1800)/, lengths: [15] },
  { prefix: /^(?:50|5[6-9]|6)/, lengths: [13, 14, 15, 16, 17, 18, 19] },
];

/** Replaces payment card numbers by `[CARD]`. */
export function redactCards(text: string, found: Found): string {
  return text.replace(CANDIDATE, (candidate: string) => {
    if (!isCardNumber(candidate.replace(/\D/g, ''))) return candidate;
    found('card');
    return '[CARD]';
  });
}

function isCardNumber(digits: string): boolean {
  const isIssued = ISSUERS.some(
    ({ prefix, lengths }) => lengths.includes(digits.length) && prefix.test(digits),
  );
  return isIssued && passesLuhn(digits);
}

/** ISO/IEC 7812-1 annex B: every second digit from the right is doubled, the sum ends in 0. */
function passesLuhn(digits: string): boolean {
  let sum = 0;
  for (let place = 0; place < digits.length; place += 1) {
    const digit = Number(digits[digits.length - 1 - place]);
    const doubled = place % 2 === 1 ? digit * 2 : digit;
    sum += doubled > 9 ? doubled - 9 : doubled;
  }
  return sum % 10 === 0;
}
