import { canonicalJson } from '../../src/domain/json.js';
import type { CanonicalRecord } from '../../src/domain/record.js';
import type { EncodedRecord } from '../../src/ingest/record.js';
import { createRecordWriter } from '../../src/ingest/record-json.js';
import { readMessage } from '../../src/formats/unread-text.js';
import { transcriptOf } from '../../src/ingest/transcript.js';

const writer = createRecordWriter();

/** A record as ingest has it once it was made of a line. */
export function encodedRecord(record: CanonicalRecord): EncodedRecord {
  const { signals, consent, quality } = record;
  const messages = record.messages.map(readMessage);
  writer.writeContent({ messages, output: readMessage(record.output), signals, consent, quality });
  return {
    record,
    json: Buffer.from(canonicalJson(record)),
    transcript: transcriptOf(record, writer),
  };
}
