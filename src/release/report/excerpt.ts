import type { Span } from '../../domain/finding.js';

/** A text with its stretches that another text has too. The same stretch has the same place in both lists. */
export interface MarkedText {
  readonly text: string;
  /** UTF-16 units of the text, in order. */
  readonly spans: readonly Span[];
}

/** A piece of an excerpt. A stretch that was too long to be shown whole is two pieces with a gap between. */
export type Piece =
  | { readonly kind: 'plain'; readonly text: string }
  | { readonly kind: 'shared'; readonly text: string; readonly number: number }
  /** Units that are left out. */
  | { readonly kind: 'gap'; readonly units: number };

/** Excerpts of two texts, in which a stretch that both have bears one number, from 1 on. */
export interface PairExcerpt {
  readonly sample: readonly Piece[];
  readonly example: readonly Piece[];
}

/** Units before and behind a shared stretch. */
const CONTEXT = 80;
/** Of a longer stretch the middle is left out. */
const LONGEST_STRETCH = 480;
/** Units of each text, context included; what is shown exceeds it by one stretch at most. */
const BUDGET = 1_200;
/** Gaps of fewer units are shown. */
const SHORTEST_GAP = 24;

/**
 * The stretches that two texts share, with some of what stands around them: all of them, or the longest where
 * they are too many. Texts of any length give excerpts of some thousand units.
 */
export function excerptPair(sample: MarkedText, example: MarkedText): PairExcerpt {
  const shown = chooseStretches(sample, example);
  return { sample: excerptOf(sample, shown), example: excerptOf(example, shown) };
}

/** Numbers of the stretches that fit, in their order. */
function chooseStretches(sample: MarkedText, example: MarkedText): readonly number[] {
  const lengths = sample.spans
    .slice(0, example.spans.length)
    .map((span, index) => ({ index, length: span.end - span.start }))
    .sort((a, b) => b.length - a.length || a.index - b.index);
  let left = BUDGET;
  const chosen: number[] = [];
  for (const { index, length } of lengths) {
    if (left <= 0) break;
    chosen.push(index);
    left -= Math.min(length, LONGEST_STRETCH) + CONTEXT;
  }
  return chosen.sort((a, b) => a - b);
}

function excerptOf({ text, spans }: MarkedText, shown: readonly number[]): readonly Piece[] {
  const pieces: Piece[] = [];
  let at = 0;
  const plainTo = (end: number, isLast: boolean): void => {
    pieces.push(...between(text, at, end, pieces.length > 0, !isLast));
    at = end;
  };
  shown.forEach((index, position) => {
    const span = spans[index];
    if (span === undefined) return;
    const start = Math.max(at, Math.min(span.start, text.length));
    const end = Math.min(span.end, text.length);
    if (end <= start) return;
    plainTo(start, false);
    pieces.push(...stretch(text.slice(start, end), position + 1));
    at = end;
  });
  plainTo(text.length, true);
  return pieces;
}

/** What stands between two stretches: whole, or its ends next to them. */
function between(
  text: string,
  start: number,
  end: number,
  isBehind: boolean,
  isBefore: boolean,
): readonly Piece[] {
  const alone = !isBehind && !isBefore;
  const head = isBehind || alone ? cutBehind(text, start, end, alone ? BUDGET : CONTEXT) : start;
  const tail = isBefore ? cutBefore(text, start, end) : end;
  if (tail - head < SHORTEST_GAP) return plain(text.slice(start, end));
  return [
    ...plain(text.slice(start, head)),
    { kind: 'gap', units: tail - head },
    ...plain(text.slice(tail, end)),
  ];
}

function plain(text: string): readonly Piece[] {
  return text === '' ? [] : [{ kind: 'plain', text }];
}

function stretch(text: string, number: number): readonly Piece[] {
  if (text.length <= LONGEST_STRETCH) return [{ kind: 'shared', text, number }];
  const head = characterStart(text, LONGEST_STRETCH / 2);
  const tail = characterStart(text, text.length - LONGEST_STRETCH / 2);
  return [
    { kind: 'shared', text: text.slice(0, head), number },
    { kind: 'gap', units: tail - head },
    { kind: 'shared', text: text.slice(tail), number },
  ];
}

/** Where context behind `start` ends: at a blank where one is near. */
function cutBehind(text: string, start: number, end: number, context: number): number {
  const limit = Math.min(end, start + context);
  if (limit === end) return end;
  const blank = text.slice(start, limit).search(/\s\S*$/u);
  return characterStart(text, blank * 2 > context ? start + blank : limit);
}

/** Where context before `end` begins: behind a blank where one is near. */
function cutBefore(text: string, start: number, end: number): number {
  const limit = Math.max(start, end - CONTEXT);
  if (limit === start) return start;
  const blank = text.slice(limit, end).search(/\s/u);
  const isNear = blank >= 0 && blank * 2 < CONTEXT;
  return characterStart(text, isNear ? limit + blank + 1 : limit);
}

const EXTENDS = /^[\p{M}\p{Emoji_Modifier}\u200d]/u;
const MOST_EXTENDING = 32;

/** The nearest place at or before `index` where what a reader sees as a character begins. */
function characterStart(text: string, index: number): number {
  let at = index;
  for (let steps = 0; steps < MOST_EXTENDING && at > 0; steps += 1) {
    const unit = text.charCodeAt(at);
    const before = text.charCodeAt(at - 1);
    const isInside = (unit & 0xfc00) === 0xdc00 && (before & 0xfc00) === 0xd800;
    if (!isInside && before !== 0x200d && !EXTENDS.test(text.slice(at, at + 2))) break;
    at -= 1;
  }
  return at;
}
