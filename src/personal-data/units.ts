/** A digit of ASCII. */
export const DIGIT = 1;
/** A letter, a mark on one, or an underscore, of a script that puts spaces between words. */
export const LETTER = 2;
export const WORD = DIGIT | LETTER;

/** Where scripts without spaces begin (U+2E80, CJK radicals): what stands beside them is not joined to them. */
const SPACELESS = 0x2e80;

/** The class of every UTF-16 unit. */
export const UNIT_CLASSES: Uint8Array = createClasses();

function createClasses(): Uint8Array {
  const classes = new Uint8Array(0x1_0000);
  for (let unit = 0; unit < SPACELESS; unit += 1) {
    if (/[\p{L}\p{M}_]/u.test(String.fromCharCode(unit))) classes[unit] = LETTER;
  }
  for (let unit = 0x30; unit <= 0x39; unit += 1) classes[unit] = DIGIT;
  return classes;
}

/** UTF-16 units, by which of them are in it: 1 where one is. */
export type UnitSet = Uint8Array;

/** The set of some units. */
export function unitSet(units: string): UnitSet {
  const set = new Uint8Array(0x1_0000);
  for (let at = 0; at < units.length; at += 1) set[units.charCodeAt(at)] = 1;
  return set;
}

/** Whether the unit at a place is in a set; none is beyond the ends. */
export function isIn(text: string, at: number, set: UnitSet): boolean {
  return at >= 0 && at < text.length && set[text.charCodeAt(at)] === 1;
}

/** The class of the unit at a place; 0 beyond the ends. */
export function classAt(text: string, at: number): number {
  return at < 0 || at >= text.length ? 0 : (UNIT_CLASSES[text.charCodeAt(at)] ?? 0);
}

export function isDigitAt(text: string, at: number): boolean {
  return classAt(text, at) === DIGIT;
}

export function isWordAt(text: string, at: number): boolean {
  return (classAt(text, at) & WORD) !== 0;
}

export function isHexUnit(unit: number): boolean {
  return (unit >= 48 && unit <= 57) || ((unit | 32) >= 97 && (unit | 32) <= 102);
}

/** Whether a number may begin: no letter or digit before it, and no longer number that it is the end of. */
export function beginsNumber(text: string, start: number): boolean {
  if (isWordAt(text, start - 1)) return false;
  return !(isOneOf(text, start - 1, '.,-') && isDigitAt(text, start - 2));
}

/** Whether a number may end: no letter or digit after it, and no longer number that it is the beginning of. */
export function endsNumber(text: string, end: number): boolean {
  if (isWordAt(text, end)) return false;
  return !(isOneOf(text, end, '.,-') && isDigitAt(text, end + 1));
}

export function isOneOf(text: string, at: number, units: string): boolean {
  return at >= 0 && at < text.length && units.includes(text.charAt(at));
}

/** How far words that announce something are looked for, in units. */
const REACH = 40;

/** What stands before a place, as far as it is looked at. */
export function before(text: string, start: number, reach: number = REACH): string {
  return text.slice(Math.max(0, start - reach), start);
}
