import { FUNCTION_WORDS } from '../../src/contamination/rephrase/function-words.js';
import { hashString, lowLane, mix32 } from '../../src/text/hash.js';

const FUNCTION = new Set(FUNCTION_WORDS);

/**
 * A text as a rule rewords it: its sentences in the opposite order, and of its telling words (no numbers, no
 * function words) about a share `replaced` exchanged for words that no text has, the same for the same word. To
 * what works on words a synonym is just that: another word.
 */
export function rewordedByRule(text: string, replaced: number): string {
  const sentences = text.split(/(?<=[.?!])\s+/u).reverse();
  return sentences.join(' ').replace(/\p{L}[\p{L}'’]*/gu, (word) => {
    const lower = word.toLowerCase();
    const draw = mix32(lowLane(hashString(lower)));
    if (FUNCTION.has(lower) || draw / 2 ** 32 >= replaced) return word;
    const letters = draw.toString(36).replace(/\d/gu, 'q');
    return `${word.charAt(0) === lower.charAt(0) ? 'z' : 'Z'}${letters}x`;
  });
}
