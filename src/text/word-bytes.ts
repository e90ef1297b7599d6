import {
  ASCII_CLASSES,
  BETWEEN_DIGITS,
  BETWEEN_LETTERS,
  CONNECTOR,
  DIGIT,
  LETTER,
} from './characters.js';
import { type Units, classAt, codeAt, unitsAt } from './units.js';

/** Writes the UTF-8 of a word without what only joins its parts. Lone surrogates take three bytes. */
export function writeBytes(units: Units, start: number, end: number, bytes: Uint8Array): number {
  let length = 0;
  for (let at = start; at < end; at += unitsAt(units, at)) {
    const unit = units[at] ?? 0;
    if (unit < 128) {
      if (((ASCII_CLASSES[unit] ?? 0) & (LETTER | DIGIT | CONNECTOR)) !== 0) bytes[length++] = unit;
      continue;
    }
    if ((classAt(units, at) & (BETWEEN_LETTERS | BETWEEN_DIGITS)) !== 0) continue;
    length = writeCode(unitsAt(units, at) === 2 ? codeAt(units, at) : unit, bytes, length);
  }
  return length;
}

function writeCode(code: number, bytes: Uint8Array, at: number): number {
  let length = at;
  if (code < 0x800) bytes[length++] = 0xc0 | (code >> 6);
  else {
    if (code < 0x10000) bytes[length++] = 0xe0 | (code >> 12);
    else {
      bytes[length++] = 0xf0 | (code >> 18);
      bytes[length++] = 0x80 | ((code >> 12) & 0x3f);
    }
    bytes[length++] = 0x80 | ((code >> 6) & 0x3f);
  }
  bytes[length++] = 0x80 | (code & 0x3f);
  return length;
}
