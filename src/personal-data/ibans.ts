import { passesIban } from './check-digits.js';
import { type Detector, UNMISTAKABLE } from './detector.js';
import { DIGIT, LETTER, isDigitAt, isOneOf, isWordAt } from './units.js';

const LETTERS = 26;
const [CAPITAL_A, SMALL_A] = [0x41, 0x61];
/** Lengths by country, as the IBAN registry (ISO 13616, SWIFT) has them. */
const LENGTHS: Uint8Array = lengthsByCountry(
  'AD24 AE23 AL28 AT20 AZ28 BA20 BE16 BG22 BH22 BI27 BR29 BY28 CH21 CR22 CY28 CZ24 DE22 DJ27 DK18 DO28 ' +
    'EE20 EG29 ES24 FI18 FK18 FO18 FR27 GB22 GE22 GI23 GL18 GR27 GT28 HN28 HR21 HU28 IE22 IL23 IQ23 IS26 ' +
    'IT27 JO30 KW30 KZ20 LB28 LC32 LI21 LT20 LU20 LV21 LY25 MC27 MD24 ME22 MK19 MN20 MR27 MT31 MU30 NI28 ' +
    'NL18 NO15 OM23 PK24 PL28 PS29 PT25 QA29 RO24 RS22 RU33 SA24 SC31 SD18 SE24 SI19 SK24 SM27 SO23 ST25 ' +
    'SV28 TL23 TN24 TR26 UA29 VA22 VG24 XK20 YE30',
);

/** Finds international bank account numbers by country, length and check digits, in one piece or by fours. */
export const ibans: Detector = {
  types: ['iban'],
  detect(text, { count, starts, kinds, hasCheckDigits }, found) {
    if (!hasCheckDigits) return;
    for (let index = 0; index < count; index += 1) {
      if (kinds[index] !== (DIGIT | LETTER)) continue;
      const start = starts[index] ?? 0;
      if (!beginsIban(text, start)) continue;
      const end = endOf(text, start, lengthAt(text, start));
      if (end !== -1) found('iban', start, end, UNMISTAKABLE);
    }
  },
};

/** Whether a country and two digits stand at a place, as account numbers begin. */
export function beginsIban(text: string, start: number): boolean {
  return isDigitAt(text, start + 2) && isDigitAt(text, start + 3) && lengthAt(text, start) > 0;
}

/** How long a number is whose country's code stands at a place; 0 where there is none. */
function lengthAt(text: string, start: number): number {
  const first = (text.charCodeAt(start) | 32) - SMALL_A;
  const second = (text.charCodeAt(start + 1) | 32) - SMALL_A;
  const isLetters = first >= 0 && first < LETTERS && second >= 0 && second < LETTERS;
  return isLetters ? (LENGTHS[first * LETTERS + second] ?? 0) : 0;
}

function lengthsByCountry(entries: string): Uint8Array {
  const lengths = new Uint8Array(LETTERS * LETTERS);
  for (const entry of entries.split(' ')) {
    const [first, second] = [entry.charCodeAt(0), entry.charCodeAt(1)];
    lengths[(first - CAPITAL_A) * LETTERS + second - CAPITAL_A] = Number(entry.slice(2));
  }
  return lengths;
}

function endOf(text: string, start: number, length: number): number {
  let compact = '';
  let at = start;
  for (; compact.length < length; at += 1) {
    const isGap =
      compact.length % 4 === 0 && compact.length > 0 && isOneOf(text, at, ' -\u00a0\u202f');
    if (isGap) continue;
    const character = text.charAt(at);
    if (!/[A-Za-z0-9]/.test(character)) return -1;
    compact += character;
  }
  if (isWordAt(text, at) || !/^[A-Za-z]{2}\d\d/.test(compact)) return -1;
  return passesIban(compact) ? at : -1;
}
