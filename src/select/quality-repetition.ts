/** Runs of so many words that come again count; five that two sentences share by chance are rare. */
const RUN_WORDS = 5;

/** Shorter answers say too little to tell a loop from a list. */
const MINIMUM_WORDS = 30;

/** A word, or a character of scripts that put no spaces between words. */
const WORDS =
  /[\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}\p{sc=Thai}\p{sc=Lao}\p{sc=Khmer}]|[\p{L}\p{N}\p{M}'’]+/gu;

/**
 * The share of an answer that it has said before, from 0 to 1: of its words those in runs of five that came earlier,
 * or of its characters those in lines that came earlier, whichever is more. After Rae et al. 2021 (Gopher), table A1,
 * "duplicate n-gram" and "duplicate line character fraction". An answer of fewer than 30 words has 0.
 *
 * Ten times the same sentence of ten words is 0.9.
 */
export function repetitionOf(answer: string): number {
  const words = answer.toLowerCase().match(WORDS) ?? [];
  if (words.length < MINIMUM_WORDS) return 0;
  return Math.max(repeatedWords(words), repeatedLines(answer));
}

function repeatedWords(words: readonly string[]): number {
  const seen = new Set<string>();
  const repeated = new Uint8Array(words.length);
  for (let start = 0; start + RUN_WORDS <= words.length; start += 1) {
    const run = words.slice(start, start + RUN_WORDS).join(' ');
    if (seen.has(run)) repeated.fill(1, start, start + RUN_WORDS);
    else seen.add(run);
  }
  return repeated.reduce((sum, each) => sum + each, 0) / words.length;
}

function repeatedLines(answer: string): number {
  const seen = new Set<string>();
  let characters = 0;
  let repeated = 0;
  for (const line of answer.split('\n').map((each) => each.trim())) {
    characters += line.length;
    if (seen.has(line)) repeated += line.length;
    else seen.add(line);
  }
  return characters === 0 ? 0 : repeated / characters;
}
