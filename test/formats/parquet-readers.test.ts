import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { before, describe, test } from 'node:test';
import { canonicalJson } from '../../src/domain/json.js';
import type { Example } from '../../src/domain/record.js';
import { createParquetTable, type TableColumns } from '../../src/formats/parquet-writer.js';
import { writeExamplesParquet } from '../../src/formats/parquet.js';
import { runHoldfast } from '../support/cli.js';
import { temporaryFolder } from '../support/folders.js';
import { PARQUET_READERS, readWith, type SeenColumns } from '../support/parquet-readers.js';

type Row = Readonly<Record<string, unknown>>;

const folder = await temporaryFolder();

/** Texts that readers and writers have tripped over. */
const TEXTS = [
  '',
  ' ',
  'plain',
  'ünïcödé 😀',
  'line\nfeed\r\ttab\0zero',
  '\u2028\uFEFF\u{10FFFF}',
  '"quoted", \\ and \'',
  'long '.repeat(200),
];

function example(index: number): Example {
  const text = TEXTS[index % TEXTS.length] ?? '';
  return {
    id: `id-${index}`,
    window: '2026-W07',
    // Before 1970, and to the millisecond.
    time: new Date(Date.UTC(1969, 11, 31) + index * 86_399_999).toISOString(),
    side: index % 3 === 0 ? 'holdout' : 'train',
    group: text,
    messages:
      index % 5 === 0
        ? []
        : [
            { role: 'user', content: text },
            {
              role: 'assistant',
              content: '',
              toolCalls: [{ id: 'c1', name: 'find', arguments: '{"a":9007199254740993}' }],
            },
            { role: 'tool', content: text, toolCallId: 'c1' },
          ],
    answer: index % 4 === 0 ? null : text,
    answerOrigin: 'independent',
    contentDigest: 'ff'.repeat(32),
    ...(index % 7 === 0 && {
      recordId: `of ${text}`,
      toolCalls: [{ id: 'c2', name: 'tell', arguments: text }],
      trained: [{ message: 1, origin: 'confirmed' }],
      tools: [{ name: 'tell', parameters: '{}' }],
    }),
  };
}

function jsonOrNull(value: unknown): string | null {
  return value === undefined ? null : canonicalJson(value);
}

function columnsOf(rows: readonly Row[], names: readonly string[]): Record<string, unknown[]> {
  return Object.fromEntries(names.map((name) => [name, rows.map((row) => row[name] ?? null)]));
}

/** Column by column, so that what differs is named. */
function assertSeen({ columns }: SeenColumns, expected: Record<string, unknown[]>): void {
  assert.deepEqual(Object.keys(columns), Object.keys(expected));
  for (const [name, values] of Object.entries(expected)) {
    assert.deepEqual(columns[name], values, `column ${name}`);
  }
}

describe('a release file, as others read it', () => {
  const examples = Array.from({ length: 20_100 }, (_, index) => example(index));
  const expected = {
    id: examples.map(({ id }) => id),
    window: examples.map(({ window }) => window),
    time: examples.map(({ time }) => Date.parse(time)),
    side: examples.map(({ side }) => side),
    group: examples.map(({ group }) => group),
    messages: examples.map(({ messages }) =>
      messages.map(({ role, content, toolCalls, toolCallId }) => ({
        role,
        content,
        tool_calls:
          toolCalls === undefined
            ? null
            : '[{"arguments":"{\\"a\\":9007199254740993}","id":"c1","name":"find"}]',
        tool_call_id: toolCallId ?? null,
      })),
    ),
    answer: examples.map(({ answer }) => answer),
    answer_origin: examples.map(({ answerOrigin }) => answerOrigin),
    content_digest: examples.map(({ contentDigest }) => contentDigest),
  };
  const extras = {
    tool_calls: examples.map(({ toolCalls }) => jsonOrNull(toolCalls)),
    trained_turns: examples.map(({ trained }) => jsonOrNull(trained)),
    tools: examples.map(({ tools }) => jsonOrNull(tools)),
    record_id: examples.map(({ recordId }) => recordId ?? null),
  };
  const path = join(folder, 'train.parquet');
  const empty = join(folder, 'empty.parquet');
  before(async () => {
    await writeFile(path, await writeExamplesParquet(examples));
    await writeFile(empty, await writeExamplesParquet([]));
  });

  for (const reader of PARQUET_READERS) {
    test(`${reader} sees every value of every column, and times as times`, async () => {
      const seen = await readWith(reader, path);
      assertSeen(seen, { ...expected, ...extras });
      assert.match(seen.types['time'] ?? '', /timestamp|datetime/i);
    });

    test(`${reader} sees the columns of a file without rows`, async () => {
      const none = Object.fromEntries(Object.keys(expected).map((name) => [name, []]));
      assertSeen(await readWith(reader, empty), none);
    });

    test(`${reader} sees half of a surrogate pair as the replacement character`, async () => {
      const broken = { ...example(1), answer: 'a\uD83Db', group: '\uDE00' };
      const file = join(folder, 'broken.parquet');
      await writeFile(file, await writeExamplesParquet([broken]));
      const { columns } = await readWith(reader, file);
      assert.deepEqual([columns['answer'], columns['group']], [['a\uFFFDb'], ['\uFFFD']]);
    });
  }
});

describe('a table, as others read it', () => {
  const columns: TableColumns = {
    text: 'text',
    optionalText: 'optional-text',
    integer: 'integer',
    number: 'number',
    optionalNumber: 'optional-number',
    texts: 'texts',
    spans: 'spans',
  };
  const rows: readonly Row[] = Array.from({ length: 1_000 }, (_, index) => ({
    text: TEXTS[index % TEXTS.length],
    ...(index % 3 !== 0 && { optionalText: TEXTS[(index + 1) % TEXTS.length] }),
    integer: [0, -1, 2_147_483_647, -2_147_483_648][index % 4],
    number: [0, -1.5, 1e300, Number.MAX_SAFE_INTEGER, 0.1][index % 5],
    ...(index % 2 === 0 && { optionalNumber: index / 7 }),
    texts: TEXTS.slice(0, index % 4),
    spans: Array.from({ length: index % 3 }, (_unused, start) => ({ start, end: start + index })),
  }));

  for (const reader of PARQUET_READERS) {
    test(`${reader} sees every value of every kind of column, over row groups`, async () => {
      const table = await createParquetTable(columns, 300);
      const parts = rows.flatMap((row) => table.add(row) ?? []);
      const path = join(folder, `${reader}.parquet`);
      await writeFile(path, Buffer.concat([...parts, table.finish()]));
      assertSeen(await readWith(reader, path), columnsOf(rows, Object.keys(columns)));
    });
  }
});

describe('evidence of the command line, as others read it', () => {
  const question =
    'Which of the seven bridges did the mathematician cross on the way to the market?';
  const told = [question, `${question} She wondered.`, 'Something else was asked here, at length.'];
  const train = Array.from({ length: 40 }, (_, index) => ({
    id: index % 2 === 0 ? index : `row ${index}`,
    text: `${told[index % 3] ?? ''} ${index % 4 === 0 ? '😀' : ''}`,
  }));

  for (const command of ['check', 'dedupe'] as const) {
    test(`${command} --evidence writes the same findings as Parquet and as JSON Lines`, async () => {
      const at = (name: string): string => join(folder, `${command}-${name}`);
      const jsonl = (each: readonly object[]): string =>
        each.map((row) => `${JSON.stringify(row)}\n`).join('');
      await writeFile(at('train.jsonl'), jsonl(train));
      await writeFile(at('evals.jsonl'), jsonl([{ id: 'q', text: question }]));
      const against = command === 'check' ? ['--against', at('evals.jsonl')] : [];
      for (const name of ['found.jsonl', 'found.parquet']) {
        const evidence = ['--evidence', at(name)];
        const ended = await runHoldfast([command, at('train.jsonl'), ...against, ...evidence]);
        assert.equal(ended.code, 1, ended.err);
      }
      const findings = (await readFile(at('found.jsonl'), 'utf8'))
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line) as Row);
      assert.ok(findings.length >= 10, `${findings.length} findings`);
      for (const reader of PARQUET_READERS) {
        const seen = await readWith(reader, at('found.parquet'));
        const expected = columnsOf(findings, Object.keys(seen.columns));
        // Ids that are numbers are written as text: a column has one type.
        for (const name of Object.keys(expected).filter((each) => /Id$|^id$/.test(each))) {
          expected[name] = (expected[name] ?? []).map((id) =>
            typeof id === 'number' ? String(id) : id,
          );
        }
        assertSeen(seen, expected);
        const named = new Set(findings.flatMap((finding) => Object.keys(finding)));
        assert.deepEqual(
          [...named].filter((name) => !(name in seen.columns)),
          [],
        );
      }
    });
  }
});
