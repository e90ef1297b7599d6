import type { Span } from '../domain/finding.js';
import { ASCII_FOLDS, isSpace } from './characters.js';

/**
 * Version of everything in `text/` that decides a hash: normalisation, words, numbers and shingles.
 * Indexes and manifests carry it; a change of any rule is a change of this number.
 */
export const NORMALISER_VERSION = 'holdfast-text/2';

/** A text as it is compared, with the way back to the raw text. */
export interface NormalisedText {
  readonly text: string;
  /** The stretch of the raw text that units `start` to `end` of `text` were made of. */
  readonly rawSpan: (start: number, end: number) => Span;
}

/** Folded UTF-16 units with their place in the raw text; `starts` is `null` where both are the same. */
export interface FoldedUnits {
  readonly units: Uint16Array;
  readonly starts: Uint32Array | null;
  readonly ends: Uint32Array | null;
}

const APOSTROPHE = 0x27;
const QUOTE = 0x22;
const DASH = 0x2d;
const SOFT_HYPHEN = 0xad;

/** Quotes and dashes that stand for the ASCII ones. */
const UNIFIED = new Map<number, number>([
  ...[0x60, 0xb4, 0x2b9, 0x2bb, 0x2bc, 0x2bd, 0x2c8, 0x2018, 0x2019, 0x201a, 0x201b, 0x2032].map(
    (code): [number, number] => [code, APOSTROPHE],
  ),
  ...[0xab, 0xbb, 0x2ba, 0x201c, 0x201d, 0x201e, 0x201f, 0x2033, 0x301d, 0x301e, 0x301f].map(
    (code): [number, number] => [code, QUOTE],
  ),
  ...[0x2010, 0x2011, 0x2012, 0x2013, 0x2014, 0x2015, 0x2212, 0xfe58, 0xfe63, 0xff0d].map(
    (code): [number, number] => [code, DASH],
  ),
  [0x3c2, 0x3c3],
]);

/** Zero-width and bidirectional controls, soft hyphens, variation selectors, fillers. */
const IGNORABLE = /\p{DI}/u;
const IGNORABLES = /\p{DI}/gu;
/** What can grow together with the character before it: marks, Hangul letters, half-width voicing marks. */
const EXTENDING =
  /[\p{M}\p{DI}\u1100-\u11ff\u3130-\u318f\ua960-\ua97f\ud7b0-\ud7ff\uff9e\uff9f\uffa0-\uffdc]/u;

/**
 * The form in which texts are compared: NFKC, lower case, ignorable characters gone, quotes and dashes
 * unified, white space and control characters as single spaces, none at the ends.
 *
 * `normalise('“Ｃafé”\r\n\u200bNo.\u00a05')` has the text `"café" no. 5`. Normalising that again
 * changes nothing.
 */
export function normalise(raw: string): NormalisedText {
  const folded = foldUnits(raw);
  const { units } = folded;
  const kept = new Uint32Array(units.length);
  const out = new Uint16Array(units.length);
  let length = 0;
  let pendingSpace = -1;
  for (let index = 0; index < units.length; index += 1) {
    const unit = units[index] ?? 0;
    if (isSpace(unit)) {
      if (length > 0 && pendingSpace === -1) pendingSpace = index;
      continue;
    }
    if (pendingSpace !== -1) {
      out[length] = 0x20;
      kept[length] = pendingSpace;
      length += 1;
      pendingSpace = -1;
    }
    out[length] = unit;
    kept[length] = index;
    length += 1;
  }
  return {
    text: stringOf(out.subarray(0, length)),
    rawSpan(start, end) {
      if (start >= end || end > length) return { start: 0, end: 0 };
      return rawSpanOf(folded, kept[start] ?? 0, (kept[end - 1] ?? 0) + 1);
    },
  };
}

/** The raw stretch of folded units `start` to `end`; `end` is greater than `start`. */
export function rawSpanOf(folded: FoldedUnits, start: number, end: number): Span {
  if (folded.starts === null || folded.ends === null) return { start, end };
  return { start: folded.starts[start] ?? 0, end: folded.ends[end - 1] ?? 0 };
}

/**
 * Folds case, compatibility forms, quotes and dashes and drops ignorable characters, leaving white
 * space as it stands. Plain ASCII is folded unit by unit; anything else in clusters of a character with
 * what can grow together with it, so that the result is that of folding the whole at once.
 */
export function foldUnits(raw: string): FoldedUnits {
  const ascii = new Uint16Array(raw.length);
  let index = 0;
  for (; index < raw.length; index += 1) {
    const code = raw.charCodeAt(index);
    if (code >= 128) break;
    ascii[index] = ASCII_FOLDS[code] ?? 0;
  }
  if (index === raw.length) return { units: ascii, starts: null, ends: null };
  return foldRest(raw, ascii, Math.max(0, index - 1));
}

function foldRest(raw: string, ascii: Uint16Array, from: number): FoldedUnits {
  const out = growingUnits(raw.length + 16);
  for (let index = 0; index < from; index += 1) out.push(ascii[index] ?? 0, index, index + 1);
  let index = from;
  while (index < raw.length) {
    const code = raw.charCodeAt(index);
    const next = index + 1 < raw.length ? raw.charCodeAt(index + 1) : 0;
    if (code < 128 && next < 0x300 && next !== SOFT_HYPHEN) {
      out.push(ASCII_FOLDS[code] ?? 0, index, index + 1);
      index += 1;
      continue;
    }
    const end = clusterEnd(raw, index);
    const folded = foldCluster(raw.slice(index, end));
    for (let unit = 0; unit < folded.length; unit += 1) {
      out.push(folded.charCodeAt(unit), index, end);
    }
    index = end;
  }
  return out.take();
}

function clusterEnd(raw: string, start: number): number {
  let end = start + unitsAt(raw, start);
  while (end < raw.length) {
    const code = raw.codePointAt(end) ?? 0;
    if (code < SOFT_HYPHEN || !EXTENDING.test(String.fromCodePoint(code))) return end;
    end += code > 0xffff ? 2 : 1;
  }
  return end;
}

function unitsAt(raw: string, index: number): number {
  return (raw.codePointAt(index) ?? 0) > 0xffff ? 2 : 1;
}

/** Folds one cluster. Lone surrogates stay as they are. */
function foldCluster(cluster: string): string {
  const visible = IGNORABLE.test(cluster) ? cluster.replace(IGNORABLES, '') : cluster;
  const lower = unify(visible)
    .normalize('NFKC')
    .toLowerCase()
    .toUpperCase()
    .toLowerCase()
    .normalize('NFKC');
  return unify(lower.replace(IGNORABLES, ''));
}

function unify(text: string): string {
  let out = '';
  for (let index = 0; index < text.length; index += 1) {
    const code = text.charCodeAt(index);
    out += String.fromCharCode(UNIFIED.get(code) ?? code);
  }
  return out;
}

interface GrowingUnits {
  push(unit: number, start: number, end: number): void;
  take(): FoldedUnits;
}

function growingUnits(capacity: number): GrowingUnits {
  let units = new Uint16Array(capacity);
  let starts = new Uint32Array(capacity);
  let ends = new Uint32Array(capacity);
  let length = 0;
  function grow(): void {
    const wider = [new Uint16Array(length * 2), new Uint32Array(length * 2)] as const;
    wider[0].set(units);
    wider[1].set(starts);
    const widerEnds = new Uint32Array(length * 2);
    widerEnds.set(ends);
    [units, starts, ends] = [wider[0], wider[1], widerEnds];
  }
  return {
    push(unit, start, end) {
      if (length === units.length) grow();
      units[length] = unit;
      starts[length] = start;
      ends[length] = end;
      length += 1;
    },
    take: () => ({
      units: units.subarray(0, length),
      starts: starts.subarray(0, length),
      ends: ends.subarray(0, length),
    }),
  };
}

const CHUNK_UNITS = 8_192;

function stringOf(units: Uint16Array): string {
  let text = '';
  for (let start = 0; start < units.length; start += CHUNK_UNITS) {
    text += String.fromCharCode(...units.subarray(start, start + CHUNK_UNITS));
  }
  return text;
}
