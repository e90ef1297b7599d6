import { passesIban } from './check-digits.js';
import { type Detector, UNMISTAKABLE } from './detector.js';
import { DIGIT, LETTER, isDigitAt, isOneOf, isWordAt } from './units.js';

/** Lengths by country, as the IBAN registry (ISO 13616, SWIFT) has them. */
const LENGTHS: Readonly<Record<string, number>> = Object.fromEntries(
  (
    'AD24 AE23 AL28 AT20 AZ28 BA20 BE16 BG22 BH22 BI27 BR29 BY28 CH21 CR22 CY28 CZ24 DE22 DJ27 DK18 DO28 ' +
    'EE20 EG29 ES24 FI18 FK18 FO18 FR27 GB22 GE22 GI23 GL18 GR27 GT28 HN28 HR21 HU28 IE22 IL23 IQ23 IS26 ' +
    'IT27 JO30 KW30 KZ20 LB28 LC32 LI21 LT20 LU20 LV21 LY25 MC27 MD24 ME22 MK19 MN20 MR27 MT31 MU30 NI28 ' +
    'NL18 NO15 OM23 PK24 PL28 PS29 PT25 QA29 RO24 RS22 RU33 SA24 SC31 SD18 SE24 SI19 SK24 SM27 SO23 ST25 ' +
    'SV28 TL23 TN24 TR26 UA29 VA22 VG24 XK20 YE30'
  )
    .split(' ')
    .map((entry) => [entry.slice(0, 2), Number(entry.slice(2))]),
);

/** Finds international bank account numbers by country, length and check digits, in one piece or by fours. */
export const ibans: Detector = {
  types: ['iban'],
  detect(text, { count, starts, kinds }, found) {
    for (let index = 0; index < count; index += 1) {
      const start = starts[index] ?? 0;
      if (kinds[index] !== (DIGIT | LETTER)) continue;
      const length = LENGTHS[text.slice(start, start + 2).toUpperCase()];
      const end = length === undefined ? -1 : endOf(text, start, length);
      if (end !== -1) found('iban', start, end, UNMISTAKABLE);
    }
  },
};

/** Whether a country and two digits stand at a place, as account numbers begin. */
export function beginsIban(text: string, start: number): boolean {
  const isNumbered = isDigitAt(text, start + 2) && isDigitAt(text, start + 3);
  return isNumbered && LENGTHS[text.slice(start, start + 2).toUpperCase()] !== undefined;
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
