import { WORD, type Words } from '../text/words.js';

const UPPER = /^\p{Lu}/u;
const LETTER = /^\p{L}/u;
/** What may stand between the end of a sentence and its first word. */
const OPENERS = /[\s"'“”‘’«»([{*_#>-]/u;
const SENTENCE_ENDS = /[.!?:;…。！？\n]/u;
/** In titles and shouting, capitals say nothing. */
const LARGEST_CAPITAL_SHARE = 0.6;
const I_FORMS = new Set(['i', "i'm", "i'd", "i'll", "i've"]);

/**
 * Marks the words that are names by their capital: not at the beginning of a sentence, or there too where
 * the same word stands capitalised inside one. One flag per word. A text that is mostly capitals, or
 * whose script has none, has no names.
 */
export function nameFlags(raw: string, words: Words): Uint8Array {
  const known = KNOWN.get(words);
  if (known !== undefined) return known;
  const flags = findNames(raw, words);
  KNOWN.set(words, flags);
  return flags;
}

/** A text is compared with many samples, one after the other. */
const KNOWN = new WeakMap<Words, Uint8Array>();

function findNames(raw: string, words: Words): Uint8Array {
  const flags = new Uint8Array(words.count);
  const inside = new Set<number>();
  let capitals = 0;
  let letters = 0;
  for (let index = 0; index < words.count; index += 1) {
    if (words.kinds[index] !== WORD) continue;
    const text = raw.slice(words.starts[index], words.ends[index]);
    if (!LETTER.test(text)) continue;
    letters += 1;
    if (!UPPER.test(text)) continue;
    capitals += 1;
    if (I_FORMS.has(text.toLowerCase().replace('’', "'"))) continue;
    flags[index] = 1;
    if (!beginsSentence(raw, words.starts[index] ?? 0)) inside.add(words.keys[index] ?? 0);
  }
  if (capitals > letters * LARGEST_CAPITAL_SHARE) return new Uint8Array(words.count);
  for (let index = 0; index < words.count; index += 1) {
    if (flags[index] === 1 && !inside.has(words.keys[index] ?? 0)) flags[index] = 0;
  }
  return flags;
}

function beginsSentence(raw: string, start: number): boolean {
  let index = start - 1;
  while (index >= 0 && raw[index] !== '\n' && OPENERS.test(raw[index] ?? '')) index -= 1;
  return index < 0 || SENTENCE_ENDS.test(raw[index] ?? '');
}
