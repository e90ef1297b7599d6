import { invariant } from '../domain/errors.js';
import { SKIM_KERNEL_BASE64 } from './skim-kernel-bytes.js';
import { type ReadText, type TextForm, UnreadText } from './unread-text.js';

/**
 * Skims lines of JSON: of values under certain names it only notes where they stand, and everything else is the
 * line's shape, JSON with a mark in the place of each: a string of `DEL` and its number. Many lines of a log have one
 * shape, and lines of one shape differ in nothing but those values.
 */
export interface LineSkimmer {
  /**
   * The number of the line's shape, `NEW_SHAPE` where it is none of those that are kept; `null` where it has to be read
   * as a whole. Not all that is skimmed is JSON.
   */
  skim(line: Uint8Array): number | null;
  /** The shape of the line that was skimmed last. */
  shape(): string;
  /** How many bytes it has. */
  shapeBytes(): number;
  /** Keeps it, which is new; its number, from 0 on, or `null` where there is no room beside those that are kept. */
  keep(): number | null;
  /** Forgets the shapes that were kept. */
  forget(): void;
  /** How many values the line that was skimmed last was left without. */
  count(): number;
  /** One of them by the number of its mark; a number as it is written. */
  textOf(value: number): string;
  /** The same, without reading it. */
  unreadText(value: number): UnreadText;
}

/** What is left out under a name: strings that are not empty, numbers, or both. */
export interface SkimmedName {
  readonly name: string;
  readonly texts: boolean;
  readonly numbers: boolean;
}

/** What marks begin with. A line that has it in a string of its shape is not skimmed. */
export const MARK = '\u007f';

/** Of a line whose shape isn't kept. */
export const NEW_SHAPE = -1;

/** Numbers that stand in the table for each value: start, end, and what it is. */
const VALUE_NUMBERS = 3;
const [ASCII, CANONICAL, PLAIN] = [1, 2, 4];
/** Names are put in the kernel with what is left out under them, each in so many bytes. */
const NAME_BYTES = 32;
const [TEXTS, NUMBERS] = [1, 2];

interface Exports {
  readonly memory: { readonly buffer: ArrayBuffer };
  initialise(): number;
  skim(length: number): number;
  skimmedValues(): number;
  isShapeAscii(): number;
  resolve(length: number): number;
  findShape(length: number): number;
  keepShape(length: number): number;
  forgetShapes(): void;
  lineAt(): number;
  shapeAt(): number;
  valuesAt(): number;
  lengthsAt(): number;
  namesAt(): number;
  resolvedAt(): number;
  maximumLine(): number;
  maximumValues(): number;
  maximumNames(): number;
  longestName(): number;
}

/** What the standard library's types of TypeScript's DOM have, and those of Node of this version have not. */
interface WebAssemblyApi {
  validate(bytes: Uint8Array): boolean;
  readonly Module: new (bytes: Uint8Array) => object;
  readonly Instance: new (module: object, imports: object) => { readonly exports: Exports };
}

/**
 * Makes a skimmer with 8 MB of its own, or `null` where WebAssembly has no SIMD. Names that are not ASCII, and those of
 * more than 31 characters, are left in the shape.
 */
export function createLineSkimmer(names: readonly SkimmedName[]): LineSkimmer | null {
  const { WebAssembly } = globalThis as unknown as { readonly WebAssembly?: WebAssemblyApi };
  if (WebAssembly === undefined) return null;
  compiled ??= compile(WebAssembly);
  if (compiled === 'invalid') return null;
  const { exports } = new WebAssembly.Instance(compiled, {});
  if (exports.initialise() === 0) return null;
  setNames(names, exports);
  const { buffer } = exports.memory;
  const longest = exports.maximumLine();
  const line = Buffer.from(buffer, exports.lineAt(), longest);
  const shape = Buffer.from(buffer, exports.shapeAt(), longest);
  const resolved = Buffer.from(buffer, exports.resolvedAt(), longest);
  const valueNumbers = exports.maximumValues() * VALUE_NUMBERS;
  const values = new Uint32Array(buffer, exports.valuesAt(), valueNumbers);
  /** The line that was skimmed last. */
  let skimmed: Buffer = Buffer.alloc(0);
  let shapeLength = 0;

  const read: ReadText = (json, isAscii) => {
    line.set(json);
    return resolved.toString(isAscii ? 'latin1' : 'utf8', 0, exports.resolve(json.length));
  };
  /** By what is said of a value: ASCII, canonical, both or neither. */
  const forms = [0, ASCII, CANONICAL, ASCII | CANONICAL].map((kind): TextForm => ({
    isAscii: (kind & ASCII) !== 0,
    isCanonical: (kind & CANONICAL) !== 0,
    read,
  }));
  function unreadText(value: number): UnreadText {
    const entry = value * VALUE_NUMBERS;
    const form = forms[(values[entry + 2] ?? 0) & (ASCII | CANONICAL)];
    invariant(form !== undefined, 'a text has no form');
    return new UnreadText(skimmed, values[entry] ?? 0, values[entry + 1] ?? 0, form);
  }

  return {
    skim(bytes) {
      if (bytes.length >= longest) return null;
      skimmed = Buffer.isBuffer(bytes)
        ? bytes
        : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
      line.set(bytes);
      const length = exports.skim(bytes.length);
      // Marks may be longer than what they stand for, and then the values were written over.
      if (length < 0 || length > longest) return null;
      shapeLength = length;
      return exports.findShape(length);
    },
    shape: () => shape.toString(exports.isShapeAscii() === 1 ? 'latin1' : 'utf8', 0, shapeLength),
    shapeBytes: () => shapeLength,
    keep() {
      const number = exports.keepShape(shapeLength);
      return number === -1 ? null : number;
    },
    forget: () => exports.forgetShapes(),
    count: () => exports.skimmedValues(),
    textOf(value) {
      const entry = value * VALUE_NUMBERS;
      if (((values[entry + 2] ?? 0) & PLAIN) === 0) return unreadText(value).text();
      const [start = 0, end = 0] = [values[entry], values[entry + 1]];
      return skimmed.toString('latin1', start, end);
    },
    unreadText,
  };
}

/** Compiled once: skimmers differ in their memory only. */
let compiled: object | 'invalid' | undefined;

function compile(api: WebAssemblyApi): object | 'invalid' {
  const program = Buffer.from(SKIM_KERNEL_BASE64, 'base64');
  return api.validate(program) ? new api.Module(program) : 'invalid';
}

/** Puts the names where the kernel looks for them, in the order of their lengths. */
function setNames(names: readonly SkimmedName[], exports: Exports): void {
  const longest = exports.longestName();
  const { buffer } = exports.memory;
  const lengths = new Uint8Array(buffer, exports.lengthsAt(), (longest + 1) * 2);
  const taken = names
    .filter(
      ({ name }) => /^[\x20-\x7e]+$/.test(name) && !/["\\]/.test(name) && name.length <= longest,
    )
    .sort((a, b) => a.name.length - b.name.length);
  invariant(taken.length <= exports.maximumNames(), `${taken.length} names are too many to skim`);
  for (const [index, { name, texts, numbers }] of taken.entries()) {
    const entry = Buffer.from(buffer, exports.namesAt() + index * NAME_BYTES, NAME_BYTES);
    entry[0] = (texts ? TEXTS : 0) | (numbers ? NUMBERS : 0);
    entry.write(name, 1, 'latin1');
    const place = name.length * 2;
    if (lengths[place + 1] === 0) lengths[place] = index;
    lengths[place + 1] = (lengths[place + 1] ?? 0) + 1;
  }
}
