import { KERNEL_BASE64 } from './kernel-bytes.js';
import { createKernelSeeker, type SeekerExports, seekerBytes } from './kernel-seeker.js';
import {
  createRowScanner,
  type RowScanner,
  type ScannerExports,
  type ScannerPlace,
} from './row-scanner.js';
import type { RunSeeker, SoughtRuns } from './run-seeker.js';
import type { WordArrays } from './word-arrays.js';
import type { Lanes } from './word-hash.js';

/** A word that the kernel leaves to the splitter: numbers with signs and points, connectors, placeholders. */
export const UNREAD = 128;

/**
 * The WebAssembly kernel: words, runs and sketches, bit for bit those of the plain functions. It reads what is
 * ASCII or nearly so and leaves out stretches between white space that are not. Its arrays are overwritten by
 * every call.
 */
export interface Kernel {
  readonly maximumBytes: number;
  readonly maximumWords: number;
  readonly words: WordArrays;
  /** Of the last text, as it is compared: a byte for each UTF-16 unit, spaces for what is left out. */
  readonly folded: Uint8Array;
  /** Hashes of runs of words. */
  readonly runs: Lanes;
  readonly slots: Uint32Array;
  /** First unit and the one behind the last of each stretch of the last text that is left out, in order. */
  readonly stretches: Uint32Array;
  /** Splits a text; -1 where it is too long, or too much of it would be left out. */
  split(raw: string): number;
  /** As `split`, of the text of `length` bytes that the scanner took. */
  splitTaken(length: number): number;
  /** As `split`, of a text in UTF-8. */
  splitUtf8(bytes: Uint8Array): number;
  /** The text that was split or taken last, in UTF-8; `length` bytes of it. */
  utf8(length: number): Uint8Array;
  /** How many bytes the text that was split last has, and how many UTF-16 units. */
  byteCount(): number;
  unitCount(): number;
  /** How many of `stretches` are of the last text. */
  stretchCount(): number;
  /** How many words of the last text are `UNREAD`. */
  unreadCount(): number;
  /** Hashes the text that was split last as it stands, into the first of `runs`. */
  hashText(): void;
  /** Hashes the runs of the first `count` words; returns how many there are. */
  hashRuns(count: number, size: number): number;
  /** Sketches the first `count` runs into `slots`, with two keys of rounds for each slot. */
  sketch(count: number, slotCount: number, rounds: Uint32Array): void;
  /** Takes the first `count` runs as the set that others are compared with; returns its size, -1 if too large. */
  loadSet(count: number): number;
  /**
   * How many of the first `count` runs, each counted once, the loaded set has, too; -1 if they are too many, -2
   * as soon as it lacks more than `mostMissing` of them.
   */
  countCommon(count: number, mostMissing: number): number;
  /** How many different runs were compared last. */
  distinctCount(): number;
  readonly scanner: RowScanner;
  /** Seeks runs among the words of the text that was split last; `null` where the kernel was made for none. */
  readonly seeker: RunSeeker | null;
}

interface Exports extends ScannerExports, SeekerExports {
  readonly memory: { readonly buffer: ArrayBuffer };
  initialise(room: number): number;
  split(length: number): number;
  unreadCount(): number;
  unitCount(): number;
  stretchCount(): number;
  hashText(length: number): void;
  hashRuns(count: number, size: number): number;
  sketch(count: number, slotCount: number): void;
  loadSet(count: number): number;
  countCommon(count: number, mostMissing: number): number;
  distinctCount(): number;
}

type Place =
  | 'maximumBytes'
  | 'maximumStretches'
  | 'stretchesAt'
  | 'maximumWords'
  | 'textAt'
  | 'foldedAt'
  | 'lowsAt'
  | 'highsAt'
  | 'startsAt'
  | 'endsAt'
  | 'kindsAt'
  | 'runLowsAt'
  | 'runHighsAt'
  | 'slotsAt'
  | 'roundsAt'
  | 'roomAt'
  | ScannerPlace;

/** What the standard library's types of TypeScript's DOM have, and those of Node of this version have not. */
interface WebAssemblyApi {
  validate(bytes: Uint8Array): boolean;
  readonly Module: new (bytes: Uint8Array) => object;
  readonly Instance: new (
    module: object,
    imports: object,
  ) => { readonly exports: Exports & Readonly<Record<Place, () => number>> };
}

const SLACK_BYTES = 96;
const SLOT_LIMIT = 256;
/** Memory of 32-bit addresses, with what the kernel itself takes left out. */
const LARGEST_ROOM = 2 ** 32 - 2 ** 26;

/**
 * Makes a kernel of its own memory (25 MB, of which what is used takes space, and a copy of what is `sought`), or
 * `null` without SIMD or where there is not enough memory.
 */
export function createKernel(sought: SoughtRuns | null = null): Kernel | null {
  const { WebAssembly } = globalThis as unknown as { readonly WebAssembly?: WebAssemblyApi };
  if (WebAssembly === undefined) return null;
  compiled ??= compile(WebAssembly);
  if (compiled === 'invalid') return null;
  return kernelOf(new WebAssembly.Instance(compiled, {}).exports, sought);
}

/** Compiled once: kernels differ in their memory only. */
let compiled: object | 'invalid' | undefined;

function compile(api: WebAssemblyApi): object | 'invalid' {
  const bytes = Buffer.from(KERNEL_BASE64, 'base64');
  // An engine without SIMD takes it for invalid: the plain functions do the same.
  return api.validate(bytes) ? new api.Module(bytes) : 'invalid';
}

function kernelOf(
  exports: Exports & Readonly<Record<Place, () => number>>,
  sought: SoughtRuns | null,
): Kernel | null {
  const maximumBytes = exports.maximumBytes();
  const maximumWords = exports.maximumWords();
  const roomBytes = sought === null ? 0 : seekerBytes(sought, maximumWords);
  if (roomBytes > LARGEST_ROOM || exports.initialise(roomBytes) === 0) return null;
  const { buffer } = exports.memory;
  const text = new Uint8Array(buffer, exports.textAt(), maximumBytes + SLACK_BYTES);
  const room = text.subarray(0, maximumBytes);
  const integers = (place: Place): Int32Array =>
    new Int32Array(buffer, exports[place](), maximumWords);
  const roundKeys = new Uint32Array(buffer, exports.roundsAt(), 2 * SLOT_LIMIT);
  const encoder = new TextEncoder();
  let lastRounds: Uint32Array | null = null;
  let byteCount = 0;
  function split(length: number): number {
    byteCount = length;
    return exports.split(length);
  }
  return {
    maximumBytes,
    maximumWords,
    words: {
      lows: integers('lowsAt'),
      highs: integers('highsAt'),
      starts: integers('startsAt'),
      ends: integers('endsAt'),
      kinds: new Uint8Array(buffer, exports.kindsAt(), maximumWords),
    },
    folded: new Uint8Array(buffer, exports.foldedAt(), maximumBytes + SLACK_BYTES),
    stretches: new Uint32Array(buffer, exports.stretchesAt(), 2 * exports.maximumStretches()),
    runs: { lows: integers('runLowsAt'), highs: integers('runHighsAt') },
    slots: new Uint32Array(buffer, exports.slotsAt(), SLOT_LIMIT),
    split(raw) {
      if (raw.length > maximumBytes) return -1;
      const { read, written } = encoder.encodeInto(raw, room);
      if (read !== raw.length) return -1;
      text.fill(0, written, written + SLACK_BYTES);
      return split(written);
    },
    splitTaken: split,
    splitUtf8(bytes) {
      if (bytes.length > maximumBytes) return -1;
      text.set(bytes);
      text.fill(0, bytes.length, bytes.length + SLACK_BYTES);
      return split(bytes.length);
    },
    utf8: (length) => text.subarray(0, length),
    byteCount: () => byteCount,
    unitCount: () => exports.unitCount(),
    stretchCount: () => exports.stretchCount(),
    unreadCount: () => exports.unreadCount(),
    hashText() {
      exports.hashText(byteCount);
    },
    hashRuns: (count, size) => exports.hashRuns(count, size),
    sketch(count, slotCount, rounds) {
      if (rounds !== lastRounds) roundKeys.set(rounds);
      lastRounds = rounds;
      exports.sketch(count, slotCount);
    },
    loadSet: (count) => exports.loadSet(count),
    countCommon: (count, mostMissing) => exports.countCommon(count, mostMissing),
    distinctCount: () => exports.distinctCount(),
    scanner: createRowScanner(exports, maximumBytes),
    seeker:
      sought === null
        ? null
        : createKernelSeeker(sought, maximumWords, { buffer, start: exports.roomAt() }, exports),
  };
}
