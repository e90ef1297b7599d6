import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { DataError } from '../../src/domain/errors.js';
import type { Sample } from '../../src/domain/sample.js';
import { parseEvalFile } from '../../src/evals/parse-eval-file.js';

function parse(...lines: readonly (string | object)[]): readonly Sample[] {
  const text = lines.map((line) => (typeof line === 'string' ? line : JSON.stringify(line)));
  return parseEvalFile(Buffer.from(text.join('\n')), 'golden.jsonl');
}

describe('an eval file', () => {
  test('may name counterfactual pairs, whose members are one cluster', () => {
    const [one, other, third] = parse(
      { id: 'a', input: 'Is Anna hired?', reference: 'yes', pair: 'hiring-1' },
      { id: 'b', input: 'Is Ahmed hired?', reference: 'yes', pair: 'hiring-1' },
      { id: 'c', input: 'Is it raining?', reference: 'no' },
    );
    assert.deepEqual([one?.pair, one?.cluster], ['hiring-1', 'hiring-1']);
    assert.deepEqual([other?.pair, other?.cluster], ['hiring-1', 'hiring-1']);
    assert.ok(third !== undefined && !('pair' in third));
  });

  test('is refused with a pair that has one member, or is of two clusters', () => {
    const member = { input: 'Is Anna hired?', reference: 'yes', pair: 'p' };
    assert.throws(() => parse(member), /the pair of sample line-1 has no other member/);
    assert.throws(
      () => parse({ ...member, cluster: 'x' }, { ...member, cluster: 'y' }),
      /the members of the pair of sample line-1 are of several clusters/,
    );
    assert.equal(parse({ ...member, cluster: 'x' }, { ...member, cluster: 'x' }).length, 2);
  });

  test('names a scorer, tools, and calls as what is expected', () => {
    const parameters = { type: 'object', properties: { city: { type: 'string' } } };
    const [sample] = parse({
      id: 'a',
      input: [
        { role: 'user', content: 'Weather in Paris?' },
        {
          role: 'assistant',
          content: null,
          tool_calls: [{ id: 'c1', function: { name: 'place', arguments: '{"name":"Paris"}' } }],
        },
        { role: 'tool', content: 'FR', tool_call_id: 'c1' },
      ],
      tools: [{ type: 'function', function: { name: 'weather', parameters } }],
      scorer: 'tool-call',
      reference: { name: 'weather', arguments: { city: 'Paris' } },
    });
    assert.deepEqual(sample, {
      id: 'a',
      messages: [
        { role: 'user', content: 'Weather in Paris?' },
        {
          role: 'assistant',
          content: '',
          toolCalls: [{ id: 'c1', name: 'place', arguments: '{"name":"Paris"}' }],
        },
        { role: 'tool', content: 'FR', toolCallId: 'c1' },
      ],
      reference: '{"arguments":{"city":"Paris"},"name":"weather"}',
      referenceOrigin: 'independent',
      options: [],
      cluster: 'a',
      scorer: 'tool-call',
      tools: [
        {
          name: 'weather',
          parameters: '{"properties":{"city":{"type":"string"}},"type":"object"}',
        },
      ],
    });
  });

  test('takes a number for the text of it', () => {
    assert.equal(parse({ input: 'Six times seven?', reference: 42 })[0]?.reference, '42');
  });

  test('is refused where its scorer can not judge by a reference, with the line', () => {
    assert.throws(
      () =>
        parse({ input: 'x', reference: '1' }, { input: 'y', reference: 'one', scorer: 'numeric' }),
      /golden\.jsonl line 2 cannot be read: "numeric" can't judge it: the reference is no number/,
    );
  });

  test('is read line by line into samples, with every spelling of a field', () => {
    const samples = parse(
      '\uFEFF{"id": "a", "input": "What?", "reference": "That."}\r',
      '',
      { id: 7, input: 'Who?', answer: 'Her.', group: 'g1', options: ['Him.', 'Her.'] },
      {
        input: [
          { role: 'developer', content: 'Be brief.' },
          { role: 'user', content: 'Why?' },
        ],
      },
      { id: 'd', input: 'x', reference: 'same', answer: 'same', cluster: 'g1', note: 'kept out' },
    );
    const common = { referenceOrigin: 'independent', options: [] };
    assert.deepEqual(samples, [
      {
        ...common,
        id: 'a',
        messages: [{ role: 'user', content: 'What?' }],
        reference: 'That.',
        cluster: 'a',
      },
      {
        ...common,
        id: '7',
        messages: [{ role: 'user', content: 'Who?' }],
        reference: 'Her.',
        cluster: 'g1',
        options: ['Him.', 'Her.'],
      },
      {
        ...common,
        id: 'line-4',
        messages: [
          { role: 'system', content: 'Be brief.' },
          { role: 'user', content: 'Why?' },
        ],
        reference: null,
        cluster: 'line-4',
      },
      {
        ...common,
        id: 'd',
        messages: [{ role: 'user', content: 'x' }],
        reference: 'same',
        cluster: 'g1',
      },
    ]);
  });

  const good = { id: 'a', input: 'What?' };
  const refusals: readonly (readonly [string, readonly (string | object)[], string, RegExp])[] = [
    [
      'broken JSON',
      [good, '{"input": "sk-planted-secret'],
      'eval-line-unreadable',
      /^golden\.jsonl line 2 /,
    ],
    ['a line that is a list', ['["sk-planted-secret"]'], 'eval-line-unreadable', /line 1 /],
    ['no input', [good, { id: 'sk-planted-secret' }], 'eval-line-unreadable', /line 2 .*"input"/],
    ['an input of another type', [{ input: 5 }], 'eval-line-unreadable', /"input"/],
    [
      'a message without content',
      [{ input: [{ role: 'user' }] }],
      'eval-line-unreadable',
      /"input\.0\.content"/,
    ],
    [
      'an unknown role',
      [{ input: [{ role: 'sk-planted-secret', content: 'x' }] }],
      'eval-line-unreadable',
      /"input"/,
    ],
    ['no messages', [{ input: [] }], 'eval-line-unreadable', /"input"/],
    [
      'an empty reference',
      [{ input: 'x', reference: ' \n' }],
      'eval-line-unreadable',
      /"reference"/,
    ],
    [
      'two references',
      [{ input: 'x', reference: 'sk-planted-secret', answer: 'b' }],
      'eval-line-unreadable',
      /mean the same and differ/,
    ],
    [
      'two clusters',
      [{ input: 'x', cluster: 'a', group: 'b' }],
      'eval-line-unreadable',
      /mean the same and differ/,
    ],
    ['true as reference', [{ input: 'x', reference: true }], 'eval-line-unreadable', /"reference"/],
    [
      'an id used twice',
      [good, { ...good, input: 'sk-planted-secret' }],
      'eval-id-repeated',
      /line 2/,
    ],
    [
      'an id used twice as number and text',
      [
        { id: 1, input: 'x' },
        { id: '1', input: 'y' },
      ],
      'eval-id-repeated',
      /line 2/,
    ],
    ['no samples', ['', '  '], 'eval-set-empty', /golden\.jsonl/],
  ];
  for (const [name, lines, code, message] of refusals) {
    test(`with ${name} is refused whole, with its place and without its text`, () => {
      assert.throws(
        () => parse(...lines),
        (error: unknown) =>
          error instanceof DataError &&
          error.code === code &&
          message.test(error.message) &&
          !`${error.message} ${String(error.cause)}`.includes('sk-planted'),
      );
    });
  }

  test('that is not UTF-8 is refused', () => {
    const bytes = Buffer.from('{"input": "caf\xe9"}', 'latin1');
    assert.throws(
      () => parseEvalFile(bytes, 'golden.jsonl'),
      (error: unknown) =>
        error instanceof DataError &&
        error.code === 'eval-line-unreadable' &&
        error.message.includes('UTF-8'),
    );
  });
});
