/** Texts in which nothing is found, as many as there is room for. */
export interface CleanTexts {
  has(text: string): boolean;
  add(text: string): void;
}

const PLACES = 512;
/** A longer text is hardly ever there twice, and a system prompt is no longer. */
const LONGEST_TEXT = 16_384;

/**
 * Remembers texts by their place, the last one at each: system prompts, models and labels are in every record. A text
 * that is new costs four of its units.
 */
export function createCleanTexts(): CleanTexts {
  const texts = Array.from({ length: PLACES }, (): string | null => null);
  return {
    has: (text) => texts[placeOf(text)] === text,
    add(text) {
      if (text.length <= LONGEST_TEXT) texts[placeOf(text)] = text;
    },
  };
}

function placeOf(text: string): number {
  const { length } = text;
  if (length === 0) return 0;
  const middle = text.charCodeAt(length >> 1);
  const sum = text.charCodeAt(0) * 31 + middle * 17 + text.charCodeAt(length - 1);
  return (sum * 7 + length) % PLACES;
}
