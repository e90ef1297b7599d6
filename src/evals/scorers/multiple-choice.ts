import type { AnswerScorer } from './answer-scorer.js';
import { fold } from './texts.js';

const LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ';

/** A letter and nothing but what is put around letters: `B`, `(b)`, `B.`, `**B**`. */
const ALONE = /^[\s(["'*]*(?<letter>[a-z])[\s)\]"'.:*]*$/iu;
/** A letter that the answer begins with: `B) blue`, `(C): …`. */
const FIRST = /^[\s(["'*]*(?<letter>[A-Z])[)\].:]/u;
/**
 * A capital letter that is said to be the answer; the last one counts. Behind it the sentence ends, or a reason begins: in
 * `Answer: A blue whale` it is a word, in `Answer: A or B` not the answer.
 */
const SAID =
  /(?:[Aa]nswer|ANSWER|[Cc]hoice)(?:\s+is\b|\s*:)\s*:?\s*(?:\\boxed\{)?[\s(["'*]*(?<letter>[A-Z])(?=[)\]}"'*.:;!]|\s*$|\s*[\n(–—-]|,?\s+(?:because|since)\b)/gu;
const LETTER = /(?<![\p{L}\p{N}])[A-Z](?![\p{L}\p{N}])/gu;

/**
 * The reference is an option's text, or its letter (`A` for the first). Which option an answer chooses is told by an
 * option's text that it is, by its letter, or by the one option whose text is in it; one that names several chooses none.
 */
export const multipleChoiceScorer: AnswerScorer = {
  complaint: ({ reference, options }) => {
    if (options.length < 2) return 'there are fewer than two options';
    if (new Set(options.map(fold)).size < options.length) return 'two options are the same';
    return wantedOption(reference, options) === null
      ? 'the reference is none of the options'
      : null;
  },
  isRight: ({ text }, { reference, options }) => {
    const chosen = chosenOption(text, options);
    return chosen !== null && chosen === wantedOption(reference, options);
  },
};

/** An option's number by its text, else by its letter. */
function wantedOption(reference: string, options: readonly string[]): number | null {
  return optionOfText(reference, options) ?? optionOfLetter(ALONE.exec(reference), options);
}

function chosenOption(text: string, options: readonly string[]): number | null {
  return (
    optionOfText(text, options) ??
    optionOfLetter(ALONE.exec(text), options) ??
    optionOfLetter([...text.matchAll(SAID)].at(-1) ?? null, options) ??
    firstOption(text, options) ??
    onlyOptionIn(text, options)
  );
}

function optionOfText(text: string, options: readonly string[]): number | null {
  const index = options.findIndex((option) => fold(option) === fold(text));
  return index < 0 ? null : index;
}

function optionOfLetter(
  found: RegExpExecArray | RegExpMatchArray | null,
  options: readonly string[],
): number | null {
  const index = LETTERS.indexOf((found?.groups?.['letter'] ?? '?').toUpperCase());
  return index >= 0 && index < options.length ? index : null;
}

/** The option whose letter the answer begins with, where it names no other option's. */
function firstOption(text: string, options: readonly string[]): number | null {
  const named = new Set(
    [...text.matchAll(LETTER)]
      .map(([letter]) => LETTERS.indexOf(letter))
      .filter((index) => index < options.length),
  );
  return named.size > 1 ? null : optionOfLetter(FIRST.exec(text), options);
}

/** The one option whose words stand in the text, apart from those within a longer option that stands there. */
function onlyOptionIn(text: string, options: readonly string[]): number | null {
  const words = wordsOf(text);
  const found = options.flatMap((option, index) =>
    words.includes(wordsOf(option)) ? [{ index, words: wordsOf(option) }] : [],
  );
  const [one, another] = found.filter(
    ({ index, words: mine }) =>
      !found.some((other) => other.index !== index && other.words.includes(mine)),
  );
  return one === undefined || another !== undefined ? null : one.index;
}

/** The words of a text with one space around each, so that one text's are in another's only as whole words. */
function wordsOf(text: string): string {
  return ` ${(fold(text).match(/[\p{L}\p{N}]+/gu) ?? []).join(' ')} `;
}
