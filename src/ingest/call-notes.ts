import { invariant } from '../domain/errors.js';
import { rowMemory } from '../formats/row-memory.js';
import { createParts, type RecordParts } from './record-parts.js';
import { TRANSCRIPT_DIGITS } from './transcript.js';

/** What stands in the spill beside a call's record, so that what the chain remembers of it can be made of the record. */
export interface CallNote {
  readonly parts: RecordParts;
  /** How many messages its request has. */
  readonly messages: number;
  /** The digits of its transcript's digest with its answer. */
  readonly transcript: Uint8Array;
}

/** Notes as bytes; what is written or read is valid until the next. */
export interface CallNotes {
  write(parts: RecordParts, messages: number, transcript: string): Uint8Array;
  read(note: Uint8Array): CallNote;
}

const NUMBER_BYTES = 4;

export function createCallNotes(): CallNotes {
  const parts = createParts();
  const messagesAt = parts.length * NUMBER_BYTES;
  const transcriptAt = messagesAt + NUMBER_BYTES;
  const { bytes, numbers } = rowMemory(transcriptAt + TRANSCRIPT_DIGITS);
  const transcript = bytes.subarray(transcriptAt);
  return {
    write(given, messages, digits) {
      invariant(digits.length === TRANSCRIPT_DIGITS, 'a transcript has another number of digits');
      for (let part = 0; part < parts.length; part += 1) {
        numbers.setUint32(part * NUMBER_BYTES, given[part] ?? 0, true);
      }
      numbers.setUint32(messagesAt, messages, true);
      for (let at = 0; at < TRANSCRIPT_DIGITS; at += 1) {
        bytes[transcriptAt + at] = digits.charCodeAt(at);
      }
      return bytes;
    },
    read(note) {
      invariant(note.length === bytes.length, 'a record that is no call is read as one');
      bytes.set(note);
      for (let part = 0; part < parts.length; part += 1) {
        parts[part] = numbers.getUint32(part * NUMBER_BYTES, true);
      }
      return { parts, messages: numbers.getUint32(messagesAt, true), transcript };
    },
  };
}
