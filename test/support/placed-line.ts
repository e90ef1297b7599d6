import type { CanonicalRecord } from '../../src/domain/record.js';
import type { PlacedLine } from '../../src/ingest/lines/logged-line.js';
import { encodedRecord } from './encoded-record.js';
import { makeRecord } from './records.js';

/** A record's line as ingest has it once it was read, the only one of its window. */
export function placedLine(record: CanonicalRecord | null): PlacedLine {
  const { id, contentDigest, messages, consent, time: text } = record ?? makeRecord('call', 'hi');
  const time = Date.parse(text);
  const transcript = record === null ? null : encodedRecord(record).transcript;
  return {
    ...{ id, contentDigest, time, newest: time, source: 0, uri: 'log.jsonl', line: 1, notes: '' },
    ...{ consents: consent === 'allow', denies: consent === 'deny', unwanted: null },
    ...{ isKnown: false, sequence: 0, place: 0 },
    call: transcript && { messages: messages.length, ...transcript, isAgainst: false },
  };
}
