import type { Span } from '../domain/finding.js';
import { isSpace } from './characters.js';
import { createFolder } from './fold.js';

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

const folder = createFolder();

/**
 * The form in which texts are compared: NFKC, lower case, ignorable characters gone, quotes and dashes
 * unified, white space and control characters as single spaces, none at the ends.
 *
 * `normalise('“Ｃafé”\r\n\u200bNo.\u00a05')` has the text `"café" no. 5`. Normalising that again
 * changes nothing.
 */
export function normalise(raw: string): NormalisedText {
  const size = folder.fold(raw, 0, raw.length);
  const folded = folder.arrays();
  const { units } = folded;
  const out = new Uint16Array(size);
  const starts = new Uint32Array(size);
  const ends = new Uint32Array(size);
  let length = 0;
  let pendingSpace = -1;
  function push(unit: number, index: number): void {
    out[length] = unit;
    starts[length] = folded.starts[index] ?? 0;
    ends[length] = folded.ends[index] ?? 0;
    length += 1;
  }
  for (let index = 0; index < size; index += 1) {
    const unit = units[index] ?? 0;
    if (isSpace(unit)) {
      if (length > 0 && pendingSpace === -1) pendingSpace = index;
      continue;
    }
    if (pendingSpace !== -1) push(0x20, pendingSpace);
    pendingSpace = -1;
    push(unit, index);
  }
  return {
    text: stringOf(out.subarray(0, length)),
    rawSpan(start, end) {
      if (start >= end || end > length) return { start: 0, end: 0 };
      return { start: starts[start] ?? 0, end: ends[end - 1] ?? 0 };
    },
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
