import type { PersonalDataType } from '../../../src/domain/personal-data.js';
import type { Redactor } from '../../../src/ingest/redaction.js';
import type { PersonalSpan } from '../../../src/personal-data/detector.js';
import { makeLookAlike } from './look-alikes.js';
import { type Kind, makeUp, typeOfKind } from './made-up-values.js';
import { createMaker } from './maker.js';

/** A text with the spans of one type that are in it. */
export interface LabelledText {
  readonly text: string;
  readonly spans: readonly { readonly start: number; readonly end: number }[];
}

/** How a redactor did on labelled texts, for one type. */
export interface Accuracy {
  readonly spans: number;
  /** Spans that were found as they are, and those that anything found overlaps. */
  readonly exact: number;
  readonly overlapped: number;
  /** Spans found, and those of them that overlap no labelled one. */
  readonly found: number;
  readonly wrong: number;
  /** Values that were missed, and what was found for nothing, with a little before it. */
  readonly missed: readonly string[];
  readonly mistaken: readonly string[];
}

/** Finds with a redactor and counts; a span of another type finds nothing of this one. */
export function measureAccuracy(
  redactor: Redactor,
  type: PersonalDataType,
  texts: readonly LabelledText[],
): Accuracy {
  const [missed, mistaken]: [string[], string[]] = [[], []];
  let [spans, exact, found] = [0, 0, 0];
  for (const { text, spans: wanted } of texts) {
    const given = redactor.find(text).filter((span) => span.type === type);
    spans += wanted.length;
    found += given.length;
    for (const span of wanted) {
      if (given.some(({ start, end }) => start === span.start && end === span.end)) exact += 1;
      if (!given.some((other) => overlaps(span, other)))
        missed.push(text.slice(span.start, span.end));
    }
    for (const span of given) {
      if (wanted.some((other) => overlaps(span, other))) continue;
      mistaken.push(
        `${text.slice(Math.max(0, span.start - 20), span.start)}⟦${text.slice(span.start, span.end)}⟧`,
      );
    }
  }
  const overlapped = spans - missed.length;
  return { spans, exact, overlapped, found, wrong: mistaken.length, missed, mistaken };
}

function overlaps(
  a: Pick<PersonalSpan, 'start' | 'end'>,
  b: Pick<PersonalSpan, 'start' | 'end'>,
): boolean {
  return a.start < b.end && b.start < a.end;
}

/** `count` made-up values of a kind in sentences, and as many look-alikes that hold none. */
export function generatedTexts(kind: Kind, count: number, seed = 1): readonly LabelledText[] {
  const make = createMaker(seed * 1_000 + typeOfKind(kind).length * 31 + kind.length);
  const texts: LabelledText[] = [];
  for (let index = 0; index < count; index += 1) {
    const [before, value, behind] = makeUp(kind, make);
    const start = before.length;
    texts.push({ text: before + value + behind, spans: [{ start, end: start + value.length }] });
    texts.push({ text: makeLookAlike(make), spans: [] });
  }
  return texts;
}

export interface Share {
  readonly value: number;
  readonly low: number;
  readonly high: number;
}

/** A share with its interval at 95 % (E. B. Wilson, 1927). */
export function wilson(hits: number, all: number): Share {
  if (all === 0) return { value: NaN, low: 0, high: 1 };
  const z = 1.959_964;
  const value = hits / all;
  const middle = value + (z * z) / (2 * all);
  const half = z * Math.sqrt((value * (1 - value)) / all + (z * z) / (4 * all * all));
  const whole = 1 + (z * z) / all;
  return { value, low: (middle - half) / whole, high: (middle + half) / whole };
}
