import type { RawRecord } from '../../src/connectors/connector.js';
import { canonicalMessage } from '../../src/domain/message.js';
import type { CanonicalRecord } from '../../src/domain/record.js';
import { createRecordEncoder } from '../../src/ingest/record.js';
import type { Redactor } from '../../src/ingest/redaction.js';

/** The record of one line, with all its texts. */
export function toCanonicalRecord(
  raw: RawRecord,
  redactor: Redactor,
  key: string,
): CanonicalRecord {
  return readRecord(createRecordEncoder(redactor, key).encode(raw).record);
}

/** A record all of whose texts are read. */
export function readRecord(record: CanonicalRecord): CanonicalRecord {
  return {
    ...record,
    messages: record.messages.map(canonicalMessage),
    output: canonicalMessage(record.output),
  };
}
