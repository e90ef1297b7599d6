import type { LanguageOf } from '../domain/quality.js';

/** With fewer letters a language can't be told well enough to hold it against an answer; see docs/decisions. */
const MINIMUM_LETTERS = 40;

/** Characters that are a syllable or a word each, and count as four letters. */
const DENSE = /[\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}\p{sc=Hangul}]/gu;

/** Code, addresses and placeholders are in no language. */
const NO_LANGUAGE = /```[\s\S]*?(?:```|$)|`[^`\n]*`|\bhttps?:\/\/\S+|\S+@\S+|\[[A-Z]+(?:_\d+)?\]/g;

/** Loads the detector, which takes 0.3 s and 85 MB, so that only those who configure languages pay for it. */
export async function loadLanguageDetector(): Promise<LanguageOf> {
  const { eld } = await import('eld/extrasmall');
  return (text) => {
    const words = text.replace(NO_LANGUAGE, ' ');
    const letters = countOf(words, /\p{L}/gu) + 3 * countOf(words, DENSE);
    if (letters < MINIMUM_LETTERS) return null;
    const { language } = eld.detect(words);
    return language === '' ? null : language;
  };
}

function countOf(text: string, pattern: RegExp): number {
  return text.match(pattern)?.length ?? 0;
}
