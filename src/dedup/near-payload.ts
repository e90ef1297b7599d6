import { DataError } from '../domain/errors.js';
import type { IndexIdentity } from '../domain/index-file.js';
import { NORMALISER_VERSION } from '../text/normalise.js';
import { UNICODE_VERSION } from '../text/word-class-data.js';
import { chooseBands } from './bands.js';
import { decodeSections, encodeSections } from './index-sections.js';
import type { NearPolicy } from './prompt-lanes.js';
import type { PromptSketch } from './prompt-sketch.js';
import { SKETCH_SCHEME } from './sketch.js';

/** Version of the arrays below. */
const PAYLOAD_VERSION = 1;
const KINDS = ['empty', 'bare', 'short', 'long'] as const;
const HAS_MAIN = 4;
const HAS_SHORT = 8;
const SHAPE = { flags: 'bytes', keys: 'naturals' } as const;

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

/** What a sketch is and which lanes it has, in a byte each, and the keys of the lanes one behind the other. */
export function encodeSketches(sketches: readonly PromptSketch[]): Uint8Array {
  const lanes = sketches.flatMap(({ main, short }) =>
    [main, short].filter((lane) => lane !== null),
  );
  const keys = new Uint32Array(lanes.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const lane of lanes) {
    keys.set(lane, at);
    at += lane.length;
  }
  const flags = Uint8Array.from(
    sketches,
    ({ kind, main, short }) =>
      KINDS.indexOf(kind) | (main === null ? 0 : HAS_MAIN) | (short === null ? 0 : HAS_SHORT),
  );
  return encodeSections(SHAPE, { flags, keys });
}

/** @throws DataError `index-refused` where the bytes are not those of so many sketches. */
export function decodeSketches(
  bytes: Uint8Array,
  count: number,
  bandCount: number,
): readonly PromptSketch[] {
  const { flags, keys } = decodeSections(SHAPE, bytes);
  if (flags.length !== count)
    throw new DataError('index-refused', `it has ${flags.length} sketches`);
  let at = 0;
  const take = (): Uint32Array => {
    at += bandCount;
    return keys.subarray(at - bandCount, at);
  };
  const sketches = Array.from(flags, (flag): PromptSketch => {
    const main = (flag & HAS_MAIN) === 0 ? null : take();
    const short = (flag & HAS_SHORT) === 0 ? null : take();
    return { kind: KINDS[flag & 3] ?? 'empty', main, short };
  });
  if (at === keys.length) return sketches;
  throw new DataError('index-refused', `it has ${keys.length} keys, not ${at}`);
}
