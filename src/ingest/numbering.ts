import type { PersonalDataType } from '../domain/personal-data.js';
import { placeholderAt } from '../personal-data/placeholders.js';

/** Numbers the values of one conversation, type by type. Values are held for as long as it is, and no longer. */
export interface Numbering {
  /** Takes note of the placeholders that a text has already: their numbers are no new value's. */
  passOver(text: string): void;
  /** The number of a value, the same for every way of writing it. */
  numberOf(type: PersonalDataType, value: string): number;
}

export function createNumbering(): Numbering {
  let numbers: Map<string, number> | null = null;
  let highest: Map<PersonalDataType, number> | null = null;
  return {
    passOver(text) {
      for (let at = text.indexOf('['); at !== -1; at = text.indexOf('[', at + 1)) {
        const placeholder = placeholderAt(text, at);
        if (placeholder === null) continue;
        const { type, number } = placeholder;
        highest ??= new Map();
        highest.set(type, Math.max(number, highest.get(type) ?? 0));
      }
    },
    numberOf(type, value) {
      const key = `${type} ${bare(type, value)}`;
      numbers ??= new Map();
      highest ??= new Map();
      const known = numbers.get(key);
      if (known !== undefined) return known;
      const number = (highest.get(type) ?? 0) + 1;
      highest.set(type, number);
      numbers.set(key, number);
      return number;
    },
  };
}

/** A value without what may be written otherwise: case, spaces, hyphens. */
function bare(type: PersonalDataType, value: string): string {
  switch (type) {
    case 'email':
      return value.replace('%40', '@').toLowerCase();
    case 'phone':
    case 'card':
    case 'iban':
    case 'identity':
    case 'mac':
      return value.replace(/[^\p{L}\p{N}]/gu, '').toLowerCase();
    default:
      return value;
  }
}
