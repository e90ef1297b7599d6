import type { PersonalSpan } from './detector.js';
import { beginsIban } from './ibans.js';
import { KEY_CONTEXT_REACH } from './keys.js';
import { GROUPING_SIGNS, type Marks } from './marks.js';
import { endsUrl } from './url-tokens.js';
import { CONTEXT_REACH } from './phone-context.js';
import { type UnitSet, isIn, unitSet } from './units.js';

/** How far behind a word it is looked at what announces it, from two brackets and a plus before it on. */
const BEHIND_WORD = CONTEXT_REACH + 3;
/** The same of a run of units that keys are made of, from where it begins. */
const BEHIND_RUN = KEY_CONTEXT_REACH + 4;
/**
 * How far ahead of a number it is looked at what is written behind it: `extension 123456` and the unit behind that, or
 * a word such as `office`. Numbers with letters are no longer: 18 digits, groups of Corsica's included.
 */
const AHEAD_OF_NUMBER = 24;
const AHEAD_OF_WORD = 30;
/** What decides whether a run is a key or an address ends with it, or two units later. */
const AHEAD_OF_RUN = 4;
/** A local part (RFC 5321: 64 units), also a quoted one, and the unit before it. */
const BEHIND_AT_SIGN = 70;
/** A domain that is spelled out: seven labels of 63 units and as many ` (dot) `. */
const AHEAD_OF_AT_SIGN = 600;
/** Longer stretches are taken to look at everything. */
const LONGEST_STRETCH = 256;

/** Units that keys and addresses of networks are made of, and those that forms of issued keys have beside them. */
const RUN_UNITS = unitSet(
  'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_._~+/-:=',
);
const NUMBER_UNITS = unitSet(`0123456789${GROUPING_SIGNS}`);

/** The ends of what stands around a place: of the span before it, and where the next one begins. */
interface Neighbours {
  readonly behind: number;
  readonly ahead: number;
}

/**
 * Whether a detector that looks around a mark looks at one of some spans too, in which the mark is not; `spans` in order,
 * with no letter or digit beside them.
 *
 * Where none does, nothing is found in the text once placeholders stand for the spans. What is found there is found
 * around a mark. Placeholders bring none: their brackets join nothing, and no word stands against them. So the mark was
 * there before. What decides about it is the same text as before, so it was found before; and then it is one of the
 * spans, or one of them was preferred to it, which its detector has looked at.
 */
export function isAnySeen(text: string, marks: Marks, spans: readonly PersonalSpan[]): boolean {
  const { atSigns, schemes, armours } = marks;
  if (armours.length > 0 || isSeenFromWords(text, marks, spans)) return true;
  for (const at of atSigns) {
    const { behind, ahead } = neighboursOf(spans, at);
    if (ahead > at && isNear(at - BEHIND_AT_SIGN, at + AHEAD_OF_AT_SIGN, behind, ahead))
      return true;
  }
  return schemes.some((colon) => isSeenFromUrl(text, colon, neighboursOf(spans, colon)));
}

function isSeenFromWords(text: string, marks: Marks, spans: readonly PersonalSpan[]): boolean {
  const { count, starts, ends } = marks;
  let next = 0;
  for (let index = 0; index < count; index += 1) {
    const start = starts[index] ?? 0;
    while (next < spans.length && (spans[next]?.end ?? 0) <= start) next += 1;
    const behind = spans[next - 1]?.end ?? -Infinity;
    const ahead = spans[next]?.start ?? Infinity;
    if (ahead > start && isSeenFromWord(text, start, ends[index] ?? 0, behind, ahead)) return true;
  }
  return false;
}

function isSeenFromWord(
  text: string,
  start: number,
  end: number,
  behind: number,
  ahead: number,
): boolean {
  if (isNear(start - BEHIND_WORD, start + AHEAD_OF_WORD, behind, ahead)) return true;
  // Between the groups of an account's number there may be any number of spaces.
  if (beginsIban(text, start)) return true;
  const numberEnd = stretchEnd(text, end, NUMBER_UNITS);
  const runStart = stretchStart(text, start, RUN_UNITS);
  const runEnd = stretchEnd(text, end, RUN_UNITS);
  if (start - runStart === LONGEST_STRETCH || runEnd - end === LONGEST_STRETCH) return true;
  const last = Math.max(numberEnd + AHEAD_OF_NUMBER, runEnd + AHEAD_OF_RUN);
  return isNear(runStart - BEHIND_RUN, last, behind, ahead);
}

/** Whether an address of the web, or one that it stands in, goes on to a span. */
function isSeenFromUrl(text: string, colon: number, { behind, ahead }: Neighbours): boolean {
  if (ahead <= colon) return false;
  let start = colon;
  while (start > 0 && colon - start < LONGEST_STRETCH && !endsUrl(text, start - 1)) start -= 1;
  let end = colon;
  while (end < text.length && end - colon < LONGEST_STRETCH && !endsUrl(text, end)) end += 1;
  if (colon - start === LONGEST_STRETCH || end - colon === LONGEST_STRETCH) return true;
  return isNear(start - 1, end + 1, behind, ahead);
}

function isNear(first: number, last: number, behind: number, ahead: number): boolean {
  return behind > first || ahead < last;
}

function neighboursOf(spans: readonly PersonalSpan[], place: number): Neighbours {
  let low = 0;
  let high = spans.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((spans[middle]?.end ?? 0) <= place) low = middle + 1;
    else high = middle;
  }
  return { behind: spans[low - 1]?.end ?? -Infinity, ahead: spans[low]?.start ?? Infinity };
}

function stretchStart(text: string, from: number, units: UnitSet): number {
  let start = from;
  while (from - start < LONGEST_STRETCH && isIn(text, start - 1, units)) start -= 1;
  return start;
}

function stretchEnd(text: string, from: number, units: UnitSet): number {
  let end = from;
  while (end - from < LONGEST_STRETCH && isIn(text, end, units)) end += 1;
  return end;
}
