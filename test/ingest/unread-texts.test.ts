import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { fc } from '../support/properties.js';
import type { LogLine, RawRecord } from '../../src/connectors/connector.js';
import { readLogFields } from '../../src/connectors/log-fields.js';
import { readLogLine } from '../../src/connectors/log-line.js';
import { openaiShapes } from '../../src/connectors/openai-shapes.js';
import { canonicalJson } from '../../src/domain/json.js';
import { UnreadMessage } from '../../src/formats/unread-text.js';
import { createRecordEncoder } from '../../src/ingest/record.js';
import { createRedactor } from '../../src/ingest/redaction.js';
import { readRecord, toCanonicalRecord } from '../support/canonical-record.js';
import { idleRedactor } from '../support/idle-redactor.js';

const KEY = 'k'.repeat(32);
const POSITION = { uri: 'log.jsonl', line: 7, offset: 70, length: 7 };
const fields = readLogFields({});
const idle = idleRedactor();

function recordOf(line: LogLine | null): RawRecord {
  return line?.kind === 'record' ? line : assert.fail('the line is no record');
}

/** A line's record with its texts unread, and with all of them read. */
function bothWays(json: string): readonly [RawRecord, RawRecord] {
  const shapes = openaiShapes(fields) ?? assert.fail();
  const line = Buffer.from(json);
  shapes.read(line, POSITION);
  const unread = recordOf(shapes.read(line, POSITION));
  const read = recordOf(readLogLine(line, POSITION, fields));
  assert.ok(unread.output instanceof UnreadMessage && !(read.output instanceof UnreadMessage));
  return [unread, read];
}

describe('texts that are unread', () => {
  const text = fc.oneof(
    fc.string({ unit: 'binary', minLength: 1 }),
    fc.constantFrom('mail jo@example.org or +44 7700 900123', '[EMAIL_1] [', 'x'.repeat(20_000)),
  );
  const message = fc.record({
    role: fc.constantFrom('system', 'user', 'assistant', 'tool'),
    content: text,
  });

  for (const [name, redactor] of [
    ['a redactor', createRedactor()],
    ['nothing redacted', idle],
  ] as const) {
    test(`make the record that they make when they are read, with ${name}`, () => {
      const [one, other] = [createRecordEncoder(redactor, KEY), createRecordEncoder(redactor, KEY)];
      const row = fc.record(
        {
          id: fc.string(),
          session_id: fc.string(),
          user: fc.string(),
          messages: fc.array(message, { minLength: 1, maxLength: 6 }),
          output: text,
          time: fc.constant('2026-02-10T12:34:56.789Z'),
        },
        { requiredKeys: ['messages', 'output', 'time'] },
      );
      fc.assert(
        fc.property(row, fc.boolean(), ({ output, ...given }, isAscii) => {
          const whole = { ...given, response: { role: 'assistant', content: output } };
          const json = isAscii ? asAscii(JSON.stringify(whole)) : JSON.stringify(whole);
          const [unread, read] = bothWays(json);
          const [mine, theirs] = [one.encode(unread), other.encode(read)];
          assert.equal(Buffer.from(mine.json).toString(), Buffer.from(theirs.json).toString());
          assert.deepEqual(mine.transcript, theirs.transcript);
          const identity = { id: 'another', contentDigest: '0'.repeat(64) };
          assert.equal(
            Buffer.from(one.identifiedAs(mine, identity).json).toString(),
            canonicalJson({ ...readRecord(mine.record), ...identity }),
          );
          assert.deepEqual(
            toCanonicalRecord(unread, redactor, KEY),
            toCanonicalRecord(read, redactor, KEY),
          );
        }),
        { numRuns: 300 },
      );
    });
  }

  test('make canonical JSON beside tool calls, also where nothing is redacted', () => {
    const calls = [{ id: 'c1', type: 'function', function: { name: 'f', arguments: '{"a":1}' } }];
    const json = JSON.stringify({
      time: '2026-02-10T12:34:56.789Z',
      messages: [{ role: 'user', content: 'Call it.' }],
      response: { role: 'assistant', content: 'Yes.', tool_calls: calls },
    });
    for (const raw of bothWays(json)) {
      const [one, other] = [idle, createRedactor()].map((each) => {
        const { record, json: written } = createRecordEncoder(each, KEY).encode(raw);
        assert.equal(Buffer.from(written).toString(), canonicalJson(readRecord(record)));
        return record.contentDigest;
      });
      assert.equal(one, other);
    }
  });

  test('stay unread where nothing is redacted in them, and only there', () => {
    const messages = [
      { role: 'user', content: 'Ring +44 7700 900123, please.' },
      { role: 'user', content: 'Nothing personal.' },
    ];
    const output = { role: 'assistant', content: 'Thanks.' };
    const time = '2026-02-10T12:34:56.789Z';
    const [unread] = bothWays(JSON.stringify({ time, messages, response: output }));
    const { record } = createRecordEncoder(createRedactor(), KEY).encode(unread);
    assert.deepEqual(
      record.messages.map((each) => [each instanceof UnreadMessage, each.content]),
      [
        [false, 'Ring [PHONE_1], please.'],
        [true, 'Nothing personal.'],
      ],
    );
  });

  test('an object that is spread of a message has no text, so none is lost unseen', () => {
    const [unread] = bothWays(
      '{"time":"2026-02-10T12:34:56.789Z","messages":"a","response":{"content":"b"}}',
    );
    assert.equal(Object.hasOwn({ ...unread.output }, 'content'), false);
    assert.equal(JSON.stringify(unread.output), '{"content":"b","role":"assistant"}');
    const spread = { ...unread, output: { ...unread.output } };
    assert.throws(() => createRecordEncoder(idle, KEY).encode(spread), /is malformed at output/);
  });
});

function asAscii(json: string): string {
  return json.replaceAll(
    /[^\x20-\x7e]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
