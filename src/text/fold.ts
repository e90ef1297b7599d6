import { ASCII_FOLDS } from './characters.js';

/** Folds stretches of texts, one after the other, into the same arrays. */
export interface Folder {
  /**
   * Folds units `from` to `to` of a text, as part of the whole where neither begins within a cluster. Returns
   * how many units that makes; zeros follow them.
   */
  fold(raw: string, from: number, to: number): number;
  /** Of the last stretch; replaced when one needs more room. */
  arrays(): FoldedArrays;
}

/** Folded UTF-16 units, and the stretch of the raw text that each was made of. */
export interface FoldedArrays {
  readonly units: Uint16Array;
  readonly starts: Uint32Array;
  readonly ends: Uint32Array;
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

/** Zeros behind folded units, which a splitter looks at. */
const SLACK_UNITS = 4;
const FIRST_CAPACITY = 4_096;
/** What a unit that stands alone folds to, plus one: of those that have stood alone and fold to one unit. */
const singles = new Uint16Array(0x10000);
/** Whether a unit may extend a cluster, or be half of what does: unknown, or one of these. */
const manners = new Uint8Array(0x10000);
const BEGINS = 1;
const EXTENDS = 2;
/** What clusters fold to that are no single units: of the latest ones, which are short. */
const clusters = new Map<string, string>();
const MOST_CLUSTERS = 4_096;
const LONGEST_CLUSTER = 8;

/**
 * Folds case, compatibility forms, quotes and dashes and drops ignorable characters, leaving white
 * space as it stands. Plain ASCII is folded unit by unit; anything else in clusters of a character with
 * what can grow together with it, so that the result is that of folding the whole at once.
 */
export function createFolder(): Folder {
  let arrays = createArrays(FIRST_CAPACITY);

  function room(length: number, needed: number): FoldedArrays {
    if (length + needed + SLACK_UNITS <= arrays.units.length) return arrays;
    const wider = createArrays((length + needed + SLACK_UNITS) * 2);
    wider.units.set(arrays.units.subarray(0, length));
    wider.starts.set(arrays.starts.subarray(0, length));
    wider.ends.set(arrays.ends.subarray(0, length));
    arrays = wider;
    return arrays;
  }

  return {
    arrays: () => arrays,
    fold(raw, from, to) {
      let out = room(0, to - from);
      let length = 0;
      let index = from;
      while (index < to) {
        const single = singleAt(raw, index, to);
        if (single !== 0) {
          out.units[length] = single - 1;
          out.starts[length] = index;
          index += 1;
          out.ends[length] = index;
          length += 1;
          continue;
        }
        const end = clusterEnd(raw, index, to);
        const folded = foldCluster(raw.slice(index, end));
        out = room(length, folded.length + to - end);
        for (let unit = 0; unit < folded.length; unit += 1) {
          out.units[length] = folded.charCodeAt(unit);
          out.starts[length] = index;
          out.ends[length] = end;
          length += 1;
        }
        index = end;
      }
      out.units.fill(0, length, length + SLACK_UNITS);
      return length;
    },
  };
}

/** What the unit folds to, plus one; 0 where that is not one unit, or not known, or another may join it. */
function singleAt(raw: string, index: number, to: number): number {
  const code = raw.charCodeAt(index);
  const next = index + 1 < to ? raw.charCodeAt(index + 1) : 0;
  if (next >= SOFT_HYPHEN && mannerOf(next) === EXTENDS) return 0;
  return code < 128 ? (ASCII_FOLDS[code] ?? 0) + 1 : (singles[code] ?? 0);
}

function mannerOf(unit: number): number {
  const known = manners[unit] ?? 0;
  if (known !== 0) return known;
  // Half of a pair says nothing of the whole.
  const mayExtend = isSurrogate(unit) || EXTENDING.test(String.fromCharCode(unit));
  const manner = mayExtend ? EXTENDS : BEGINS;
  manners[unit] = manner;
  return manner;
}

function isSurrogate(unit: number): boolean {
  return unit >= 0xd800 && unit <= 0xdfff;
}

function clusterEnd(raw: string, start: number, to: number): number {
  let end = start + unitsAt(raw, start);
  while (end < to) {
    const code = raw.codePointAt(end) ?? 0;
    if (code < SOFT_HYPHEN || !EXTENDING.test(String.fromCodePoint(code))) return end;
    end += code > 0xffff ? 2 : 1;
  }
  return end;
}

function unitsAt(raw: string, index: number): number {
  return (raw.codePointAt(index) ?? 0) > 0xffff ? 2 : 1;
}

/** Folds one cluster, and remembers what it folds to. */
function foldCluster(cluster: string): string {
  const known = clusters.get(cluster);
  if (known !== undefined) return known;
  const folded = foldWhole(cluster);
  const unit = cluster.charCodeAt(0);
  if (cluster.length === 1 && folded.length === 1 && !isSurrogate(unit)) {
    singles[unit] = folded.charCodeAt(0) + 1;
  } else if (cluster.length <= LONGEST_CLUSTER) {
    if (clusters.size === MOST_CLUSTERS) clusters.clear();
    clusters.set(cluster, folded);
  }
  return folded;
}

/** Lone surrogates stay as they are. */
function foldWhole(cluster: string): string {
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

function createArrays(capacity: number): FoldedArrays {
  return {
    units: new Uint16Array(capacity),
    starts: new Uint32Array(capacity),
    ends: new Uint32Array(capacity),
  };
}
