import type { Random } from '../../support/random.js';
import type { Writer } from './made-up-text.js';

export function withoutPunctuation(text: string): string {
  return text.replace(/(?<=\s|^)[^\p{L}\p{N}\s]+|[^\p{L}\p{N}\s]+(?=\s|$)/gu, '');
}

/** Curly quotes, other dashes, no-break spaces, soft hyphens and zero-width characters within words. */
export function inOtherCharacters(text: string): string {
  return text
    .replaceAll("'", '’')
    .replaceAll('"', '“')
    .replaceAll(' - ', ' – ')
    .replaceAll(' the ', '\u00a0the\u2009')
    .replace(/(\p{L}{4})(\p{L})/gu, '$1\u00ad$2')
    .replace(/(\p{L})(n)/gu, '$1\u200b$2');
}

/** Letters and digits in their full-width forms. */
export function inFullWidth(text: string): string {
  return text.replace(/[0-9A-Za-z]/gu, (character) =>
    String.fromCharCode(character.charCodeAt(0) + 0xfee0),
  );
}

const UNITS = (
  'zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen ' +
  'seventeen eighteen nineteen'
).split(' ');
const TENS = 'zero ten twenty thirty forty fifty sixty seventy eighty ninety'.split(' ');

/** `412` is `four hundred and twelve`. Up to 999. */
export function inWords(value: number): string {
  if (value < 20) return UNITS[value] ?? '';
  if (value < 100) {
    const rest = value % 10;
    return `${TENS[Math.floor(value / 10)] ?? ''}${rest === 0 ? '' : `-${UNITS[rest] ?? ''}`}`;
  }
  const rest = value % 100;
  return `${UNITS[Math.floor(value / 100)] ?? ''} hundred${rest === 0 ? '' : ` and ${inWords(rest)}`}`;
}

export function withNumberWords(text: string): string {
  return text.replace(/(?<![\w.])\d{1,3}(?![\w.]?\d)/gu, (digits) => inWords(Number(digits)));
}

export function withDecimals(text: string): string {
  return text.replace(/(?<![\w.])\d+(?![\w.]?\d)/gu, (digits) => `${digits}.0`);
}

/**
 * Changes `count` words that are neither numbers nor capitalised: exchanged, left out or with another before
 * them, never two that stand beside each other.
 */
export function edited(text: string, count: number, w: Writer, random: Random): string {
  const words = text.split(/(\s+)/u);
  const places = [...words.keys()].filter((at) => /^\p{Ll}+[.,?]?$/u.test(words[at] ?? ''));
  const chosen = new Set<number>();
  for (let tries = 0; chosen.size < count && tries < 1_000; tries += 1) {
    const at = places[Math.floor(random() * places.length)] ?? 0;
    if (![...chosen].some((other) => Math.abs(other - at) <= 2)) chosen.add(at);
  }
  for (const at of chosen) {
    const dice = random();
    if (dice < 0.3) words[at] = '';
    else if (dice < 0.6) words[at] = `${w.adjective()} ${words[at] ?? ''}`;
    else words[at] = w.adjective();
  }
  return words.join('');
}

/** How many words white space makes of it. */
export function wordCount(text: string): number {
  return text.split(/\s+/u).filter((word) => word !== '').length;
}
