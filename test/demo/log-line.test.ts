import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { readLogFields } from '../../src/connectors/log-fields.js';
import { readLogLine } from '../../src/connectors/log-line.js';
import type { RawRecord } from '../../src/connectors/connector.js';
import { toLogLine, type LogEntry } from '../../src/demo/log-line.js';
import { promptText } from '../../src/domain/record.js';
import { toCanonicalRecord } from '../support/canonical-record.js';
import { createRedactor } from '../../src/ingest/redaction.js';
import { labelOf } from '../../src/select/label.js';

const ENTRY: LogEntry = {
  id: 'easy-ham-1/00001',
  time: '2002-08-12T10:00:00.000Z',
  thread: 'thread-1',
  sender: 'ada@example.org',
  mail: { from: 'Ada <ada@example.org>', subject: '[LIST] the mouse', text: '> quoted\nmine' },
  prompt: 'the mouse . write to grace@example.org',
  filedIn: 'ilug',
};

/** The line as the connector reads it, by its defaults. */
function read(answer: string): RawRecord {
  const bytes = Buffer.from(JSON.stringify(toLogLine(ENTRY, 'model-1', answer)));
  const position = { uri: 'x.jsonl', line: 1, offset: 0, length: bytes.length };
  const line = readLogLine(bytes, position, readLogFields({}));
  assert.equal(line.kind, 'record');
  return line;
}

describe('toLogLine', () => {
  test('is read without a mapping, with its time, thread, sender, model and consent', () => {
    const { externalId, time, conversationId, userId, model, consent, output } = read('chat');
    assert.deepEqual(
      { externalId, time, conversationId, userId, model, consent, output: output.content },
      {
        externalId: ENTRY.id,
        time: ENTRY.time,
        conversationId: ENTRY.thread,
        userId: ENTRY.sender,
        model: 'model-1',
        consent: 'allow',
        output: 'chat',
      },
    );
  });

  test('gives the filing whatever the model answered, so that the reference is independent of it', () => {
    for (const [answer, verdict] of [
      ['ilug', 'approved'],
      ['chat', 'rejected'],
    ] as const) {
      const raw = read(answer);
      assert.equal(raw.signals[0]?.verdict, verdict);
      const record = toCanonicalRecord(raw, createRedactor(), 'a key for tests');
      const label = labelOf(record, { completeSignals: ['filing'], unconfirmed: 'drop' });
      assert.deepEqual(label, { kind: 'labelled', answer: 'ilug', origin: 'independent' });
    }
  });

  test('keeps the mail beside the prompt, and nothing of it gets into a record', () => {
    assert.match(JSON.stringify(toLogLine(ENTRY, 'model-1', 'chat')), /quoted/);
    const record = toCanonicalRecord(read('chat'), createRedactor(), 'a key for tests');
    assert.equal(promptText(record.messages), 'the mouse . write to [EMAIL_1]');
    assert.doesNotMatch(JSON.stringify(record), /quoted|LIST|ada|grace|thread-1/);
  });
});
