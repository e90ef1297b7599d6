import { InvariantError } from '../domain/errors.js';
import { type Hash53, joinLanes } from './hash.js';
import type { Kernel } from './kernel.js';
import { normalise } from './normalise.js';
import { hashRuns } from './runs.js';
import { hashText } from './text-hash.js';
import type { Lanes } from './word-hash.js';
import { type WordReader, createWordReader } from './word-reader.js';

/** The shingles of one text as they come: in order, repeated where the text repeats itself. */
export interface Shingles extends Lanes {
  readonly count: number;
}

/** Makes shingles of raw texts, in arrays that the next text overwrites. */
export interface Shingler {
  /** Reads a text; returns how many words it has. */
  read(raw: string): number;
  /** As `read`, of a well-formed text in UTF-8. */
  readUtf8(bytes: Uint8Array): number;
  /** As `read`, of the text of `length` bytes that the kernel's scanner took. */
  readTaken(length: number): number;
  /** The text read last. */
  text(): string;
  /** How many UTF-16 units the text read last has. */
  length(): number;
  /** The text read last, in UTF-8; shares memory with the next one. */
  utf8(): Uint8Array;
  /** The hash of the text read last, as `hashText` gives it. */
  textHash(): Hash53;
  /** The hashes of the words of the text read last. */
  wordHashes(): Shingles;
  /** Puts the words of the text read last in the kernel, if they are not there; false where they have no room. */
  keepInKernel(): boolean;
  /** The text read last as it is compared. */
  normalised(): string;
  /** Runs of `size` words of the text read last. */
  words(size: number): Shingles;
  /** Runs of `size` UTF-16 units of the text read last, normalised; spaces count. */
  characters(size: number): Shingles;
}

const FIRST_CAPACITY = 1_024;

export function createShingler(kernel: Kernel | null): Shingler {
  const reader: WordReader = createWordReader(kernel);
  let lanes = createLanes(FIRST_CAPACITY);
  let unitLanes = createLanes(FIRST_CAPACITY);
  const encoder = new TextEncoder();
  const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
  /** The text read last, as it was given. */
  let text: string | null = '';
  let utf8: Uint8Array = new Uint8Array(0);
  let wordCount = 0;

  function room(count: number): Lanes {
    if (lanes.lows.length < count) lanes = createLanes(count * 2);
    return lanes;
  }

  function keepInKernel(): boolean {
    if (kernel === null || wordCount > kernel.maximumWords) return false;
    const words = reader.arrays();
    if (words === kernel.words) return true;
    kernel.words.lows.set(words.lows.subarray(0, wordCount));
    kernel.words.highs.set(words.highs.subarray(0, wordCount));
    return true;
  }

  function rawText(): string {
    return text ?? decoder.decode(utf8);
  }

  return {
    read(raw) {
      text = raw;
      wordCount = reader.read(raw);
      return wordCount;
    },
    readUtf8(bytes) {
      text = null;
      utf8 = bytes;
      wordCount = reader.readUtf8(bytes);
      return wordCount;
    },
    readTaken(length) {
      if (kernel === null) throw new InvariantError('no kernel has taken a text');
      utf8 = kernel.utf8(length);
      text = null;
      wordCount = reader.readTaken(length);
      return wordCount;
    },
    text: rawText,
    length() {
      return kernel !== null && reader.isInKernel() ? kernel.unitCount() : rawText().length;
    },
    utf8() {
      if (text === null) return utf8;
      if (kernel !== null && reader.isInKernel()) return kernel.utf8(kernel.byteCount());
      return encoder.encode(text);
    },
    wordHashes: () => ({ count: wordCount, ...lanesOf(reader.arrays()) }),
    keepInKernel,
    normalised: () => normalise(rawText()).text,
    textHash() {
      if (kernel === null || !reader.isInKernel()) return hashText(rawText());
      kernel.hashText();
      return joinLanes(kernel.runs.highs[0] ?? 0, kernel.runs.lows[0] ?? 0);
    },
    words(size) {
      if (kernel !== null && keepInKernel()) {
        return { count: kernel.hashRuns(wordCount, size), ...kernel.runs };
      }
      const out = room(wordCount);
      return { count: hashRuns(reader.arrays(), wordCount, size, out), ...out };
    },
    characters(size) {
      const units = normalise(rawText()).text;
      if (unitLanes.lows.length < units.length) unitLanes = createLanes(units.length * 2);
      const own = unitLanes;
      for (let index = 0; index < units.length; index += 1) {
        own.lows[index] = Math.imul(units.charCodeAt(index) + 1, 0x9e3779b1);
        own.highs[index] = Math.imul(units.charCodeAt(index) + 1, 0x85ebca77);
      }
      const out = room(units.length);
      return { count: hashRuns(own, units.length, size, out), ...out };
    },
  };
}

function lanesOf({ lows, highs }: Lanes): Lanes {
  return { lows, highs };
}

function createLanes(capacity: number): Lanes {
  return { lows: new Int32Array(capacity), highs: new Int32Array(capacity) };
}
