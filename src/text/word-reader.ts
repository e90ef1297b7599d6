import { ASCII_FOLDS } from './characters.js';
import { type FoldedArrays, createFolder } from './fold.js';
import { type Kernel, UNREAD } from './kernel.js';
import type { WordArrays } from './word-arrays.js';
import { type SplitSource, createWordSplitter } from './word-splitter.js';

/** Reads the words of raw texts, one text after the other, into arrays that it uses again. */
export interface WordReader {
  /** How many words there are. */
  read(raw: string): number;
  /** As `read`, of a well-formed text in UTF-8. */
  readUtf8(bytes: Uint8Array): number;
  /** As `read`, of the text of `length` bytes that the kernel's scanner took. */
  readTaken(length: number): number;
  /** Of the text read last; places are UTF-16 units of the raw text. Another read overwrites them. */
  arrays(): WordArrays;
  /** Whether the kernel has the text read last. */
  isInKernel(): boolean;
}

/** After its opening bracket: a type in capitals, and perhaps a number that tells values apart. */
const PLACEHOLDER = /([A-Z][A-Z_]*?)_?\d*\]/y;
/** Zeros that a splitter finds behind a text. */
const SLACK_UNITS = 4;
const FIRST_CAPACITY = 16_384;

/** Makes a reader that has the kernel read what it can, where there is one, and reads the rest by itself. */
export function createWordReader(kernel: Kernel | null): WordReader {
  const splitter = createWordSplitter();
  const folder = createFolder();
  const encoder = new TextEncoder();
  const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
  let bytes = new Uint8Array(FIRST_CAPACITY);
  let arrays = splitter.arrays();
  let isInKernel = false;

  function readByKernel(split: (kernel: Kernel) => number, raw: () => string): number {
    const count = kernel === null ? -1 : split(kernel);
    isInKernel = kernel !== null && count !== -1;
    if (kernel === null || count === -1) return -1;
    arrays = kernel.words;
    const isWhole = kernel.unreadCount() === 0 && kernel.stretchCount() === 0;
    return isWhole ? count : readRest(raw(), kernel, count);
  }

  /** Reads the words that the kernel left unread, and the stretches that it left out. */
  function readRest(raw: string, kernel: Kernel, count: number): number {
    const { words, folded, stretches } = kernel;
    const source = sourceOf(raw, folded, kernel.unitCount(), null);
    const stretchEnd = kernel.stretchCount() * 2;
    splitter.begin();
    let stretch = 0;
    let next = 0;
    for (let index = 0; index <= count; index += 1) {
      const start = index === count ? raw.length : (words.starts[index] ?? 0);
      for (; stretch < stretchEnd && (stretches[stretch] ?? 0) < start; stretch += 2) {
        // What may grow together with what stands before it is folded with that.
        readStretch(raw, Math.max(0, (stretches[stretch] ?? 0) - 1), stretches[stretch + 1] ?? 0);
      }
      if (start < next || index === count) continue;
      if (words.kinds[index] === UNREAD) next = splitter.readAt(source, start);
      else splitter.copy(words, index);
    }
    arrays = splitter.arrays();
    return splitter.count();
  }

  function readAscii(raw: string): number {
    if (bytes.length < raw.length + SLACK_UNITS) bytes = new Uint8Array(raw.length * 2);
    const { written } = encoder.encodeInto(raw, bytes);
    // Anything else takes more bytes than units.
    if (written !== raw.length) return -1;
    for (let index = 0; index < written; index += 1) {
      bytes[index] = ASCII_FOLDS[bytes[index] ?? 0] ?? 0;
    }
    bytes.fill(0, written, written + SLACK_UNITS);
    const count = splitter.split(sourceOf(raw, bytes, written, null));
    arrays = splitter.arrays();
    return count;
  }

  /** Reads units `from` to `to`; neither begins within a word or behind what a word could need. */
  function readStretch(raw: string, from: number, to: number): void {
    const length = folder.fold(raw, from, to);
    const folded = folder.arrays();
    const first = splitter.count();
    splitter.readAll(sourceOf(raw, folded.units, length, folded.starts));
    toRawPlaces(splitter.arrays(), first, splitter.count(), folded);
  }

  function readFolded(raw: string): number {
    splitter.begin();
    readStretch(raw, 0, raw.length);
    arrays = splitter.arrays();
    return splitter.count();
  }

  function readByItself(raw: string): number {
    const count = readAscii(raw);
    return count === -1 ? readFolded(raw) : count;
  }

  return {
    read(raw) {
      const count = readByKernel(
        (own) => own.split(raw),
        () => raw,
      );
      return count === -1 ? readByItself(raw) : count;
    },
    readUtf8(utf8) {
      const raw = (): string => decoder.decode(utf8);
      const count = readByKernel((own) => own.splitUtf8(utf8), raw);
      return count === -1 ? readByItself(raw()) : count;
    },
    readTaken(length) {
      const raw = (): string => (kernel === null ? '' : decoder.decode(kernel.utf8(length)));
      const count = readByKernel((own) => own.splitTaken(length), raw);
      return count === -1 ? readByItself(raw()) : count;
    },
    arrays: () => arrays,
    isInKernel: () => isInKernel,
  };
}

/** `starts` are the places of folded units in the raw text, `null` where both are the same. */
function sourceOf(
  raw: string,
  units: SplitSource['units'],
  length: number,
  starts: Uint32Array | null,
): SplitSource {
  return {
    units,
    length,
    placeholderEnd(start) {
      PLACEHOLDER.lastIndex = starts === null ? start : (starts[start] ?? 0);
      const name = PLACEHOLDER.exec(raw)?.[1];
      return name === undefined ? -1 : start + name.length;
    },
  };
}

/** The places of words `first` to `last`, which are those of folded units. */
function toRawPlaces(
  arrays: WordArrays,
  first: number,
  last: number,
  { starts, ends }: FoldedArrays,
): void {
  for (let index = first; index < last; index += 1) {
    const start = arrays.starts[index] ?? 0;
    const end = arrays.ends[index] ?? 0;
    arrays.starts[index] = starts[start] ?? 0;
    arrays.ends[index] = ends[end - 1] ?? 0;
  }
}
