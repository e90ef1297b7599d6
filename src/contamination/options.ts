import type { Span } from '../domain/finding.js';
import { NUMBER, type Words, sliceWords, wordsOf } from '../text/words.js';

/** `A)`, `(b)`, `3.`, `Answer2:`, `Option C:` at the beginning or after white space. */
const MARKER =
  /(?:^|(?<=\s))(?:\(?(?:([a-h])|(\d{1,2}))[).:]|(?:answer|option|choice)\s?(?:([a-h])|(\d{1,2}))[).:])(?=\s)/gi;
/** Options longer than this are no options but what comes after them. */
const LONGEST_OPTION = 400;
/** Options of fewer words are the same or others; of longer ones this share of the words has to be. */
const EDITABLE_WORDS = 4;
const EDITED_SHARE = 0.5;
/** Words that edits may have put into the last option, whose end nothing tells. */
const EDIT_REACH = 2;

/** A word, and a question mark behind it. */
const ANOTHER_QUESTION = /[\p{L}\p{N}][^?？]*[?？]/u;

interface Marker {
  readonly label: number;
  readonly start: number;
  readonly end: number;
}

/**
 * The options that a text lists, in order: two or more after labels that count from A or 1.
 * `Which? (A) red (B) green` gives `['red', 'green']`; a text without a list gives none.
 */
export function optionsIn(text: string): readonly string[] {
  return optionSpansIn(text).map(({ start, end }) => text.slice(start, end).trim());
}

/** As `optionsIn`, of a text that may be wrapped: what follows the last option is left at it, see `sameOptions`. */
export function listedIn(text: string): readonly string[] {
  const markers = firstList(text);
  return markers.map(({ end }, index) => text.slice(end, endOf(text, markers, index)));
}

/** As `listedIn`, of what follows a question: a list behind another question is of that one. */
export function listedBehind(text: string): readonly string[] {
  const before = text.slice(0, firstList(text)[0]?.start ?? 0);
  return ANOTHER_QUESTION.test(before) ? [] : listedIn(text);
}

/**
 * Options of a row as they are compared: without the labels that they begin with, such as `A. red`. `null` where
 * they are nothing but labels, which say nothing.
 */
export function withoutLabels(options: readonly string[]): readonly string[] | null {
  if (options.every((option) => /^\W*(?:[a-z]|\d{1,2})\W*$/i.test(option))) {
    return options.every((option, index) => labelIn(option) === index + 1) ? null : options;
  }
  const labelled = optionsIn(options.join('\n'));
  const isEach = options.every((option, index) => {
    const own = labelled[index];
    return own !== undefined && own !== '' && option.endsWith(own) && own.length < option.length;
  });
  return isEach && labelled.length === options.length ? labelled : options;
}

function labelIn(option: string): number {
  const [label = ''] = option.match(/[a-z]|\d+/i) ?? [];
  return /\d/.test(label) ? Number(label) : label.toLowerCase().charCodeAt(0) - 0x60;
}

/** Where the options of a list stand, see `optionsIn`, without their labels. The last one ends with its line. */
export function optionSpansIn(text: string): readonly Span[] {
  const markers = firstList(text);
  return markers.map(({ end }, index) => {
    const until = endOf(text, markers, index);
    const line = index === markers.length - 1 ? text.indexOf('\n', end) : -1;
    return { start: end, end: line === -1 ? until : Math.min(line, until) };
  });
}

function endOf(text: string, markers: readonly Marker[], index: number): number {
  const next = markers[index + 1]?.start ?? text.length;
  return Math.min(next, (markers[index]?.end ?? 0) + LONGEST_OPTION);
}

/**
 * Whether a list holds the options, in whatever order. After the last one that a text lists more may follow.
 * Options of four words and more may be edited, but for their numbers and names, where there are no others: a list
 * that has all of them and more asks the same with more to choose from.
 */
export function sameOptions(options: readonly string[], listed: readonly string[]): boolean {
  if (listed.length < options.length) return false;
  const left = listed.map((raw, index): ListedOption => {
    return { raw, words: wordsOf(raw), isLast: index === listed.length - 1 };
  });
  const isLeft = (isSame: (own: Option, other: ListedOption) => boolean) => {
    return (own: Option): boolean => {
      const found = left.findIndex((other) => isSame(own, other));
      if (found !== -1) left.splice(found, 1);
      return found === -1;
    };
  };
  const others = options.map((raw) => ({ raw, words: wordsOf(raw) })).filter(isLeft(isSameOption));
  if (listed.length > options.length) return others.length === 0;
  return others.filter(isLeft(isEdited)).length === 0;
}

interface Option {
  readonly raw: string;
  readonly words: Words;
}

/** The last option of a list may have more text after it. */
interface ListedOption extends Option {
  readonly isLast: boolean;
}

function isSameOption({ words: own }: Option, { words, isLast }: ListedOption): boolean {
  const fits = isLast ? words.count >= own.count && own.count > 0 : words.count === own.count;
  return fits && own.keys.every((key, index) => key === words.keys[index]);
}

function isEdited(own: Option, { words, raw, isLast }: ListedOption): boolean {
  const count = isLast ? Math.min(words.count, own.words.count + EDIT_REACH) : words.count;
  const other = { raw, words: sliceWords(words, 0, count) };
  const longest = Math.max(own.words.count, isLast ? 0 : count);
  if (Math.max(own.words.count, count) < EDITABLE_WORDS) return false;
  const [telling, others] = [tellingWords(own), tellingWords(other)];
  if (commonCount(telling, others) < telling.length) return false;
  if (!isLast && telling.length !== others.length) return false;
  return commonCount([...own.words.keys], [...other.words.keys]) >= longest * EDITED_SHARE;
}

/** How many of `keys` are among `others`, each of which counts once. */
function commonCount(keys: readonly number[], others: readonly number[]): number {
  const left = [...others];
  const found = keys.filter((key) => {
    const at = left.indexOf(key);
    if (at !== -1) left.splice(at, 1);
    return at !== -1;
  });
  return found.length;
}

/** Numbers and capitalised words, by which options differ. */
function tellingWords({ raw, words }: Option): readonly number[] {
  return [...words.keys].filter((_, index) => {
    const isNumber = words.kinds[index] === NUMBER;
    return isNumber || (index > 0 && /^\p{Lu}/u.test(raw.slice(words.starts[index])));
  });
}

function firstList(text: string): readonly Marker[] {
  let list: Marker[] = [];
  for (const match of text.matchAll(MARKER)) {
    const label = labelOf(match);
    const marker = { label, start: match.index, end: match.index + match[0].length };
    if (label === list.length + 1) list.push(marker);
    else if (list.length >= 2) break;
    else list = label === 1 ? [marker] : [];
  }
  return list.length >= 2 ? list : [];
}

function labelOf(match: RegExpExecArray): number {
  const letter = match[1] ?? match[3];
  if (letter !== undefined) return letter.toLowerCase().charCodeAt(0) - 0x60;
  return Number(match[2] ?? match[4]);
}
