import type { PersonalDataType } from '../domain/personal-data.js';
import type { Detector, Found, PersonalSpan } from './detector.js';
import { createDigitNumbers } from './digit-numbers.js';
import { emailAddresses } from './email-addresses.js';
import { ibans } from './ibans.js';
import { identityNumbers } from './identity-numbers.js';
import { keys } from './keys.js';
import { isAnySeen } from './mark-views.js';
import { type Marks, createMarkFinder } from './marks.js';
import { names } from './names.js';
import { networkAddresses } from './network-addresses.js';
import { createPhoneNumbers } from './phone-numbers.js';
import { postalAddresses } from './postal-addresses.js';
import { urlTokens } from './url-tokens.js';
import { wallets } from './wallets.js';

/** Finds personal data in texts. */
export interface PersonalDataFinder {
  /** Spans in order, none over another. */
  find(text: string): readonly PersonalSpan[];
  /**
   * Whether something new may be found once placeholders stand for the spans that `find` has found in this text, the
   * last one that it was given. No letter and no digit stands beside the spans.
   */
  mayFindMore(text: string, spans: readonly PersonalSpan[]): boolean;
}

interface SureSpan extends PersonalSpan {
  readonly certainty: number;
}

/** Makes a finder of the given types; what is not among them is not looked for. */
export function createPersonalDataFinder(
  types: ReadonlySet<PersonalDataType>,
  phoneRegions: readonly string[],
): PersonalDataFinder {
  const detectors: readonly Detector[] = [
    emailAddresses,
    urlTokens,
    keys,
    createDigitNumbers(types),
    ibans,
    identityNumbers,
    createPhoneNumbers(phoneRegions),
    networkAddresses,
    wallets,
    names,
    postalAddresses,
  ].filter((detector) => detector.types.some((type) => types.has(type)));
  const needsMarks = !types.has('name') && !types.has('address');
  const findMarks = createMarkFinder();
  let marks: Marks | null = null;
  let spans: SureSpan[] = [];
  const found: Found = (type, start, end, certainty) => {
    if (types.has(type)) spans.push({ type, start, end, certainty });
  };
  const find = (text: string): readonly PersonalSpan[] => {
    marks = findMarks(text);
    if (marks === null && needsMarks) return NOTHING;
    if (spans.length > 0) spans = [];
    for (const detector of detectors) detector.detect(text, marks ?? NO_MARKS, found);
    if (spans.length === 0) return NOTHING;
    const all = spans;
    spans = [];
    return withoutOverlaps(all);
  };
  return {
    find,
    mayFindMore: (text, found) => !needsMarks || isAnySeen(text, marks ?? NO_MARKS, found),
  };
}

const NOTHING: readonly PersonalSpan[] = [];
const NO_MARKS: Marks = {
  count: 0,
  starts: new Int32Array(0),
  ends: new Int32Array(0),
  kinds: new Uint8Array(0),
  longest: 0,
  mostJoined: 0,
  hasCheckDigits: false,
  atSigns: [],
  schemes: [],
  armours: [],
};

/**
 * Of overlapping spans the surest stays, then the longest, then the first. What a span that is left out has
 * beside the one that stays is looked at again, see `findEverywhere`.
 */
function withoutOverlaps(spans: SureSpan[]): readonly SureSpan[] {
  if (isInOrder(spans)) return spans;
  spans.sort((a, b) => a.start - b.start);
  const result: SureSpan[] = [];
  for (let first = 0; first < spans.length;) {
    let end = spans[first]?.end ?? 0;
    let next = first + 1;
    for (; (spans[next]?.start ?? Infinity) < end; next += 1) {
      end = Math.max(end, spans[next]?.end ?? 0);
    }
    const touching = spans.slice(first, next);
    for (const span of next === first + 1 ? touching : surest(touching, end)) result.push(span);
    first = next;
  }
  return result;
}

/** Whether each span ends before the next one begins. */
function isInOrder(spans: readonly SureSpan[]): boolean {
  let end = -1;
  for (const span of spans) {
    if (span.start < end) return false;
    end = span.end;
  }
  return true;
}

/** Of spans that touch one another those that stay, in order; `end` is where the last of them ends. */
function surest(spans: readonly SureSpan[], end: number): readonly SureSpan[] {
  const first = spans[0]?.start ?? 0;
  const taken = new Uint8Array(end - first);
  const byRank = [...spans].sort(
    (a, b) => b.certainty - a.certainty || b.end - b.start - (a.end - a.start) || a.start - b.start,
  );
  const isTaken = (span: SureSpan, unit: 0 | 1): boolean =>
    taken.subarray(span.start - first, span.end - first).includes(unit);
  const stay = byRank.filter((span) => {
    if (isTaken(span, 1)) return false;
    taken.fill(1, span.start - first, span.end - first);
    return true;
  });
  const leavesRest = byRank.some((span) => isTaken(span, 0));
  return stay
    .map((span) => (leavesRest ? { ...span, leavesRest } : span))
    .sort((a, b) => a.start - b.start);
}
