import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import type { CheckFinding } from '../../src/cli/check-scan.js';
import type { Example } from '../../src/domain/record.js';
import { writeExamplesParquet } from '../../src/formats/parquet.js';
import { toTrainerJsonl } from '../../src/formats/trainer.js';
import { runHoldfast } from '../support/cli.js';
import { makeExample } from '../support/records.js';

const QUESTION =
  'A train leaves the old station at seven with 41 people and comes home with 17 of them, how many stayed?';

describe('holdfast check looks at every text of a row', () => {
  let folder = '';
  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'holdfast-texts-'));
    writeFileSync(join(folder, 'evals.jsonl'), JSON.stringify({ question: QUESTION }));
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  const check = async (
    row: object,
    ...options: string[]
  ): Promise<{ code: number; parts: readonly string[]; text: string }> => {
    const [train, evals, found] = ['t.jsonl', 'evals.jsonl', 'f.jsonl'].map((name) =>
      join(folder, name),
    );
    assert.ok(train !== undefined && evals !== undefined && found !== undefined);
    writeFileSync(train, `${JSON.stringify({ text: 'nothing' })}\n${JSON.stringify(row)}\n`);
    const argv = ['check', train, '--against', evals, '--evidence', found, ...options];
    const { code, out: text } = await runHoldfast(argv);
    const findings = readFileSync(found, 'utf8')
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line) as CheckFinding);
    for (const { exampleIndex } of findings) assert.equal(exampleIndex, 1);
    return { code, parts: findings.map(({ examplePart }) => examplePart), text };
  };
  const talk = (assistant: object): object => ({
    messages: [
      { role: 'user', content: 'hi' },
      { role: 'assistant', ...assistant },
    ],
  });

  const places: readonly (readonly [string, object])[] = [
    ['rejected', { prompt: 'hi', chosen: 'yes', rejected: `no, ${QUESTION}` }],
    [
      'rejected[1].content',
      {
        prompt: 'hi',
        chosen: 'yes',
        rejected: [
          { role: 'user', content: 'hi' },
          { role: 'assistant', content: QUESTION },
        ],
      },
    ],
    ['text', { prompt: 'hi', text: `hi ${QUESTION}` }],
    ['messages[1].reasoning_content', talk({ content: 'yes', reasoning_content: QUESTION })],
    ['messages[1].thinking', talk({ content: 'yes', thinking: QUESTION })],
    ['messages[1].content', talk({ content: [{ thinking: QUESTION }, { text: 'yes' }] })],
    [
      'messages[0].content',
      {
        messages: [
          { role: 'system', content: QUESTION },
          { role: 'user', content: 'hi' },
        ],
      },
    ],
    ['system', { system: `Be kind. ${QUESTION}`, prompt: 'hi' }],
    ['tools', { prompt: 'hi', tools: [{ name: 'ask', description: QUESTION }] }],
    ['history', { instruction: 'hi', output: 'yes', history: [['hi', QUESTION]] }],
    ['response', { prompt: 'hi', completion: 'yes', response: QUESTION }],
    ['note', { text: 'hi', note: QUESTION }],
    ['options', { question: 'hi', options: [QUESTION] }],
  ];
  for (const [place, row] of places) {
    test(`and finds a sample in ${place}`, async () => {
      const { code, parts } = await check(row);
      assert.deepEqual([code, ...parts], [1, place]);
    });
  }

  test('but for columns that are named, those only', async () => {
    const row = { text: 'hi', note: QUESTION };
    assert.equal((await check(row, '--text-field', 'text')).code, 0);
    assert.equal((await check(row, '--text-field', 'note,text')).code, 2);
  });

  test('and tells how many system prompts and tools hold a part, which is no finding', async () => {
    const part = QUESTION.split(' ').slice(0, 14).join(' ');
    const { code, text } = await check({ system: part, prompt: 'hi' });
    assert.equal(code, 0);
    const line =
      '1 example has a part of a sample, or a short one, in the system prompt or the tools, which is not counted.\n';
    assert.ok(text.includes(`No leak found.\n${line}`), text);
    const page = join(folder, 'page.html');
    await check({ system: part, prompt: 'hi' }, '--report', page);
    assert.ok(readFileSync(page, 'utf8').includes(line.trim()));
    const { text: json } = await check({ system: part, prompt: 'hi' }, '--json');
    assert.equal((JSON.parse(json) as { templateRows: number }).templateRows, 1);
    assert.equal((await check({ prompt: 'hi', rejected: part })).code, 1);
  });
});

test('holdfast check finds a sample wherever a release’s own files hold it', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'holdfast-own-files-'));
  try {
    const [evals, jsonl, table, found] = ['e.jsonl', 't.jsonl', 't.parquet', 'f.jsonl'].map(
      (name) => join(folder, name),
    ) as [string, string, string, string];
    writeFileSync(evals, JSON.stringify({ question: QUESTION }));
    const call = (text: string): object => ({
      toolCalls: [{ id: 'c', name: 'ask', arguments: JSON.stringify({ text }) }],
    });
    const talk = [
      { role: 'user', content: 'hi' },
      { role: 'assistant', content: 'hello', ...call('hello') },
      { role: 'tool', content: 'nothing', toolCallId: 'c' },
    ] as const;
    const examples = [
      { messages: [talk[0], { role: 'assistant', content: QUESTION }, talk[0]] },
      { messages: [talk[0], { ...talk[1], ...call(QUESTION) }, talk[2]] },
      { messages: talk, trained: [{ message: 1, origin: 'confirmed' }], answer: QUESTION },
      { messages: talk, answer: '', ...call(QUESTION) },
      { messages: talk, tools: [{ name: 'ask', description: `answers ${QUESTION} at once` }] },
      { messages: talk, tools: [{ name: 'ask', description: 'answers' }] },
    ].map((changes, index) => makeExample(`row ${index}`, '', changes as Partial<Example>));
    writeFileSync(jsonl, toTrainerJsonl(examples));
    writeFileSync(table, await writeExamplesParquet(examples));
    for (const train of [jsonl, table]) {
      const argv = ['check', train, '--against', evals, '--evidence', found];
      assert.equal((await runHoldfast(argv)).code, 1);
      const lines = readFileSync(found, 'utf8').split('\n').slice(0, -1);
      const rows = lines.map((line) => (JSON.parse(line) as CheckFinding).exampleIndex);
      assert.deepEqual(
        rows.sort((a, b) => a - b),
        [0, 1, 2, 3, 4],
        train,
      );
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

test('holdfast check tells the share that a level rests on, and beside it that of all words', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'holdfast-share-'));
  try {
    const head =
      'Read the question below with care, think of what is asked, and write the answer on one line';
    const questions = ['violets', 'owls', 'tin', 'Borneo', 'tides', 'silk', 'quince', 'rye'];
    const evals = join(folder, 'evals.jsonl');
    const asked = questions.map((word) => ({ question: `${head}.\n\nTell of ${word}?` }));
    writeFileSync(evals, asked.map((row) => JSON.stringify(row)).join('\n'));
    const train = join(folder, 'train.jsonl');
    writeFileSync(train, JSON.stringify({ messages: [{ role: 'user', content: 'Tell of tin' }] }));
    const page = join(folder, 'page.html');
    const { code, out } = await runHoldfast(['check', train, '--against', evals, '--report', page]);
    assert.equal(code, 1);
    const told = '100 % of the words that count (14 % of all)';
    assert.ok(out.includes(`dirty: ${told}, longest run 3 words`), out);
    assert.ok(readFileSync(page, 'utf8').includes(told));
    writeFileSync(train, JSON.stringify(asked[2]));
    const { out: whole } = await runHoldfast(['check', train, '--against', evals]);
    assert.ok(whole.includes("verbatim: 100 % of the sample's words, longest run 21 words"), whole);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
