import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { fc } from '../support/properties.js';
import { exampleTexts, placeSpans, templateTexts } from '../../src/contamination/example-parts.js';

describe('the texts of an example', () => {
  const texts = exampleTexts(
    [
      { role: 'system', content: 'brief' },
      { role: 'user', content: 'one' },
      {
        role: 'assistant',
        content: '',
        toolCalls: [{ id: 'c', name: 'f', arguments: '{"x":1}' }],
      },
      { role: 'tool', content: 'two' },
    ],
    'three',
  );

  test('are named by where they stand in the row', () => {
    assert.deepEqual(texts, [
      { name: 'prompt', text: 'one\ntwo' },
      { name: 'messages[2].content', text: '' },
      { name: 'messages[2].toolCalls[0].arguments', text: '{"x":1}' },
      { name: 'answer', text: 'three' },
    ]);
  });

  test('have the arguments of the answer’s own calls behind it', () => {
    const calls = [{ id: 'c', name: 'f', arguments: '{"y":2}' }];
    const asked = { role: 'user', content: 'one' } as const;
    assert.deepEqual(exampleTexts([asked], null, calls), [
      { name: 'prompt', text: 'one' },
      { name: 'answer.toolCalls[0].arguments', text: '{"y":2}' },
    ]);
  });

  test('that many have are system prompts and the texts of tools, without the escapes of JSON', () => {
    const parameters = JSON.stringify({ type: 'object', title: 'two\n"lines"' });
    const tools = [{ name: 'f', description: 'does it', parameters }, { name: 'g' }];
    assert.deepEqual(templateTexts([{ role: 'system', content: 'brief' }], tools), [
      { name: 'messages[0].content', text: 'brief' },
      { name: 'tools[0]', text: 'f\ndoes it\nobject\ntwo\n"lines"' },
      { name: 'tools[1]', text: 'g' },
    ]);
  });

  test('are found again by spans in all of them joined, whichever they are', () => {
    const joined = texts.map(({ text }) => text).join('\n');
    fc.assert(
      fc.property(fc.nat(3), fc.nat(100), fc.nat(100), (which, a, b) => {
        const { name, text } = texts[which] ?? assert.fail();
        const [start, end] = [a, b].map((n) => n % (text.length + 1)).sort((x, y) => x - y);
        fc.pre(start !== undefined && end !== undefined && start < end);
        const offset = texts.slice(0, which).reduce((sum, part) => sum + part.text.length + 1, 0);
        const span = { start: offset + start, end: offset + end };
        const placed = placeSpans(texts, [span]);
        assert.equal(placed?.part.name, name);
        assert.deepEqual(placed.spans, [{ start, end }]);
        assert.equal(text.slice(start, end), joined.slice(span.start, span.end));
      }),
    );
  });

  test('hold no span that lies behind them all', () => {
    assert.equal(placeSpans(texts, [{ start: 1_000, end: 1_001 }]), null);
    assert.equal(placeSpans(texts, [])?.part.name, 'prompt');
  });
});
