import type { Signal } from '../domain/record.js';
import type { ByteWriter } from '../formats/byte-writer.js';
import { pieceOf, textJson } from './json-pieces.js';

/** A log's signals are mostly some of so many, but for their times. */
const MOST_KNOWN = 16;
/** Longer names are a log's own texts, and would be held for as long as its lines are read. */
const LONGEST_NAME = 1_024;

/** A signal without its time, and the JSON behind that. */
interface KnownSignal extends Omit<Signal, 'at'> {
  readonly json: Uint8Array;
}

/** Writes signals as canonical JSON. */
export type SignalsWriter = (signals: readonly Signal[], to: ByteWriter) => void;

/** Of signals that differ in nothing but their times, it makes the JSON once. */
export function createSignalsWriter(): SignalsWriter {
  const known: KnownSignal[] = [];
  let oldest = 0;

  function jsonOf(signal: Signal): Uint8Array {
    for (const each of known) if (isAlike(each, signal)) return each.json;
    const json = pieceOf(behindTime(signal));
    const { correction, kind, name, surface, verdict } = signal;
    // A correction is a text of its own, which hardly ever comes again.
    if (correction !== null || name.length > LONGEST_NAME) return json;
    known[oldest] = { correction, kind, name, surface, verdict, json };
    oldest = (oldest + 1) % MOST_KNOWN;
    return json;
  }

  return (signals, to) => {
    if (signals.length === 0) return to.bytes(NO_SIGNALS);
    let before = FIRST;
    for (const signal of signals) {
      to.bytes(before);
      to.text(signal.at);
      to.bytes(jsonOf(signal));
      before = NEXT;
    }
    to.bytes(END_OF_LIST);
  };
}

const NO_SIGNALS = pieceOf('[]');
const FIRST = pieceOf('[{"at":"');
const NEXT = pieceOf(',{"at":"');
const END_OF_LIST = pieceOf(']');

function isAlike(known: KnownSignal, signal: Signal): boolean {
  return (
    known.name === signal.name &&
    known.verdict === signal.verdict &&
    known.kind === signal.kind &&
    known.surface === signal.surface &&
    known.correction === signal.correction
  );
}

function behindTime({ correction, kind, name, surface, verdict }: Signal): string {
  return (
    `","correction":${textJson(correction)},"kind":"${kind}",` +
    `"name":${JSON.stringify(name)},"surface":"${surface}","verdict":"${verdict}"}`
  );
}
