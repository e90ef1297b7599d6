import { ASCII_CLASSES, MARK, OTHER, classOf } from './characters.js';

/** A folded text: bytes where it is ASCII, else UTF-16. Behind its end zeros follow. */
export type Units = Uint8Array | Uint16Array;

/** The class at `index`; a lone surrogate is no letter. */
export function classAt(units: Units, index: number): number {
  const unit = units[index] ?? 0;
  if (unit < 128) return ASCII_CLASSES[unit] ?? OTHER;
  if (unit < 0xd800 || unit > 0xdfff) return classOf(unit);
  return unitsAt(units, index) === 2 ? classOf(codeAt(units, index)) : OTHER;
}

export function codeAt(units: Units, index: number): number {
  return ((units[index] ?? 0) - 0xd800) * 0x400 + ((units[index + 1] ?? 0) - 0xdc00) + 0x10000;
}

export function unitsAt(units: Units, index: number): number {
  const unit = units[index] ?? 0;
  const low = units[index + 1] ?? 0;
  return unit >= 0xd800 && unit <= 0xdbff && low >= 0xdc00 && low <= 0xdfff ? 2 : 1;
}

export function marksEnd(units: Units, from: number, length: number): number {
  let end = from;
  while (end < length && classAt(units, end) === MARK) end += unitsAt(units, end);
  return end;
}
