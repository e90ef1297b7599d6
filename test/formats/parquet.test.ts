import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { fc } from '../support/properties.js';
import { DataError } from '../../src/domain/errors.js';
import type { Example } from '../../src/domain/record.js';
import { readParquetRows, writeExamplesParquet } from '../../src/formats/parquet.js';
import { collectUntilError, noise } from '../support/bytes.js';
import { repositoryRoot } from '../support/paths.js';

const FIXTURES = join(repositoryRoot, 'test', 'fixtures', 'parquet');

const EXAMPLE: Example = {
  id: 'a',
  window: '2026-W07',
  time: '2026-02-10T12:34:56.789Z',
  side: 'train',
  group: '0f',
  messages: [
    { role: 'system', content: '' },
    { role: 'user', content: 'What is 6 × 7? 😀\n' },
    {
      role: 'assistant',
      content: '',
      toolCalls: [{ id: 'c1', name: 'multiply', arguments: '{"a": 6}' }],
    },
    { role: 'tool', content: '42', toolCallId: 'c1' },
  ],
  answer: '42',
  answerOrigin: 'independent',
  contentDigest: 'ff',
};

async function rowsOf(bytes: Uint8Array): Promise<readonly Record<string, unknown>[]> {
  const { values, error } = await collectUntilError(readParquetRows(bytes));
  assert.equal(error, null);
  return values;
}

describe('writeExamplesParquet', () => {
  test('an example comes back with its messages, its time and its missing values', async () => {
    const [row] = await rowsOf(await writeExamplesParquet([EXAMPLE]));
    assert.deepEqual(row, {
      id: 'a',
      window: '2026-W07',
      time: '2026-02-10T12:34:56.789Z',
      side: 'train',
      group: '0f',
      messages: [
        { role: 'system', content: '', tool_calls: null, tool_call_id: null },
        { role: 'user', content: 'What is 6 × 7? 😀\n', tool_calls: null, tool_call_id: null },
        {
          role: 'assistant',
          content: '',
          tool_calls: '[{"arguments":"{\\"a\\": 6}","id":"c1","name":"multiply"}]',
          tool_call_id: null,
        },
        { role: 'tool', content: '42', tool_calls: null, tool_call_id: 'c1' },
      ],
      answer: '42',
      answer_origin: 'independent',
      content_digest: 'ff',
    });
  });

  test('what few examples have is in columns that only their files have', async () => {
    const toolCalls = [{ id: 'c2', name: 'tell', arguments: '{"n": 42}' }];
    const trained = [{ message: 2, origin: 'confirmed' as const }];
    const tools = [{ name: 'tell', parameters: '{"type":"object"}' }];
    const special: Example = {
      ...EXAMPLE,
      id: 'a#turn-4',
      recordId: 'a',
      toolCalls,
      trained,
      tools,
    };
    const [plain, row] = await rowsOf(await writeExamplesParquet([EXAMPLE, special]));
    const extras = ['tool_calls', 'trained_turns', 'tools', 'record_id'];
    assert.deepEqual(
      extras.map((name) => plain?.[name]),
      [null, null, null, null],
    );
    assert.deepEqual(
      extras.slice(0, 3).map((name): unknown => JSON.parse(String(row?.[name]))),
      [toolCalls, trained, tools],
    );
    assert.equal(row?.['record_id'], 'a');
    const [calling] = await rowsOf(await writeExamplesParquet([{ ...EXAMPLE, toolCalls }]));
    assert.deepEqual(Object.keys(calling ?? {}).slice(-2), ['content_digest', 'tool_calls']);
  });

  test('any examples come back in order, and the same ones give the same bytes', async () => {
    const role = fc.constantFrom('system' as const, 'user' as const, 'assistant' as const);
    const message = fc
      .record({ role, content: fc.string({ unit: 'grapheme' }) })
      .map((parts) => ({ ...parts }));
    const example = fc
      .record({
        id: fc.string({ minLength: 1 }),
        messages: fc.array(message, { maxLength: 4 }),
        answer: fc.option(fc.string({ unit: 'binary' })),
        side: fc.constantFrom('train' as const, 'holdout' as const),
      })
      .map((parts): Example => ({ ...EXAMPLE, ...parts }));
    await fc.assert(
      fc.asyncProperty(fc.array(example, { maxLength: 8 }), async (examples) => {
        const bytes = await writeExamplesParquet(examples);
        const rows = await rowsOf(bytes);
        const kept = rows.map((row) => [
          row['id'],
          row['side'],
          row['answer'],
          (row['messages'] as { role: string; content: string }[]).map(({ role, content }) => ({
            role,
            content,
          })),
        ]);
        assert.deepEqual(
          kept,
          examples.map((each) => [each.id, each.side, each.answer, each.messages]),
        );
        assert.ok(Buffer.from(bytes).equals(await writeExamplesParquet(examples)));
      }),
      { numRuns: 60 },
    );
  });

  test('no examples are a file of no rows', async () => {
    assert.deepEqual(await rowsOf(await writeExamplesParquet([])), []);
  });

  test('more rows than one row group holds come back in order', async () => {
    const examples = Array.from({ length: 20_001 }, (_, index) => ({
      ...EXAMPLE,
      id: `e${index}`,
    }));
    const rows = await rowsOf(await writeExamplesParquet(examples));
    assert.deepEqual(
      rows.map((row) => row['id']),
      examples.map((each) => each.id),
    );
  });
});

describe('readParquetRows', () => {
  const expected = [
    {
      text: 'plain',
      big: 1,
      small: 1,
      float: 0.5,
      time: '2018-10-29T03:32:08.296Z',
      flag: true,
      messages: [
        { role: 'user', content: 'hi' },
        { role: 'assistant', content: 'ho' },
      ],
      fixed: '/wA=',
      category: 'a',
    },
    {
      text: 'ünïcödé 😀',
      big: '9007199254740994',
      small: -2,
      float: null,
      time: null,
      flag: false,
      messages: [],
      fixed: null,
      category: 'b',
    },
    {
      text: null,
      big: '-9007199254740996',
      small: null,
      float: null,
      time: '1969-12-31T00:00:00.000Z',
      flag: null,
      messages: null,
      fixed: 'eno=',
      category: 'a',
    },
    {
      text: '',
      big: null,
      small: 4,
      float: -1e300,
      time: '2026-01-01T00:00:00.000Z',
      flag: true,
      messages: [{ role: 'user', content: null }],
      fixed: 'YWI=',
      category: null,
    },
  ];

  const names = readdirSync(FIXTURES).sort();
  for (const name of names) {
    test(`pyarrow's file compressed with ${name.split('.')[0]} reads with JSON values`, async () => {
      const rows = await rowsOf(readFileSync(join(FIXTURES, name)));
      assert.deepEqual(
        rows.map(({ bytes, ...row }) => (void bytes, row)),
        expected,
      );
    });
  }

  test('the fixtures are there', () => assert.equal(names.length, 6));

  test('what is no Parquet file is refused without a piece of it', async () => {
    const whole = await writeExamplesParquet([EXAMPLE]);
    const broken = Buffer.from(whole);
    broken.fill(0xff, 10, 200);
    const cases = [
      [Buffer.from(''), 'invalid-parquet'],
      [Buffer.from('{"secret": 1}'), 'invalid-parquet'],
      [noise(5_000), 'invalid-parquet'],
      [whole.subarray(0, -10), 'truncated-parquet'],
      [broken, 'invalid-parquet'],
    ] as const;
    for (const [bytes, code] of cases) {
      const { error } = await collectUntilError(readParquetRows(bytes));
      assert.ok(error instanceof DataError && error.code === code);
      assert.doesNotMatch(error.message, /secret/);
      assert.equal(error.cause, undefined);
    }
  });
});
