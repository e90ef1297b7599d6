/** What a UTF-16 unit (or the code point of a surrogate pair) is to the word splitter. */
export const OTHER = 1;
export const LETTER = 2;
export const DIGIT = 3;
/** A character of a script that is written without spaces: a word of its own. */
export const SOLO = 4;
/** A combining mark: part of the character before it. */
export const MARK = 5;

const LETTERS = /[\p{L}\p{N}_]/u;
const MARKS = /\p{M}/u;
const DIGITS = /\p{Nd}/u;
const UNSPACED =
  /[\p{scx=Han}\p{scx=Hiragana}\p{scx=Katakana}\p{scx=Thai}\p{scx=Lao}\p{scx=Khmer}\p{scx=Myanmar}\p{scx=Tibetan}]/u;
const WHITE_SPACE = /[\s\p{Cc}]/u;

/** First code points of the decimal digits of living scripts; each is followed by its nine others. */
const DIGIT_ZEROS = [
  0x30, 0x660, 0x6f0, 0x7c0, 0x966, 0x9e6, 0xa66, 0xae6, 0xb66, 0xbe6, 0xc66, 0xce6, 0xd66, 0xde6,
  0xe50, 0xed0, 0xf20, 0x1040, 0x1090, 0x17e0, 0x1810, 0x1946, 0x19d0, 0x1a80, 0x1a90, 0x1b50,
  0x1bb0, 0x1c40, 0x1c50, 0xa620, 0xa8d0, 0xa900, 0xa9d0, 0xa9f0, 0xaa50, 0xabf0,
] as const;

const CLASSES = new Uint8Array(0x10000);
for (let code = 0; code < 128; code += 1) CLASSES[code] = classify(code);

/** The class of a code point; of the Basic Multilingual Plane each is looked up once. */
export function classOf(code: number): number {
  if (code > 0xffff) return classify(code);
  const known = CLASSES[code] ?? 0;
  if (known !== 0) return known;
  const found = classify(code);
  CLASSES[code] = found;
  return found;
}

function classify(code: number): number {
  const character = String.fromCodePoint(code);
  if (MARKS.test(character)) return MARK;
  if (!LETTERS.test(character)) return OTHER;
  if (UNSPACED.test(character) && !DIGITS.test(character)) return SOLO;
  return DIGITS.test(character) && digitValue(code) >= 0 ? DIGIT : LETTER;
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
  return code >= 0x80 && WHITE_SPACE.test(String.fromCharCode(code));
}
