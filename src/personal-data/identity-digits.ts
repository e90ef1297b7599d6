import {
  isDay,
  passesLuhn,
  passesMod11And10,
  passesVerhoeff,
  remainder,
  weighted,
} from './check-digits.js';
import { CHECKED, SHAPED } from './detector.js';

/** A national number that is written in digits. */
export interface DigitIdentity {
  readonly name: string;
  /** Groups by length and sign: `3-2-4`. */
  readonly forms: readonly string[];
  /** Forms that other numbers have too, so that a word has to announce them. */
  readonly announcedForms?: readonly string[];
  readonly words: RegExp;
  readonly isValid: (digits: string) => boolean;
  /** How sure a number is that no word announces. */
  readonly certainty: number;
}

/** A check digit of one in ten or eleven, in a form that phone numbers have too. */
const BY_CHECK_DIGIT = CHECKED - 0.5;
/** Nothing else is written 3-2-4, not even where `my number` stands before it. */
const BY_HYPHENS = CHECKED + 0.5;

/** Rules as the issuing offices publish them; the words are what people call the number. */
export const DIGIT_IDENTITIES: readonly DigitIdentity[] = [
  {
    name: 'US social security and taxpayer numbers',
    forms: ['3-2-4'],
    announcedForms: ['9', '3 2 4'],
    words: /\b(?:ssn|social security|itin|tax(?:payer)? id)/i,
    isValid: (digits) => isSocialSecurity(digits) || isTaxpayer(digits),
    certainty: BY_HYPHENS,
  },
  {
    name: 'GB NHS number',
    forms: ['3 3 4', '3-3-4'],
    announcedForms: ['10'],
    words: /\bnhs\b/i,
    isValid: (digits: string): boolean => {
      const check = (11 - (weighted(digits, [10, 9, 8, 7, 6, 5, 4, 3, 2]) % 11)) % 11;
      return check === Number(digits[9]);
    },
    certainty: BY_CHECK_DIGIT,
  },
  {
    name: 'PL PESEL',
    forms: ['11'],
    words: /\bpesel\b/i,
    isValid: (digits: string): boolean => {
      const month = Number(digits.slice(2, 4)) % 20;
      const isDate = month >= 1 && month <= 12 && isDayNumber(digits.slice(4, 6));
      return isDate && weighted(digits, [1, 3, 7, 9, 1, 3, 7, 9, 1, 3, 1]) % 10 === 0;
    },
    certainty: BY_CHECK_DIGIT,
  },
  {
    name: 'DE tax number (Steuer-ID)',
    forms: ['2 3 3 3', '11'],
    words: /\b(?:steuer|tax|idnr|tin\b)/i,
    isValid: (digits) =>
      digits[0] !== '0' && repeatsOneDigit(digits.slice(0, 10)) && passesMod11And10(digits),
    certainty: BY_CHECK_DIGIT,
  },
  {
    name: 'FR social security number (NIR)',
    forms: ['15', '13 2', '1 2 2 2 3 3 2', '1-2-2-2-3-3-2'],
    words: /\b(?:nir|insee|s[ée]curit[ée] sociale|vitale)/i,
    isValid: (digits) =>
      /^[12]\d\d(?:0[1-9]|1[0-2]|[2-4]\d|[5-9]\d)/.test(digits) &&
      97 - remainder(digits.slice(0, 13), 97) === Number(digits.slice(13)),
    certainty: BY_CHECK_DIGIT,
  },
  {
    name: 'IN Aadhaar',
    forms: ['4 4 4', '4-4-4'],
    announcedForms: ['12'],
    words: /\b(?:aadhaar|aadhar|uid(?:ai)?)\b/i,
    isValid: (digits) => /^[2-9]/.test(digits) && passesVerhoeff(digits),
    certainty: BY_CHECK_DIGIT,
  },
  {
    name: 'AU tax file and Medicare numbers',
    forms: [],
    announcedForms: ['9', '8', '3 3 3', '10', '4 5 1', '4-5-1'],
    words: /\b(?:tfn|tax file|medicare)\b/i,
    isValid: (digits) => isTaxFile(digits) || isMedicare(digits),
    certainty: BY_CHECK_DIGIT,
  },
  {
    name: 'CA social insurance number',
    forms: ['3-3-3'],
    announcedForms: ['9', '3 3 3'],
    words: /\b(?:sin|social insurance|nas|assurance sociale)\b/i,
    isValid: (digits) => /^[1-79]/.test(digits) && passesLuhn(digits),
    certainty: BY_CHECK_DIGIT,
  },
  {
    name: 'BR CPF',
    forms: ['3.3.3-2'],
    announcedForms: ['11'],
    words: /\bcpf\b/i,
    isValid: (digits) => !/^(\d)\1*$/.test(digits) && isCpf(digits),
    certainty: BY_CHECK_DIGIT,
  },
  {
    name: 'CH AHV number',
    forms: ['3.4.4.2', '3 4 4 2'],
    announcedForms: ['13'],
    words: /\b(?:ahv|avs|sozialversicherung)/i,
    isValid: (digits) =>
      digits.startsWith('756') &&
      weighted(digits, [1, 3, 1, 3, 1, 3, 1, 3, 1, 3, 1, 3, 1]) % 10 === 0,
    certainty: BY_CHECK_DIGIT,
  },
  {
    name: 'BE national number',
    forms: ['2.2.2-3.2', '6-3-2', '6 3 2'],
    announcedForms: ['11'],
    words: /\b(?:rijksregister|registre national|national number|niss|insz)/i,
    isValid: (digits: string): boolean => {
      const isOf = (prefix: string): boolean =>
        97 - remainder(prefix + digits.slice(0, 9), 97) === Number(digits.slice(9));
      return isDay(digits, 'YMD') && (isOf('') || isOf('2'));
    },
    certainty: BY_CHECK_DIGIT,
  },
  {
    name: 'NL BSN',
    forms: [],
    announcedForms: ['9', '4.2.3', '3 3 3'],
    words: /\b(?:bsn|burgerservice|sofi)/i,
    isValid: (digits) => weighted(digits, [9, 8, 7, 6, 5, 4, 3, 2, -1]) % 11 === 0,
    certainty: BY_CHECK_DIGIT,
  },
  {
    name: 'SE personnummer',
    forms: ['6-4', '8-4'],
    announcedForms: ['10', '12'],
    words: /\bperson(?:al )?(?:nummer|number)/i,
    isValid: (digits) => isDay(digits.slice(-10), 'YMD') && passesLuhn(digits.slice(-10)),
    certainty: BY_CHECK_DIGIT,
  },
  {
    name: 'DK CPR number',
    forms: [],
    announcedForms: ['6-4', '6 4', '10'],
    words: /\bcpr\b/i,
    isValid: (digits) => isDay(digits, 'DMY'),
    certainty: SHAPED,
  },
  {
    name: 'NO birth number',
    forms: ['6 5'],
    announcedForms: ['11'],
    words: /\b(?:f[øo]dselsnummer|personnummer)/i,
    isValid: (digits) =>
      isDay(digits, 'DMY') &&
      weighted(digits, [3, 7, 6, 1, 8, 9, 4, 5, 2, 1]) % 11 === 0 &&
      weighted(digits, [5, 4, 3, 2, 7, 6, 5, 4, 3, 2, 1]) % 11 === 0,
    certainty: BY_CHECK_DIGIT,
  },
  {
    name: 'KR resident number',
    forms: ['6-7'],
    words: /주민|resident/i,
    isValid: (digits) =>
      isDay(digits, 'YMD') &&
      /^\d{6}[1-8]/.test(digits) &&
      (11 - (weighted(digits, [2, 3, 4, 5, 6, 7, 8, 9, 2, 3, 4, 5]) % 11)) % 10 ===
        Number(digits[12]),
    certainty: BY_CHECK_DIGIT,
  },
  {
    name: 'ZA identity number',
    forms: ['6 4 2 1', '6 4 3'],
    announcedForms: ['13'],
    words: /\b(?:id|identity)\b/i,
    isValid: (digits) => isDay(digits, 'YMD') && passesLuhn(digits),
    certainty: BY_CHECK_DIGIT,
  },
];

function isSocialSecurity(digits: string): boolean {
  return /^(?!000|666|9)\d{3}(?!00)\d\d(?!0000)\d{4}$/.test(digits);
}

function isTaxpayer(digits: string): boolean {
  return /^9\d\d(?:5\d|6[0-5]|7\d|8[0-8]|9[0-24-9])\d{4}$/.test(digits);
}

function isDayNumber(digits: string): boolean {
  return Number(digits) >= 1 && Number(digits) <= 31;
}

/** Of the first ten digits exactly one stands twice or three times. */
function repeatsOneDigit(digits: string): boolean {
  const counts = Array.from({ length: 10 }, (_, digit) => digits.split(String(digit)).length - 1);
  const repeated = counts.filter((count) => count > 1);
  return repeated.length === 1 && (repeated[0] ?? 0) <= 3;
}

function isTaxFile(digits: string): boolean {
  if (digits.length === 9) return weighted(digits, [1, 4, 3, 7, 5, 8, 6, 9, 10]) % 11 === 0;
  return digits.length === 8 && weighted(digits, [10, 7, 8, 4, 6, 3, 5, 1]) % 11 === 0;
}

function isMedicare(digits: string): boolean {
  const isInRange = digits.length === 10 && /^[2-6]/.test(digits);
  return isInRange && weighted(digits, [1, 3, 7, 9, 1, 3, 7, 9]) % 10 === Number(digits[8]);
}

function isCpf(digits: string): boolean {
  const check = (count: number): number => {
    const weights = Array.from({ length: count }, (_, place) => count + 1 - place);
    return ((weighted(digits, weights) * 10) % 11) % 10;
  };
  return check(9) === Number(digits[9]) && check(10) === Number(digits[10]);
}
