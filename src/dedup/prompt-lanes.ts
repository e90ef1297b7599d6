import type { ShinglePolicy } from '../domain/shingle.js';
import type { Shingler, Shingles } from '../text/shingler.js';

/** What decides which prompts are near. */
export interface NearPolicy {
  readonly shingle: ShinglePolicy;
  /** Exact Jaccard from which two prompts are near, above 0, at most 1. */
  readonly threshold: number;
}

/** Texts of fewer words are compared by runs of five characters: a single edit would leave no run of words. */
export const SHORT_TEXT_WORDS = 12;
export const SHORT_TEXT_SHINGLE: ShinglePolicy = { unit: 'chars', size: 5 };

/**
 * Two texts are compared in the main lane, by the policy's shingles, or, where that unit is words and one of the two
 * is short, in the short lane, by runs of five characters.
 */
export type Lane = 'main' | 'short';

export interface PromptLanes {
  /** Whether a text of so many words is compared in the short lane alone. */
  isShort(words: number): boolean;
  /** Whether a text of so many words can be near a short one. */
  meetsShort(words: number): boolean;
  /** The shingles of the text that the shingler has just read. */
  shingles(shingler: Shingler, lane: Lane): Shingles;
}

export function promptLanes({ shingle, threshold }: NearPolicy): PromptLanes {
  const { unit, size } = shingle;
  const shortBelow = unit === 'chars' ? 0 : Math.max(SHORT_TEXT_WORDS, size);
  // A text of twice as many words as the threshold allows can't be near a short one.
  const partnerBelow = Math.ceil(shortBelow / threshold) * 2;
  return {
    isShort: (words) => words < shortBelow,
    meetsShort: (words) => words < partnerBelow,
    shingles(shingler, lane) {
      if (lane === 'short') return shingler.characters(SHORT_TEXT_SHINGLE.size);
      return unit === 'chars' ? shingler.characters(size) : shingler.words(size);
    },
  };
}
