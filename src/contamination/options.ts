import { wordsOf } from '../text/words.js';

/** `A)`, `(b)`, `3.`, `Answer2:`, `Option C:` at the beginning or after white space. */
const MARKER =
  /(?:^|(?<=\s))(?:\(?(?:([a-h])|(\d{1,2}))[).:]|(?:answer|option|choice)\s?(?:([a-h])|(\d{1,2}))[).:])(?=\s)/gi;
/** Options longer than this are no options but what comes after them. */
const LONGEST_OPTION = 400;

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
  const markers = firstList(text);
  return markers.map(({ end }, index) => {
    const until = markers[index + 1]?.start ?? text.length;
    const own = text.slice(end, Math.min(until, end + LONGEST_OPTION)).trim();
    return index + 1 < markers.length ? own : (own.split('\n')[0] ?? '');
  });
}

/** Whether two lists hold the same options, in whatever order. */
export function sameOptions(a: readonly string[], b: readonly string[]): boolean {
  const [left, right] = [a.map(optionKey).sort(), b.map(optionKey).sort()];
  return left.length === right.length && left.every((key, index) => key === right[index]);
}

function optionKey(option: string): string {
  return wordsOf(option).keys.join(' ');
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
