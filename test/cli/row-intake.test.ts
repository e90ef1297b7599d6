import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { createRows } from '../../src/cli/dedupe-rows.js';
import { temporaryFolder } from '../support/folders.js';

const TEXT =
  'the customer wrote that the parcel which was promised for monday has not arrived and asks where it is now';
const never = new AbortController().signal;

interface Found {
  /** What the second row is to the first, or the other way round. */
  readonly rule: 'exact' | 'near' | 'other';
  readonly conflicts: number;
}

describe('what two rows have to have in common', async () => {
  const folder = await temporaryFolder();

  async function foundIn(
    path: string,
    threads: number,
    fields: readonly string[] | null,
  ): Promise<Found> {
    const policy = { shingle: { unit: 'words', size: 5 }, threshold: 0.7 } as const;
    const plan = { files: [path], policy, fields, keep: [{ kind: 'longest' }] as const };
    const rows = createRows({ ...plan, threads, partBytes: 64 });
    try {
      await rows.read(never);
      const [first, ...more] = await rows.compare(never);
      assert.equal(more.length, 0);
      return { rule: first?.rule ?? 'other', conflicts: rows.conflictCount() };
    } finally {
      await rows.close();
    }
  }

  /** What is said of two rows: by their bytes or parsed, by threads, compressed, and as an array the same. */
  async function saidOf(
    a: object,
    b: object,
    fields: readonly string[] | null = null,
  ): Promise<Found> {
    const lines = [a, b].map((row) => `${JSON.stringify(row)}\n`).join('');
    const [plain, packed, array] = ['rows.jsonl', 'rows.jsonl.gz', 'rows.json'].map((name) =>
      join(folder, name),
    ) as [string, string, string];
    writeFileSync(plain, lines);
    writeFileSync(packed, gzipSync(lines));
    writeFileSync(array, JSON.stringify([a, b]));
    const said = await foundIn(plain, 1, fields);
    assert.deepEqual(await foundIn(plain, 2, fields), said);
    assert.deepEqual(await foundIn(packed, 1, fields), said);
    assert.deepEqual(await foundIn(array, 1, fields), said);
    return said;
  }

  const rule = async (
    a: object,
    b: object,
    fields: readonly string[] | null = null,
  ): Promise<string> => (await saidOf(a, b, fields)).rule;

  test('options, as a set, or in their order where the answer may name one by its place', async () => {
    const mmlu = (choices: readonly string[], answer: unknown): object => ({
      question: TEXT,
      choices,
      answer,
    });
    const own = ['Rhine', 'Elbe', 'Oder'];
    const turned = own.toReversed();
    assert.equal(await rule(mmlu(own, 1), mmlu(own, 1)), 'exact');
    assert.equal(await rule(mmlu(own, 1), mmlu(['Rhine', 'Main', 'Oder'], 1)), 'other');
    assert.equal(await rule(mmlu(own, 1), mmlu(turned, 1)), 'other');
    assert.equal(await rule(mmlu(own, 'Elbe'), mmlu(turned, 'elbe')), 'near');
    assert.equal(await rule(mmlu(own, null), mmlu(turned, null)), 'near');
    assert.equal(await rule(mmlu(own, null), mmlu([], null)), 'other');
    const arc = (text: readonly string[]): object => ({
      question: TEXT,
      choices: { text, label: ['A', 'B', 'C'] },
      answer: 'B',
    });
    assert.equal(await rule(arc(own), arc(['Rhine', 'Main', 'Oder'])), 'other');
    assert.equal(await rule(arc(own), arc(own)), 'exact');
    assert.equal(await rule(mmlu(own, 1), mmlu(['Main'], 2), ['question']), 'exact');
  });

  test('a prompt with other options is another question, and no second answer to one', async () => {
    const row = (options: readonly string[], answer: string): object => ({
      question: TEXT,
      options,
      answer,
    });
    assert.equal((await saidOf(row(['a', 'b'], 'a'), row(['a', 'c'], 'c'))).conflicts, 0);
    assert.equal((await saidOf(row(['a', 'b'], 'a'), row(['a', 'b'], 'b'))).conflicts, 1);
  });

  test('what is trained on beside the texts makes equal texts no exact duplicates', async () => {
    const picture = (url: string): object => ({
      messages: [
        {
          role: 'user',
          content: [
            { type: 'text', text: TEXT },
            { type: 'image_url', url },
          ],
        },
        { role: 'assistant', content: 'yes' },
      ],
    });
    const turn = (said: string): object => ({
      messages: [
        { role: 'user', content: TEXT },
        { role: 'assistant', content: said },
        { role: 'user', content: 'and now?' },
        { role: 'assistant', content: 'yes' },
      ],
    });
    const weighed = (weight: number): object => ({
      messages: [
        { role: 'user', content: TEXT },
        { role: 'assistant', content: 'yes', weight },
      ],
    });
    const pairs: readonly (readonly [object, object])[] = [
      [picture('a.png'), picture('b.png')],
      [turn('no'), turn('never')],
      [weighed(0), weighed(1)],
      [
        { prompt: TEXT, chosen: 'yes', rejected: 'no' },
        { prompt: TEXT, chosen: 'yes', rejected: 'never' },
      ],
      [
        { prompt: TEXT, rejected: 'no' },
        { prompt: TEXT, rejected: 'never' },
      ],
      [{ text: TEXT, system: 'be brief' }, { text: TEXT }],
      [
        { prompt: TEXT, completion: 'yes', tools: [{ name: 'a' }] },
        { prompt: TEXT, completion: 'yes', tools: [{ name: 'b' }] },
      ],
    ];
    for (const [a, b] of pairs) {
      assert.equal(await rule(a, b), 'near', JSON.stringify(b));
      assert.equal(await rule(a, a), 'exact', JSON.stringify(a));
    }
    const nothing = { text: TEXT, tools: null, rejected: '' };
    assert.equal(await rule(nothing, { text: TEXT, x: [1] }), 'exact');
    const [a = {}, b = {}] = pairs[4] ?? [];
    assert.equal(await rule(a, b, ['prompt']), 'exact');
  });

  test('are the earlier turns that weights say are trained on, and the calls of tools', async () => {
    const turn = (said: string, weight: number, last: object = { content: 'yes' }): object => ({
      messages: [
        { role: 'user', content: TEXT },
        { role: 'assistant', content: said, weight },
        { role: 'user', content: 'and now?' },
        { role: 'assistant', ...last, weight: 1 },
      ],
    });
    const call = (order: number): object => ({
      content: '',
      tool_calls: [
        { id: 'c', type: 'function', function: { name: 'find', arguments: `{"n":${order}}` } },
      ],
    });
    assert.equal(await rule(turn('no', 1), turn('never', 1)), 'other');
    assert.equal(await rule(turn('no', 1), turn('no', 0)), 'other');
    assert.equal(await rule(turn('no', 0), turn('never', 0)), 'near');
    assert.equal(await rule(turn('no', 1), turn('no', 1)), 'exact');
    assert.equal(await rule(turn('no', 0, call(1)), turn('no', 0, call(2))), 'other');
    assert.equal(await rule(turn('no', 0, call(1)), turn('never', 0, call(1))), 'near');
  });

  test('of a release’s table are its answer’s calls and its trained turns', async () => {
    const row = (changes: object): object => ({
      messages: [{ role: 'user', content: TEXT, tool_calls: null, tool_call_id: null }],
      answer: '',
      ...changes,
    });
    const calls = (n: number): object => ({ tool_calls: `[{"name":"find","arguments":"${n}"}]` });
    assert.equal(await rule(row(calls(1)), row(calls(2))), 'other');
    assert.equal(await rule(row(calls(1)), row({ ...calls(1), group: 'x' })), 'exact');
    const trained = { trained_turns: '[{"message":1,"origin":"confirmed"}]' };
    assert.equal(await rule(row(trained), row({})), 'other');
  });

  test('rows of which another answer is expected are no duplicates, however it is written', async () => {
    const pairs: readonly (readonly [Record<string, unknown>, object])[] = [
      [
        { prompt: TEXT, completion: 'yes', label: true },
        { prompt: TEXT, completion: 'yes', label: false },
      ],
      [
        { question: TEXT, choices: ['a', 'b'], answerKey: 'A' },
        { question: TEXT, choices: ['a', 'b'], answerKey: 'B' },
      ],
      [
        { text: TEXT, answer: 'a' },
        { text: TEXT, answer: 'b' },
      ],
      [{ text: TEXT, labels: ['a'] }, { text: TEXT }],
      [
        { messages: [{ role: 'user', content: TEXT }], label: 0 },
        { messages: [{ role: 'user', content: TEXT }], label: 1 },
      ],
    ];
    for (const [a, b] of pairs) {
      assert.equal(await rule(a, b), 'other', JSON.stringify(b));
      assert.equal(await rule(a, a), 'exact', JSON.stringify(a));
      assert.equal(await rule(a, { ...a, note: 'x' }), 'exact', JSON.stringify(a));
    }
    const said = { question: TEXT, answer: 'It is a tram' };
    assert.equal(await rule(said, { ...said, answer: 'it is a TRAM' }), 'near');
    assert.equal(
      await rule({ text: TEXT, answer: 'a' }, { text: TEXT, answer: 'b' }, ['text']),
      'exact',
    );
  });
});
