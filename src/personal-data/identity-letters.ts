import { isDay, remainder, valueOf, weighted } from './check-digits.js';

/** A national number with letters in it. */
export interface LetterIdentity {
  readonly name: string;
  /** Matches where the word with its first digit begins, or one word before it. */
  readonly form: RegExp;
  /** What the number begins with: a word of letters alone stands before the first digit. */
  readonly hasLeadingWord?: boolean;
  /** How long the word with its first digit may be, and whether that is of digits alone. */
  readonly words: readonly { readonly length: number; readonly isDigits: boolean }[];
  readonly isValid: (compact: string) => boolean;
}

const mixed = (length: number): LetterIdentity['words'][number] => ({ length, isDigits: false });
const digits = (length: number): LetterIdentity['words'][number] => ({ length, isDigits: true });

const SPANISH = 'TRWAGMYFPDXBNJZSQVHLCKE';
const SINGAPORE = { ST: 'JZIHGFEDCBA', FG: 'XWUTRQPNMLK', M: 'KLJNPQRTUWX' } as const;
/** Values of characters in odd places (Decreto 23/12/1976). */
const ITALIAN_ODD = [
  1, 0, 5, 7, 9, 13, 15, 17, 19, 21, 2, 4, 18, 20, 11, 3, 6, 8, 12, 14, 16, 10, 22, 25, 24, 23,
];
const FINNISH = '0123456789ABCDEFHJKLMNPRSTUVWXY';

/** Rules as the issuing offices publish them. */
export const LETTER_IDENTITIES: readonly LetterIdentity[] = [
  {
    name: 'GB national insurance number',
    words: [mixed(9), digits(2)],
    form: /(?!BG|GB|NK|KN|TN|NT|ZZ)[A-CEGHJ-PR-TW-Z][A-CEGHJ-NPR-TW-Z]( ?)\d\d\1\d\d\1\d\d\1[A-D]/y,
    hasLeadingWord: true,
    isValid: () => true,
  },
  {
    name: 'ES NIF and NIE',
    words: [mixed(9), digits(8), digits(7)],
    form: /(?:\d{8}|[XYZ]-?\d{7})[- ]?[A-HJ-NP-TV-Z]/y,
    hasLeadingWord: true,
    isValid: (compact: string): boolean => {
      const number = compact
        .slice(0, -1)
        .replace(/^[XYZ]/, (letter) => String('XYZ'.indexOf(letter)));
      return SPANISH[Number(number) % 23] === compact.at(-1);
    },
  },
  {
    name: 'IT codice fiscale',
    words: [mixed(16)],
    form: /[A-Za-z]{6}[\dL-NP-Vl-np-v]{2}[A-EHLMPR-Ta-ehlmpr-t][\dL-NP-Vl-np-v]{2}[A-Za-z][\dL-NP-Vl-np-v]{3}[A-Za-z]/y,
    isValid: (compact: string): boolean => {
      let sum = 0;
      for (let place = 0; place < 15; place += 1) {
        const value = valueOf(compact.charAt(place));
        const index = value > 9 ? value - 10 : value;
        sum += place % 2 === 0 ? (ITALIAN_ODD[index] ?? 0) : index;
      }
      return valueOf(compact.charAt(15)) - 10 === sum % 26;
    },
  },
  {
    name: 'DE social insurance number',
    words: [mixed(12), digits(2)],
    form: /\d\d ?\d{6} ?[A-Z] ?\d{3}/y,
    isValid: (compact: string): boolean => {
      const letter = String(valueOf(compact.charAt(8)) - 9).padStart(2, '0');
      const number = compact.slice(0, 8) + letter + compact.slice(9, 11);
      const weights = [2, 1, 2, 5, 7, 1, 2, 1, 2, 1, 2, 1];
      const sum = weights.reduce((total, weight, place) => {
        const product = weight * Number(number[place]);
        return total + (product % 10) + Math.floor(product / 10);
      }, 0);
      return sum % 10 === Number(compact[11]) && isDay(compact.slice(2, 8), 'DMY');
    },
  },
  {
    name: 'IN permanent account number (PAN)',
    words: [mixed(10)],
    form: /[A-Z]{3}[ABCFGHJLPT][A-Z]\d{4}[A-Z]/y,
    isValid: (compact) => !compact.slice(5, 9).startsWith('0000'),
  },
  {
    name: 'SG NRIC and FIN',
    words: [mixed(9)],
    form: /[STFGM]\d{7}[A-Z]/y,
    isValid: (compact: string): boolean => {
      const first = compact.charAt(0);
      const offset = first === 'T' || first === 'G' ? 4 : first === 'M' ? 3 : 0;
      const rest = (weighted(compact.slice(1), [2, 7, 6, 5, 4, 3, 2]) + offset) % 11;
      const letters =
        first === 'M' ? SINGAPORE.M : 'ST'.includes(first) ? SINGAPORE.ST : SINGAPORE.FG;
      return letters[first === 'M' ? 10 - rest : rest] === compact.at(-1);
    },
  },
  {
    name: 'FI personal identity code',
    words: [mixed(11), digits(6)],
    form: /\d{6}[-+A-FU-Y]\d{3}[0-9A-FHJ-NPR-Y]/y,
    isValid: (compact: string): boolean => {
      const number = Number(compact.slice(0, 6) + compact.slice(-4, -1));
      return isDay(compact, 'DMY') && FINNISH[number % 31] === compact.at(-1);
    },
  },
  {
    name: 'IE PPS number',
    words: [mixed(8), mixed(9)],
    form: /\d{7}[A-W][A-IW]?/y,
    isValid: (compact: string): boolean => {
      const second = compact.charAt(8);
      const extra = second === '' || second === 'W' ? 0 : (valueOf(second) - 9) * 9;
      const rest = (weighted(compact, [8, 7, 6, 5, 4, 3, 2]) + extra) % 23;
      return 'WABCDEFGHIJKLMNOPQRSTUV'[rest] === compact.charAt(7);
    },
  },
  {
    name: 'FR social security number of Corsica',
    words: [mixed(15)],
    form: /[12]\d\d(?:0[1-9]|1[0-2])2[AB]\d{8}/y,
    isValid: (compact: string): boolean => {
      const offset = compact.charAt(6) === 'A' ? 19 : 18;
      const number = compact.slice(0, 5) + String(offset) + compact.slice(7, 13);
      return 97 - remainder(number, 97) === Number(compact.slice(13));
    },
  },
  {
    name: 'MX CURP',
    words: [mixed(18)],
    form: /[A-Z][AEIOUX][A-Z]{2}\d{6}[HMX][A-Z]{2}[B-DF-HJ-NP-TV-Z]{3}[0-9A-Z]\d/y,
    isValid: (compact: string): boolean => {
      const values = '0123456789ABCDEFGHIJKLMNÑOPQRSTUVWXYZ';
      let sum = 0;
      for (let place = 0; place < 17; place += 1) {
        sum += values.indexOf(compact.charAt(place)) * (18 - place);
      }
      return isDay(compact.slice(4), 'YMD') && (10 - (sum % 10)) % 10 === Number(compact[17]);
    },
  },
  {
    name: 'CN resident identity number',
    words: [mixed(18), digits(18)],
    form: /[1-9]\d{5}(?:19|20)\d{9}[\dX]/y,
    isValid: (compact: string): boolean => {
      const weights = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
      const isCalendar = isDay(compact.slice(8), 'YMD');
      return isCalendar && '10X98765432'[weighted(compact, weights) % 11] === compact[17];
    },
  },
];
