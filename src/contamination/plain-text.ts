import type { Span } from '../domain/finding.js';
import { characterOf } from './entities.js';

/** A text without its markup, with the way back to the raw text. */
export interface PlainText {
  readonly text: string;
  /** The raw stretch that units `start` to `end` of `text` were made of. */
  readonly rawSpan: (start: number, end: number) => Span;
}

const SIGNS = ['&', '<', '\\', '*', '_', '`', '~', ']('];
const NUMBERED_LINE = /[\t >]*\d{1,3}[.)][\t ]/y;
/** What only a JSON string holds: LaTeX has `\nabla` too, but hardly a `\n` before no small letter. */
const JSON_SIGNS = /\\(?:["/]|u[\da-fA-F]{4}|n(?![a-z]))/;

const ESCAPE = String.raw`\\{1,8}(?:u(?<unit>[\da-fA-F]{4})|(?<sign>["/bfnrt]))`;
const ENTITY = String.raw`&(?:amp;){0,3}(?<entity>#\d{1,7}|#[xX][\da-fA-F]{1,6}|[a-zA-Z][a-zA-Z\d]{1,7});`;
const TAG = String.raw`</?(?<tag>[a-zA-Z][a-zA-Z\d]{0,9})(?:\s[^<>]{0,500})?/?>`;
const LINK = String.raw`!?\[(?=[^[\]\n]{0,200}\]\()|\]\([^()\s]{0,500}(?:\s+"[^"]{0,200}")?\)`;
const LINE_START = String.raw`^[\t >]*(?:\d{1,3}[.)][\t ]|(?:\x60{3}|~{3})[\w+-]{0,20}[\t ]*$)`;
const MARKS = String.raw`\x60+|~~|\*+|_+`;
/** All that may be taken out; every part of it is bounded, so that no text takes longer than its length. */
const MARKUP = new RegExp(`${ENTITY}|${TAG}|${LINK}|${LINE_START}|<!--|-->|${MARKS}`, 'gm');
const MARKUP_IN_JSON = new RegExp(`${ESCAPE}|${MARKUP.source}`, 'gm');

/** Tags that stand within a line; all others of HTML begin or end one. */
const INLINE = new Set(
  'a abbr b bdi bdo big cite code del dfn em font i ins kbd mark q s samp small span strike strong sub sup tt u var'.split(
    ' ',
  ),
);
const BLOCK = new Set(
  (
    'address article aside blockquote body br button caption center dd details div dl dt fieldset figcaption figure ' +
    'footer form h1 h2 h3 h4 h5 h6 head header hr html img label legend li link main meta nav ol option p pre ' +
    'script section select style summary table tbody td tfoot th thead title tr ul wbr'
  ).split(' '),
);
const WORD_PART = /[\p{L}\p{N}_]/u;

/**
 * Takes out of a text what formats it: HTML tags, entities, the escapes of a JSON string, Markdown's emphasis,
 * link targets, fences and numbers of lists. `null` where there is nothing to take out.
 *
 * `<p>5&nbsp;**red** [cups](http://x.org)` becomes `\n5 red cups`.
 */
export function plainTextOf(raw: string): PlainText | null {
  const once = withoutMarkup(raw);
  if (once === null) return null;
  // What was escaped may be markup itself.
  const twice = withoutMarkup(once.text);
  if (twice === null) return once;
  return {
    text: twice.text,
    rawSpan(start, end) {
      const between = twice.rawSpan(start, end);
      return once.rawSpan(between.start, between.end);
    },
  };
}

/** Whether a text has signs that markup is made of; what has none is plain. The kernel asks the same. */
export function hasSigns(raw: string): boolean {
  return SIGNS.some((sign) => raw.includes(sign)) || hasNumberedLine(raw);
}

function withoutMarkup(raw: string): PlainText | null {
  if (!hasSigns(raw)) return null;
  const pieces = createPieces(raw);
  for (const match of raw.matchAll(JSON_SIGNS.test(raw) ? MARKUP_IN_JSON : MARKUP)) {
    const replacement = replacementOf(match, raw);
    if (replacement !== null) pieces.replace(match.index, match[0].length, replacement);
  }
  return pieces.take();
}

function hasNumberedLine(raw: string): boolean {
  for (let start = 0; ; start += 1) {
    NUMBERED_LINE.lastIndex = start;
    if (NUMBERED_LINE.test(raw)) return true;
    start = raw.indexOf('\n', start);
    if (start === -1) return false;
  }
}

/** What a piece of markup stands for; `null` where it is none. */
function replacementOf(match: RegExpExecArray, raw: string): string | null {
  const { unit, sign, entity, tag } = match.groups ?? {};
  if (unit !== undefined) return String.fromCharCode(parseInt(unit, 16));
  if (sign !== undefined) return sign === '"' || sign === '/' ? sign : '\n';
  if (entity !== undefined) return characterOf(entity);
  if (tag !== undefined) {
    const name = tag.toLowerCase();
    if (INLINE.has(name)) return '';
    return BLOCK.has(name) ? '\n' : null;
  }
  return isMark(match[0]) && !isEmphasis(match, raw) ? null : '';
}

function isMark(found: string): boolean {
  return found.startsWith('*') || found.startsWith('_');
}

/** `2*3`, `2 * 3` and `snake_case` are none; `un**believ**able`, `*so*` and `_so_` are. */
function isEmphasis({ 0: found, index }: RegExpExecArray, raw: string): boolean {
  if (found.length > 1 && found.startsWith('*')) return true;
  const before = raw[index - 1] ?? ' ';
  const after = raw[index + found.length] ?? ' ';
  const isInside = WORD_PART.test(before) && WORD_PART.test(after);
  return !isInside && !(/\s/u.test(before) && /\s/u.test(after));
}

interface Pieces {
  replace(start: number, length: number, replacement: string): void;
  take(): PlainText | null;
}

/** Where a stretch of the plain text begins, and the raw text that it was made of. */
interface Piece {
  readonly plain: number;
  readonly start: number;
  readonly end: number;
  readonly isCopied: boolean;
}

function createPieces(raw: string): Pieces {
  const texts: string[] = [];
  const pieces: Piece[] = [];
  let length = 0;
  let at = 0;
  function add(text: string, start: number, end: number, isCopied: boolean): void {
    if (text === '') return;
    texts.push(text);
    pieces.push({ plain: length, start, end, isCopied });
    length += text.length;
  }
  return {
    replace(start, replaced, replacement) {
      add(raw.slice(at, start), at, start, true);
      at = start + replaced;
      add(replacement, start, at, false);
    },
    take() {
      if (at === 0) return null;
      add(raw.slice(at), at, raw.length, true);
      return { text: texts.join(''), rawSpan: (start, end) => rawSpanOf(pieces, start, end) };
    },
  };
}

function rawSpanOf(pieces: readonly Piece[], start: number, end: number): Span {
  return {
    start: rawUnitOf(pieces, start).start,
    end: end > start ? rawUnitOf(pieces, end - 1).end : rawUnitOf(pieces, start).start,
  };
}

/** The raw stretch of one unit: itself where it was copied, all of what was replaced where it was not. */
function rawUnitOf(pieces: readonly Piece[], unit: number): Span {
  let [low, high] = [0, pieces.length - 1];
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((pieces[middle]?.plain ?? 0) <= unit) low = middle;
    else high = middle - 1;
  }
  const piece = pieces[low];
  if (piece === undefined) return { start: 0, end: 0 };
  if (!piece.isCopied) return { start: piece.start, end: piece.end };
  const start = piece.start + unit - piece.plain;
  return { start, end: start + 1 };
}
