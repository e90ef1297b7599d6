import { PERSONAL_DATA_TYPES, type PersonalDataType } from '../domain/personal-data.js';

const CAPITALS = Object.fromEntries(
  PERSONAL_DATA_TYPES.map((type) => [type, type.toUpperCase()]),
) as Readonly<Record<PersonalDataType, string>>;
const NAMES = Object.values(CAPITALS).join('|');
/** Numbers have nine digits at most, so that they stay numbers. */
const PLACEHOLDER = new RegExp(String.raw`\[(${NAMES})(?:_(\d{1,9}))?\]`, 'y');

export interface Placeholder {
  readonly type: PersonalDataType;
  /** 0 where it has none. */
  readonly number: number;
  readonly end: number;
}

/** What stands in the place of a value. */
export function placeholderOf(type: PersonalDataType, number: number): string {
  return `[${CAPITALS[type]}_${number}]`;
}

/** The placeholder that begins at a place, or `null`. */
export function placeholderAt(text: string, start: number): Placeholder | null {
  PLACEHOLDER.lastIndex = start;
  const match = PLACEHOLDER.exec(text);
  if (match === null) return null;
  const type = PERSONAL_DATA_TYPES.find((each) => each.toUpperCase() === match[1]);
  if (type === undefined) return null;
  return { type, number: Number(match[2] ?? 0), end: PLACEHOLDER.lastIndex };
}

/** Where the placeholder ends that begins at a place, or -1. */
export function placeholderEnd(text: string, start: number): number {
  const next = text.charCodeAt(start + 1);
  if (next < 0x41 || next > 0x5a) return -1;
  return placeholderAt(text, start)?.end ?? -1;
}
