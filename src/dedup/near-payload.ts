import { DataError } from '../domain/errors.js';
import type { IndexIdentity } from '../domain/index-file.js';
import { NORMALISER_VERSION } from '../text/normalise.js';
import { UNICODE_VERSION } from '../text/word-class-data.js';
import { chooseBands } from './bands.js';
import type { NearPolicy } from './prompt-lanes.js';
import type { PromptSketch } from './prompt-sketch.js';
import { SKETCH_SCHEME } from './sketch.js';

/** Version of the bytes below. */
const PAYLOAD_VERSION = 1;
const KINDS = ['empty', 'bare', 'short', 'long'] as const;
const HAS_MAIN = 4;
const HAS_SHORT = 8;
const KEY_BYTES = 4;

/** What an index file of sketches is, made by this code, policy and seed of what `source` names. */
export function nearIdentity(policy: NearPolicy, seed: number, source: string): IndexIdentity {
  const { bandCount, rowCount } = chooseBands(policy.threshold);
  return {
    kind: 'near-prompts',
    payloadVersion: PAYLOAD_VERSION,
    sketchScheme: SKETCH_SCHEME,
    slotCount: bandCount * rowCount,
    bandCount,
    rowCount,
    seed,
    shingleUnit: policy.shingle.unit,
    shingleSize: policy.shingle.size,
    threshold: policy.threshold,
    textVersion: NORMALISER_VERSION,
    unicodeVersion: UNICODE_VERSION,
    source,
  };
}

/** A byte per sketch, and then the keys of its lanes, little-endian, one sketch behind the other. */
export function encodeSketches(sketches: readonly PromptSketch[]): Uint8Array {
  const lanes = sketches.map(({ main, short }) => [main, short].filter((lane) => lane !== null));
  const keyCount = lanes.flat().reduce((sum, { length }) => sum + length, 0);
  const bytes = new Uint8Array(sketches.length + keyCount * KEY_BYTES);
  const view = new DataView(bytes.buffer);
  sketches.forEach(({ kind, main, short }, index) => {
    bytes[index] =
      KINDS.indexOf(kind) | (main === null ? 0 : HAS_MAIN) | (short === null ? 0 : HAS_SHORT);
  });
  let at = sketches.length;
  for (const keys of lanes.flat()) {
    for (const key of keys) {
      view.setUint32(at, key, true);
      at += KEY_BYTES;
    }
  }
  return bytes;
}

/** @throws DataError `index-refused` where the bytes are not those of so many sketches. */
export function decodeSketches(
  bytes: Uint8Array,
  count: number,
  bandCount: number,
): readonly PromptSketch[] {
  if (bytes.length < count) throw new DataError('index-refused', 'its payload ends too early');
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let at = count;
  const keys = (): Uint32Array => {
    if (at + bandCount * KEY_BYTES > bytes.length) {
      throw new DataError('index-refused', 'its payload ends too early');
    }
    const lane = new Uint32Array(bandCount);
    for (let band = 0; band < bandCount; band += 1) {
      lane[band] = view.getUint32(at, true);
      at += KEY_BYTES;
    }
    return lane;
  };
  const sketches = Array.from({ length: count }, (_, index): PromptSketch => {
    const flags = bytes[index] ?? 0;
    const main = (flags & HAS_MAIN) === 0 ? null : keys();
    const short = (flags & HAS_SHORT) === 0 ? null : keys();
    return { kind: KINDS[flags & 3] ?? 'empty', main, short };
  });
  if (at !== bytes.length) throw new DataError('index-refused', 'its payload is too long');
  return sketches;
}
