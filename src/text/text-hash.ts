import { type Hash53, joinLanes } from './hash.js';
import { hashWord } from './word-hash.js';

const SLACK_BYTES = 8;
const encoder = new TextEncoder();
const lanes = { lows: new Int32Array(1), highs: new Int32Array(1) };
let bytes = new Uint8Array(16_384);

/** Hashes a text as it stands, by its UTF-8 bytes. */
export function hashText(text: string): Hash53 {
  if (bytes.length < text.length * 3 + SLACK_BYTES) bytes = new Uint8Array(text.length * 6 + 16);
  const { written } = encoder.encodeInto(text, bytes);
  bytes.fill(0, written, written + SLACK_BYTES);
  hashWord(bytes, written, lanes, 0);
  return joinLanes(lanes.highs[0] ?? 0, lanes.lows[0] ?? 0);
}
