import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { InvariantError } from '../../src/domain/errors.js';
import type { Example } from '../../src/domain/record.js';
import { readParquetRows, writeExamplesParquet } from '../../src/formats/parquet.js';
import { toTrainerJsonl, trainerFormatOf, type TrainerFormat } from '../../src/formats/trainer.js';
import { parseTrainingRows } from '../../src/lineage/lineage.js';
import { makeExample } from '../support/records.js';

const CALL = { id: 'c1', name: 'file', arguments: '{"queue":"returns"}' } as const;
const SINGLE = makeExample('a', '', {
  messages: [
    { role: 'system', content: 'Be kind.' },
    { role: 'user', content: 'where is my “parcel”?\n' },
  ],
  answer: 'on its way',
});
const PAIR: Example = { ...SINGLE, rejected: { content: 'gone' } };
const CALLING = makeExample('b', 'file it', {
  answer: '',
  toolCalls: [CALL],
  tools: [{ name: 'file', parameters: '{"type":"object"}' }],
  rejected: { content: '', toolCalls: [{ ...CALL, arguments: '{"queue":"sales"}' }] },
});

function linesOf(examples: readonly Example[], format: TrainerFormat): readonly unknown[] {
  const text = Buffer.from(toTrainerJsonl(examples, format)).toString('utf8');
  assert.ok(text.endsWith('\n'));
  return text.split('\n').flatMap((line) => (line === '' ? [] : [JSON.parse(line) as unknown]));
}

describe('pairs in a trainer’s file', () => {
  test('are as OpenAI documents them', () => {
    assert.deepEqual(linesOf([PAIR], 'preference'), [
      {
        input: {
          messages: [
            { role: 'system', content: 'Be kind.' },
            { role: 'user', content: 'where is my “parcel”?\n' },
          ],
        },
        preferred_output: [{ role: 'assistant', content: 'on its way' }],
        non_preferred_output: [{ role: 'assistant', content: 'gone' }],
      },
    ]);
  });

  test('are as TRL documents them', () => {
    assert.deepEqual(linesOf([PAIR], 'trl-preference'), [
      {
        prompt: [
          { role: 'system', content: 'Be kind.' },
          { role: 'user', content: 'where is my “parcel”?\n' },
        ],
        chosen: [{ role: 'assistant', content: 'on its way' }],
        rejected: [{ role: 'assistant', content: 'gone' }],
      },
    ]);
  });

  test('have the tools that were offered, and calls in the place of answers', () => {
    const tool = { type: 'function', function: { name: 'file', parameters: { type: 'object' } } };
    const [line] = linesOf([CALLING], 'preference') as [Record<string, Record<string, unknown>[]>];
    assert.deepEqual(line['input'], {
      messages: [{ role: 'user', content: 'file it' }],
      tools: [tool],
    });
    const calls = [line['preferred_output'], line['non_preferred_output']].map(
      (output) => output?.[0]?.['tool_calls'],
    );
    assert.deepEqual(
      calls,
      ['returns', 'sales'].map((queue) => [
        {
          id: 'c1',
          type: 'function',
          function: { name: 'file', arguments: JSON.stringify({ queue }) },
        },
      ]),
    );
    const [trl] = linesOf([CALLING], 'trl-preference') as [{ readonly tools?: unknown }];
    assert.deepEqual(trl.tools, [tool]);
  });

  test('are what the provider’s trainer reads; supervised files are conversations everywhere', () => {
    const format = (provider: 'openai' | 'command', method?: 'dpo'): TrainerFormat =>
      trainerFormatOf({ provider, ...(method !== undefined && { method }) });
    assert.deepEqual(
      [format('openai', 'dpo'), format('command', 'dpo'), format('openai'), format('command')],
      ['preference', 'trl-preference', 'chat', 'chat'],
    );
    assert.deepEqual(linesOf([PAIR], 'chat'), [
      {
        messages: [
          { role: 'system', content: 'Be kind.' },
          { role: 'user', content: 'where is my “parcel”?\n' },
          { role: 'assistant', content: 'on its way' },
        ],
      },
    ]);
  });

  test('of an example that is none are an error', () => {
    for (const format of ['preference', 'trl-preference'] as const) {
      assert.throws(() => toTrainerJsonl([SINGLE], format), InvariantError);
      assert.throws(() => toTrainerJsonl([{ ...PAIR, answer: null }], format), InvariantError);
    }
  });

  test('are read again with both answers, by lineages, in either format', () => {
    for (const format of ['preference', 'trl-preference'] as const) {
      const bytes = toTrainerJsonl([PAIR, CALLING], format);
      const [first, second] = parseTrainingRows(bytes, 'train.jsonl');
      assert.deepEqual(first?.messages.at(-1), { role: 'assistant', content: 'on its way' });
      assert.deepEqual([first.answer, first.rejected], ['on its way', PAIR.rejected]);
      assert.deepEqual(
        [second?.rejected, second?.messages.at(-1)?.toolCalls],
        [CALLING.rejected, [CALL]],
      );
      assert.match(second?.templates.join(' ') ?? '', /file/);
    }
  });

  test('without one of the answers are no training file', () => {
    const lines = [
      { input: { messages: [{ role: 'user', content: 'a' }] }, preferred_output: [] },
      {
        input: { messages: [{ role: 'user', content: 'a' }] },
        preferred_output: [{ role: 'assistant', content: 'b' }],
      },
      { prompt: [{ role: 'user', content: 'a' }], chosen: [{ role: 'assistant', content: 'b' }] },
      { chosen: [{ role: 'assistant', content: 'b' }] },
    ];
    for (const line of lines) {
      assert.throws(() => parseTrainingRows(Buffer.from(JSON.stringify(line)), 'f'), {
        name: 'DataError',
        message: /f line 1 is no .* and no pair of answers/,
      });
    }
  });

  test('have the rejected answer as a column of Parquet, which files without pairs have not', async () => {
    const rowsOf = async (examples: readonly Example[]): Promise<Record<string, unknown>[]> => {
      const rows: Record<string, unknown>[] = [];
      for await (const row of readParquetRows(await writeExamplesParquet(examples))) rows.push(row);
      return rows;
    };
    const [pair, calling] = await rowsOf([PAIR, CALLING]);
    assert.deepEqual([pair?.['rejected'], pair?.['rejected_tool_calls']], ['gone', null]);
    assert.match(String(calling?.['rejected_tool_calls']), /sales/);
    assert.ok(!('rejected' in ((await rowsOf([SINGLE]))[0] ?? {})));
  });
});
