import type { PersonalSpan } from './detector.js';
import type { PersonalDataFinder } from './find-personal-data.js';
import { placeholderOf } from './placeholders.js';
import { isHexUnit, isOneOf, isWordAt } from './units.js';

/**
 * A replaced span may make room for another match beside it (`4111111111111111sk-…`), so the rules run
 * until they find nothing more; a text that is not built to resist needs two rounds.
 */
const MAXIMUM_ROUNDS = 10;
const JOINING = '.,:/+-';
const NOTHING: Findings = { spans: [], isAll: true };

export interface Findings {
  readonly spans: readonly PersonalSpan[];
  /** Whether it is sure that nothing is found once placeholders stand for the spans. */
  readonly isAll: boolean;
}

/** Everything that is found in a text, and in what is left of it once that is replaced. */
export function findEverywhere(text: string, finder: PersonalDataFinder): Findings {
  let spans = finder.find(text);
  if (spans.length === 0) return NOTHING;
  if (spans.every((span) => standsApart(text, span))) {
    return { spans, isAll: !finder.mayFindMore(text, spans) };
  }
  for (let round = 1; round < MAXIMUM_ROUNDS; round += 1) {
    const more = finder.find(replaceSpans(text, spans, ({ type }) => placeholderOf(type, 1)));
    if (more.length === 0) break;
    spans = merged(spans, more);
  }
  return { spans, isAll: false };
}

/**
 * Whether nothing new can begin or end at a span once it is replaced: no letter or digit stands beside it, and no
 * sign that joins it to a number.
 */
function standsApart(text: string, { start, end, leavesRest }: PersonalSpan): boolean {
  if (leavesRest === true || isWordAt(text, start - 1) || isWordAt(text, end)) return false;
  if (isOneOf(text, start - 1, '-.@') && isWordAt(text, start - 2)) return false;
  const endsOther = isOneOf(text, start - 1, JOINING) && isHexUnit(text.charCodeAt(start - 2));
  if (endsOther && isHexUnit(text.charCodeAt(start))) return false;
  const beginsOther = isOneOf(text, end, JOINING) && isOneOf(text, end + 1, '0123456789+(');
  return !beginsOther;
}

/** The text with every span replaced; `spans` in order. */
export function replaceSpans(
  text: string,
  spans: readonly PersonalSpan[],
  replacementOf: (span: PersonalSpan) => string,
): string {
  let result = '';
  let position = 0;
  for (const span of spans) {
    result += text.slice(position, span.start) + replacementOf(span);
    position = span.end;
  }
  return result + text.slice(position);
}

/** Spans with those that were found in the text they had been replaced in; a new one swallows what it covers. */
function merged(
  spans: readonly PersonalSpan[],
  more: readonly PersonalSpan[],
): readonly PersonalSpan[] {
  const result: PersonalSpan[] = [];
  let next = 0;
  /** How much further left a place stands in the replaced text. */
  let shift = 0;
  for (const { type, start, end } of more) {
    let rawStart = -1;
    for (; next < spans.length; next += 1) {
      const span = spans[next];
      if (span === undefined) break;
      const length = placeholderOf(span.type, 1).length;
      const replacedStart = span.start - shift;
      if (replacedStart >= end) break;
      const isCovered = replacedStart + length > start;
      if (!isCovered) result.push(span);
      else if (rawStart === -1) rawStart = Math.min(start + shift, span.start);
      shift += span.end - span.start - length;
    }
    result.push({ type, start: rawStart === -1 ? start + shift : rawStart, end: end + shift });
  }
  return [...result, ...spans.slice(next)];
}
