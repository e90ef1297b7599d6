import { canonicalMessage } from '../../src/domain/message.js';
import type { CanonicalRecord } from '../../src/domain/record.js';
import type { EncodedRecord } from '../../src/ingest/record.js';
import { createRecordWriter } from '../../src/ingest/record-json.js';
import { transcriptOf } from '../../src/ingest/transcript.js';

const writer = createRecordWriter();

/** A record as ingest has it once it was made of a line. */
export function encodedRecord(record: CanonicalRecord): EncodedRecord {
  const { signals, consent, quality } = record;
  const messages = record.messages.map(canonicalMessage);
  writer.writeContent({
    messages,
    output: canonicalMessage(record.output),
    signals,
    consent,
    quality,
  });
  // As ingest does: the JSON is valid until more is written.
  const transcript = transcriptOf(record, writer);
  return { record, json: writer.recordJson(record), parts: writer.parts(), transcript };
}
