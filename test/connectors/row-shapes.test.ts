import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { fc } from '../support/properties.js';
import type { LogLine, RawRecord } from '../../src/connectors/connector.js';
import type { FieldMapping } from '../../src/domain/configuration.js';
import { readLogFields } from '../../src/connectors/log-fields.js';
import { readLogLine } from '../../src/connectors/log-line.js';
import { openaiShapes } from '../../src/connectors/openai-shapes.js';
import type { RowShapes } from '../../src/connectors/row-shapes.js';

const POSITION = { uri: 'log.jsonl', line: 7, offset: 70, length: 7 };

function shapesOf(mapping: FieldMapping = {}): RowShapes {
  return openaiShapes(readLogFields(mapping)) ?? assert.fail('these fields have no shapes');
}

/** A line with its unread texts read. */
function plain(line: LogLine | null): unknown {
  return line === null ? null : JSON.parse(JSON.stringify(line));
}

/** What the third line of a shape gives, and what the line gives when it is read as a whole. */
function bothWays(line: string, before: string, mapping: FieldMapping = {}): readonly unknown[] {
  const shapes = shapesOf(mapping);
  assert.equal(shapes.read(Buffer.from(before), POSITION), null, 'a shape was never met before');
  const bytes = Buffer.from(line);
  shapes.read(bytes, POSITION);
  const known = shapes.read(bytes, POSITION);
  return [plain(known), plain(readLogLine(bytes, POSITION, readLogFields(mapping)))];
}

function call(changes: object = {}): object {
  return {
    id: 'call-1',
    timestamp: '2026-02-10T12:34:56.789Z',
    user_id: 'jo',
    session_id: 'thread-1',
    request: {
      model: 'm',
      messages: [
        { role: 'system', content: 'Be brief.' },
        { role: 'user', content: 'How "are"\nyou, é?' },
      ],
    },
    response: {
      id: 'r-1',
      choices: [{ message: { role: 'assistant', content: 'Fine.' }, finish_reason: 'stop' }],
      usage: { prompt_tokens: 12, completion_tokens: 3 },
    },
    feedback: [{ name: 'thumbs', verdict: 'approved', at: '2026-02-11T00:00:00.000Z' }],
    ...changes,
  };
}

describe('rows understood by their shapes', () => {
  test('a line of a shape that was met before is a record, without being read as JSON', () => {
    const first = JSON.stringify(call());
    const line = first
      .replace('call-1', 'call-2')
      .replace('12:34', '13:35')
      .replace('"prompt_tokens":12', '"prompt_tokens":99')
      .replace('Fine.', 'Well, \\u00e9\\ud83d.')
      .replace('r-1', 'r-2');
    const [known, whole] = bothWays(line, first);
    assert.ok(known !== null);
    assert.deepEqual(known, whole);
  });

  test('what tools are called with and answer is put in, too', () => {
    const calls = [
      { id: 'c1', type: 'function', function: { name: 'look_up', arguments: '{"city":"Ghent"}' } },
      { id: 'c2', type: 'function', function: { name: 'look_up', arguments: '{"city":"Bruges"}' } },
    ];
    const messages = [
      { role: 'user', content: 'And the weather?' },
      { role: 'assistant', content: null, tool_calls: calls },
      { role: 'tool', tool_call_id: 'c1', content: 'Rain.' },
      { role: 'tool', tool_call_id: 'c2', content: 'Sun.' },
    ];
    const message = { role: 'assistant', content: 'Once more.', tool_calls: calls.slice(1) };
    const response = { choices: [{ message }] };
    const first = JSON.stringify(call({ request: { messages }, response }));
    const line = first
      .replaceAll('c1', 'call_7"'.replaceAll('"', '\\"'))
      .replaceAll('Ghent', 'Antwerp')
      .replace('Sun.', 'Hail.');
    const [known, whole] = bothWays(line, first);
    assert.ok(known !== null);
    assert.deepEqual(known, whole);
  });

  test('lines of many kinds mean what they mean when they are read as a whole', () => {
    const text = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 20 }),
      fc.constantFrom(
        '',
        '[1]',
        '{"messages":[]}',
        '{"role":"assistant","content":"inner"}',
        ' x',
        'data:image/png;base64,AA',
        '\u007f0',
        '12',
      ),
    );
    const part = fc.oneof(
      fc.record({ type: fc.constant('text'), text }),
      fc.record({ type: fc.constant('text'), content: text }),
      fc.record({ type: fc.constant('tool_result'), tool_use_id: text, content: text }),
      fc.record({ type: fc.constant('image_url'), image_url: fc.record({ url: text }) }),
    );
    const toolCall = fc.record({
      id: text,
      type: fc.constant('function'),
      function: fc.record({ name: text, arguments: text }),
    });
    const message = fc.record(
      {
        role: fc.constantFrom('system', 'user', 'assistant', 'tool', 'nobody'),
        content: fc.oneof(text, text, text, fc.array(part, { maxLength: 3 }), fc.constant(null)),
        tool_calls: fc.array(toolCall, { maxLength: 2 }),
        tool_call_id: text,
        id: text,
      },
      { requiredKeys: ['role', 'content'] },
    );
    const time = fc.oneof(
      fc.constantFrom('2026-02-10T12:34:56.789Z', '2026-02-10 12:34', '1770726896', 'never', ''),
      fc.constantFrom(1_770_726_896, 1_770_726_896_789, 0, 12, -1, 1e300, 1770726896.5),
    );
    const row = fc.record(
      {
        id: fc.oneof(text, fc.nat()),
        timestamp: time,
        created: time,
        user: fc.oneof(text, fc.nat()),
        tenant: text,
        session_id: text,
        messages: fc.oneof(fc.array(message, { maxLength: 4 }), text),
        response: fc.oneof(
          fc.record({ choices: fc.array(fc.record({ message }), { maxLength: 2 }), id: text }),
          message,
          text,
        ),
        tools: fc.array(
          fc.record({
            type: fc.constant('function'),
            function: fc.record({ name: text, parameters: fc.record({ content: text, id: text }) }),
          }),
          { maxLength: 1 },
        ),
        response_format: fc.record({
          type: fc.constant('json_schema'),
          schema: fc.record({ content: text }),
        }),
        feedback: fc.record(
          { name: text, at: time, content: text, correction: text, value: fc.nat(2), id: text },
          { requiredKeys: [] },
        ),
        status: fc.constantFrom('success', 'error'),
        usage: fc.record({ prompt_tokens: fc.nat(), content: text }),
        quality: fc.double({ noNaN: true, noDefaultInfinity: true }),
      },
      { requiredKeys: ['timestamp', 'messages'] },
    );
    const mapping: fc.Arbitrary<FieldMapping> = fc.constantFrom<FieldMapping>(
      {},
      {},
      { output: 'response.choices[0].message.content' },
      { id: 'usage.content' },
      { user: 'tenant', tenant: 'user' },
      { model: 'id' },
      { quality: 'usage.prompt_tokens' },
      { 'messages.role': 'id' },
    );
    let understood = 0;
    fc.assert(
      fc.property(row, mapping, fc.boolean(), (given, fields, isAscii) => {
        const json = JSON.stringify(given);
        const line = isAscii
          ? json.replaceAll(
              /[^\x20-\x7e]/g,
              (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
            )
          : json;
        const [known, whole] = bothWays(line, line, fields);
        if (known === null) return;
        understood += 1;
        assert.deepEqual(known, whole);
      }),
      { numRuns: 3_000 },
    );
    assert.ok(understood > 300, `${understood} of 3,000 were understood by their shapes`);
  });

  test('an answer that may be JSON of a message is read where nothing else is the answer', () => {
    const content = '{"role":"assistant","content":"inner"}';
    const line = JSON.stringify(call({ response: { content } }));
    const [known, whole] = bothWays(line, line, { output: 'response.content' });
    assert.deepEqual(known, whole);
    assert.deepEqual((known as RawRecord).output, { role: 'assistant', content: 'inner' });
  });

  test('values that are no times make a line that is read as a whole', () => {
    const first = JSON.stringify(call());
    for (const line of [
      first.replace('2026-02-10T12:34:56.789Z', 'yesterday'),
      first.replace('2026-02-11T00:00:00.000Z', 'tomorrow'),
    ]) {
      const shapes = shapesOf();
      for (let met = 0; met < 2; met += 1) shapes.read(Buffer.from(first), POSITION);
      assert.equal(shapes.read(Buffer.from(line), POSITION), null);
    }
  });

  test('marks that would come to stand in tools, schemas or identifiers of calls are not given out', () => {
    const tools = [
      { type: 'function', function: { name: 'f', parameters: { content: 'text', id: 'a' } } },
    ];
    const schema = { type: 'json_schema', schema: { content: 'object' } };
    for (const changes of [
      { request: undefined, messages: [{ role: 'user', content: 'a' }], tools },
      { response_format: schema },
    ]) {
      const line = JSON.stringify(call(changes));
      assert.equal(bothWays(line, line)[0], null);
    }
  });

  test('names by whose values readers decide are read, whatever else a mapping finds under them', () => {
    const parts = [
      { type: 'text', text: 'Look:' },
      { type: 'image_url', image_url: { url: 'https://example.org/a.png' } },
    ];
    const changes = {
      messages: [{ role: 'user', content: parts }],
      request: undefined,
      response_format: { type: 'json_object' },
      tools: [{ type: 'function', function: { name: 'f' } }],
      feedback: [{ value: 'approved' }],
      owner: { type: 'firm', value: 'jo' },
    };
    for (const mapping of [{ tenant: 'owner.type' }, { user: 'owner.value' }]) {
      const line = JSON.stringify(call(changes));
      const [known, whole] = bothWays(line, line, mapping);
      assert.ok(known !== null);
      assert.deepEqual(known, whole);
    }
  });

  test('a time of the day that marks are of, where no mark stands, makes a line that is read as a whole', () => {
    const first = JSON.stringify(call({ messages: [{ role: 'user', content: '2020-01-01' }] }));
    for (const time of ['"9000-01-01 00:00:00.001"', '"8999-12-31 23:00-02"', '221845392000001']) {
      const line = first.replace(/"timestamp":"[^"]*"/, `"t\\u0069mestamp":${time}`);
      const [known, whole] = bothWays(line, line);
      assert.equal(known, null);
      assert.match((whole as RawRecord).time, /^9000-01-01T/);
    }
  });

  test('shapes are forgotten where they are too much together', () => {
    const shapes = shapesOf();
    const known = Buffer.from(JSON.stringify(call()));
    for (let met = 0; met < 2; met += 1) shapes.read(known, POSITION);
    const readLong = (count: number): void => {
      for (let number = 0; number < count; number += 1) {
        const long = { a: `${count + number}${'x'.repeat(60_000)}` };
        shapes.read(Buffer.from(JSON.stringify(long)), POSITION);
      }
    };
    readLong(50);
    assert.notEqual(shapes.read(known, POSITION), null);
    readLong(100);
    assert.equal(shapes.read(known, POSITION), null);
  });

  test('a line that holds a list is read as a whole, which quarantines it', () => {
    const [known, whole] = bothWays('["failed"]', '["failed"]', { status: '0' });
    assert.equal(known, null);
    assert.equal((whole as LogLine).kind, 'quarantined');
  });

  test('a mapping whose answers are all calls has none, since a row may be known by its digest', () => {
    assert.equal(openaiShapes(readLogFields({ 'messages.turns': 'each' })), null);
  });
});
