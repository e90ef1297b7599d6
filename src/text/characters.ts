import { WORD_CLASS_RANGES } from './word-class-data.js';

/** What a character is to the word splitter. The first three make words; those from 8 on only join them. */
export const OTHER = 0;
export const LETTER = 1;
export const DIGIT = 2;
/** Joins whatever stands beside it: `_`. */
export const CONNECTOR = 4;
/** Joins two letters: `:`. A point and an apostrophe have both bits. */
export const BETWEEN_LETTERS = 8;
/** Joins two digits: `,`. */
export const BETWEEN_DIGITS = 16;
export const BETWEEN_BOTH = BETWEEN_LETTERS | BETWEEN_DIGITS;
/** A combining mark: part of what it stands on. */
export const MARK = 32;
/** A letter or number of a script that is written without spaces: a word of its own. */
export const SOLO = 64;

const WHITE_SPACE = /[\s\p{Cc}]/u;

/** First code points of the decimal digits of living scripts; each is followed by its nine others. */
const DIGIT_ZEROS = [
  0x30, 0x660, 0x6f0, 0x7c0, 0x966, 0x9e6, 0xa66, 0xae6, 0xb66, 0xbe6, 0xc66, 0xce6, 0xd66, 0xde6,
  0xe50, 0xed0, 0xf20, 0x1040, 0x1090, 0x17e0, 0x1810, 0x1946, 0x19d0, 0x1a80, 0x1a90, 0x1b50,
  0x1bb0, 0x1c40, 0x1c50, 0xa620, 0xa8d0, 0xa900, 0xa9d0, 0xa9f0, 0xaa50, 0xabf0,
] as const;

/** Counted among the digits by Word_Break. */
const ARABIC_DECIMAL_SEPARATOR = 0x66b;

/** The classes of the ASCII characters, by UAX #29's property Word_Break. */
export const ASCII_CLASSES: Uint8Array = asciiClasses();

function asciiClasses(): Uint8Array {
  const classes = new Uint8Array(128);
  classes.fill(LETTER, 0x41, 0x5b).fill(LETTER, 0x61, 0x7b).fill(DIGIT, 0x30, 0x3a);
  const others: readonly (readonly [string, number])[] = [
    ['_', CONNECTOR],
    [':', BETWEEN_LETTERS],
    [',;', BETWEEN_DIGITS],
    [".'", BETWEEN_BOTH],
  ];
  for (const [characters, kind] of others) {
    for (const character of characters) classes[character.charCodeAt(0)] = kind;
  }
  return classes;
}

/** The ASCII characters as they are compared: lower case, and the grave accent as an apostrophe. */
export const ASCII_FOLDS: Uint8Array = Uint8Array.from({ length: 128 }, (_, code) =>
  code >= 0x41 && code <= 0x5a ? code | 0x20 : code === 0x60 ? 0x27 : code,
);

let allClasses: Uint8Array | null = null;

/** The class of a code point. The table of all is made when the first one above ASCII is asked for. */
export function classOf(code: number): number {
  if (code < 128) return ASCII_CLASSES[code] ?? OTHER;
  allClasses ??= decodeClasses();
  return allClasses[code] ?? OTHER;
}

function decodeClasses(): Uint8Array {
  const classes = new Uint8Array(0x110000);
  const { letter, digit, connector, mark, solo } = WORD_CLASS_RANGES;
  const { betweenLetters, betweenDigits, betweenBoth } = WORD_CLASS_RANGES;
  for (const [ranges, kind] of [
    [letter, LETTER],
    [digit, DIGIT],
    [connector, CONNECTOR],
    [mark, MARK],
    [betweenLetters, BETWEEN_LETTERS],
    [betweenDigits, BETWEEN_DIGITS],
    [betweenBoth, BETWEEN_BOTH],
    [solo, SOLO],
  ] as const) {
    const numbers = ranges.split(' ').map((text) => Number.parseInt(text, 36));
    let code = 128;
    for (let pair = 0; pair < numbers.length; pair += 2) {
      const start = code + (numbers[pair] ?? 0);
      code = start + (numbers[pair + 1] ?? 0);
      classes.fill(kind, start, code);
    }
  }
  // Digits that can't be read as numbers are compared as they are written.
  for (let code = 128; code < classes.length; code += 1) {
    if (classes[code] === DIGIT && (code > 0xffff || digitValue(code) < 0)) classes[code] = LETTER;
  }
  classes[ARABIC_DECIMAL_SEPARATOR] = BETWEEN_DIGITS;
  return classes;
}

/** 0 to 9, or -1 for what is no decimal digit. `digitValue('٣'.charCodeAt(0))` is 3. */
export function digitValue(code: number): number {
  if (code >= 0x30 && code <= 0x39) return code - 0x30;
  if (code < 0x660) return -1;
  const zero = DIGIT_ZEROS.find((first) => code >= first && code < first + 10);
  return zero === undefined ? -1 : code - zero;
}

/** Whether a unit separates words and is written as one space: white space and control characters. */
export function isSpace(code: number): boolean {
  if (code <= 0x20 || code === 0x7f) return true;
  // Where most letters are, there is none.
  if (code < 0x80 || (code > 0xa0 && code < 0x1680) || (code > 0x3000 && code < 0xfeff))
    return false;
  return WHITE_SPACE.test(String.fromCharCode(code));
}
