import { describe, test } from 'node:test';
import assert from 'node:assert/strict';
import { cp, mkdir, mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { sampleLogs } from '../../src/cli/init-sample.js';
import { loadConfiguration, parseConfigurationText } from '../../src/config/load.js';
import { runHoldfast, type CliRun } from '../support/cli.js';
import { temporaryFolder } from '../support/folders.js';
import { publicData } from '../support/public-data.js';
import { logLines } from '../support/project.js';
import { makeTickets } from '../support/traffic.js';

const root = await temporaryFolder();
const tickets = makeTickets('init', 30, '2026-02-09', '2026-02-16');
const COMPLETE = [
  ...['--consent', 'allow', '--base-url', 'http://127.0.0.1:1/v1', '--base-model', 'base-1'],
  ...['--trained-on', 'none'],
];

/** A folder with `logs/` and an eval file. */
async function folderWith(files: Readonly<Record<string, string>>): Promise<string> {
  const folder = await mkdtemp(join(root, 'user-'));
  await mkdir(join(folder, 'logs'));
  for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text);
  await writeFile(join(folder, 'golden.jsonl'), '{"input":"one two three","reference":"four"}\n');
  return folder;
}

function init(folder: string, ...more: readonly string[]): Promise<CliRun> {
  const files = [join(folder, 'logs'), '--evals', join(folder, 'golden.jsonl')];
  return runHoldfast(['init', ...files, '--config', join(folder, 'holdfast.yaml'), ...more]);
}

function jsonl(lines: readonly object[]): string {
  return lines.map((line) => `${JSON.stringify(line)}\n`).join('');
}

describe('init', () => {
  test('shows settings in comments that are taken as they stand', async () => {
    const folder = await folderWith({ 'logs/a.jsonl': jsonl(logLines(tickets)) });
    await init(folder, ...COMPLETE);
    const text = await readFile(join(folder, 'holdfast.yaml'), 'utf8');
    const shown = text.replace(/^( *)# {3}(\w+: [[{])/gm, '$1$2');
    const { gate, chat } = parseConfigurationText(shown, 'shown', 'being-pinned');
    assert.deepEqual(gate.guards, [{ suite: 'frozen:golden', margin: 0.03 }]);
    assert.deepEqual(gate.prompting?.examples, [2, 8, 32]);
    assert.deepEqual(gate.slices?.holdout, ['reference', 'language']);
    assert.equal(chat.prices?.length, 1);
  });

  test('writes a configuration that loads as it is, when it is given what only the user knows', async () => {
    const folder = await folderWith({ 'logs/a.jsonl': jsonl(logLines(tickets)) });
    const { code, out } = await init(folder, ...COMPLETE);
    assert.equal(code, 0, out);
    assert.match(out, /30 records in the 30 lines looked at\n/);
    assert.match(out, /fields +all by their usual names/);
    assert.ok(!out.includes('Fill in'));
    const { configuration } = await loadConfiguration(join(folder, 'holdfast.yaml'));
    assert.equal(configuration.window.first, '2026-W07');
    assert.deepEqual(configuration.sources, [
      { connector: 'openai', path: 'logs', fields: {}, lookbackDays: 14 },
    ]);
    assert.equal(configuration.champion.modelId, 'triage-v1', 'the model that the logs name');
    assert.deepEqual(configuration.champion.trainedOn, []);
    assert.equal(configuration.consent.unmarked, 'allow');
  });

  test('finds out what kind of logs there are, and says what of them are no calls', async () => {
    const span = {
      traceId: 'a',
      spanId: 'b',
      startTimeUnixNano: '1770726896000000000',
      attributes: Object.entries({
        'gen_ai.operation.name': 'chat',
        'gen_ai.response.model': 'triage-v1',
        'gen_ai.input.messages': '[{"role":"user","parts":[{"type":"text","content":"q"}]}]',
        'gen_ai.output.messages': '[{"role":"assistant","parts":[{"type":"text","content":"a"}]}]',
      }).map(([key, stringValue]) => ({ key, value: { stringValue } })),
    };
    const request = {
      resourceSpans: [{ scopeSpans: [{ spans: [span, { ...span, attributes: [] }] }] }],
    };
    const observation = { id: '1', trace_id: 't', type: 'GENERATION', input: 'q', output: 'a' };
    const generation = { ...observation, start_time: '2026-02-10 00:00:00', model: 'triage-v1' };
    const kinds = [
      ['otel', 'traces.jsonl', request, 'no-model-call 1'],
      ['langfuse', 'observations.jsonl', generation, ''],
    ] as const;
    for (const [kind, file, row, passed] of kinds) {
      const folder = await folderWith({ [`logs/${file}`]: jsonl([row]) });
      const { code, out } = await init(folder, ...COMPLETE);
      assert.equal(code, 0, out);
      assert.match(out, new RegExp(`1 record in the .*looked at.*${passed}`));
      assert.match(out, new RegExp(`kind +${kind}`));
      const { configuration } = await loadConfiguration(join(folder, 'holdfast.yaml'));
      assert.equal(configuration.sources[0]?.connector, kind);
      assert.equal(configuration.champion.modelId, 'triage-v1');
    }
  });

  test('knows exports of Langfuse in CSV, and no other CSV for logs', async () => {
    const row = (id: string, answer: string): string =>
      `"${id}","t","GENERATION","2026-02-10 00:00:00","triage-v1","q ${id}","${answer}"\n`;
    const header = '"id","trace_id","type","start_time","provided_model_name","input","output"\n';
    const csv = header + row('1', 'a') + row('2', 'b') + row('3', 'c');
    const folder = await folderWith({ 'logs/observations.csv': csv });
    const { code, out, err } = await init(folder, ...COMPLETE);
    assert.equal(code, 0, err);
    assert.match(out, /1 file, 3 records in the 3 lines looked at/);
    assert.match(out, /kind +langfuse/);
    const { configuration } = await loadConfiguration(join(folder, 'holdfast.yaml'));
    assert.equal(configuration.sources[0]?.connector, 'langfuse');
    assert.equal(configuration.champion.modelId, 'triage-v1');

    const other = 'name,time\n' + 'x,2026-02-10\n'.repeat(100);
    const beside = await folderWith({
      'logs/a.jsonl': jsonl(logLines(tickets)),
      'logs/0-users.csv': other,
    });
    const plain = await init(beside, ...COMPLETE);
    assert.match(plain.out, /1 file, 30 records in the 30 lines looked at/, plain.err);
    const spans = await folderWith({
      'logs/a.jsonl': '{"resourceSpans":[]}\n',
      'logs/0-users.csv': other,
    });
    const { connector, rows } = await sampleLogs(join(spans, 'logs'));
    assert.deepEqual([connector, rows.length], ['otel', 1]);
    const only = await init(await folderWith({ 'logs/users.csv': other }));
    assert.equal(only.code, 2);
    assert.match(only.err, /holds no logs: .*of \.csv only exports of Langfuse are read/);
  });

  test('leaves to the user what only they can know, and lists exactly that', async () => {
    const folder = await folderWith({ 'logs/a.jsonl': jsonl(logLines(tickets)) });
    const { code, out } = await init(folder);
    assert.equal(code, 0);
    for (const path of ['consent.unmarked', 'train.baseURL', 'train.baseModel']) {
      assert.match(out, new RegExp(`line \\d+: ${path}: missing; expected`));
    }
    assert.match(out, /champion\.trainedOn: missing; expected unknown or a list/);
    assert.ok(!out.includes('champion.modelId'));
    const text = await readFile(join(folder, 'holdfast.yaml'), 'utf8');
    assert.match(text, /^# yaml-language-server: \$schema=.*holdfast\.schema\.json\n/);
    assert.match(text, /holdfast evals freeze golden\.jsonl --name golden --pin/);
  });

  test('finds messages, roles, answers, times and ratings under other names', async () => {
    const lines = tickets.map(({ text, time, label, conversation }, n) => ({
      dialogue_id: conversation,
      meta: { created: time.replace('T', ' ').replace('Z', '') },
      turns: [
        { speaker: 'Customer', utterance: text },
        { speaker: 'Bot', utterance: label },
      ],
      rating: 1 + (n % 5),
    }));
    const folder = await folderWith({ 'logs/a.json': JSON.stringify(lines) });
    const { code, out } = await init(folder, ...COMPLETE, '--champion', 'bot-1');
    assert.equal(code, 0, out);
    const { configuration } = await loadConfiguration(join(folder, 'holdfast.yaml'));
    assert.deepEqual(configuration.sources[0]?.fields, {
      time: 'meta.created',
      messages: 'turns',
      'messages.role': 'speaker',
      'messages.content': 'utterance',
      conversation: 'dialogue_id',
      score: 'rating',
      'score.approved': '4',
    });
  });

  test('finds a prompt and an answer that are plain texts', async () => {
    const lines = tickets.map(({ text, time, label }) => ({
      ts: time,
      prompt: text,
      bot_reply: label,
    }));
    const folder = await folderWith({ 'logs/a.jsonl': jsonl(lines) });
    assert.equal((await init(folder, ...COMPLETE, '--champion', 'bot-1')).code, 0);
    const { configuration } = await loadConfiguration(join(folder, 'holdfast.yaml'));
    assert.deepEqual(configuration.sources[0]?.fields, { time: 'ts', output: 'bot_reply' });
  });

  test('allows for the unreadable lines it saw, and says why they are', async () => {
    const broken = ['{"planted": "secret', '[]', ...Array.from({ length: 4 }, () => '{}')];
    const text = `${jsonl(logLines(tickets))}${broken.join('\n')}\n`;
    const folder = await folderWith({ 'logs/a.jsonl': text });
    const { out } = await init(folder, ...COMPLETE);
    assert.match(out, /not readable: missing-time 4, invalid-json 1, not-an-object 1/);
    assert.ok(!out.includes('planted'));
    const { configuration } = await loadConfiguration(join(folder, 'holdfast.yaml'));
    assert.equal(configuration.maximumQuarantined, 0.2);
  });

  test('never overwrites', async () => {
    const folder = await folderWith({ 'logs/a.jsonl': jsonl(logLines(tickets)) });
    await writeFile(join(folder, 'holdfast.yaml'), 'mine');
    const { code, err } = await init(folder);
    assert.equal(code, 2);
    assert.match(err, /is there already and is not overwritten/);
    assert.equal(await readFile(join(folder, 'holdfast.yaml'), 'utf8'), 'mine');
  });

  test('without a time, an eval file or any log says so, and writes nothing', async () => {
    const lines = tickets.map(({ text, label }) => ({ prompt: text, response: label }));
    const timeless = await folderWith({ 'logs/a.jsonl': jsonl(lines) });
    const first = await init(timeless);
    assert.equal(first.code, 2);
    assert.match(first.err, /missing-time 30.*a record is a JSON object with a time/s);
    const empty = await folderWith({});
    assert.match((await init(empty)).err, /holds no logs/);
    const holed = await folderWith({ 'logs/a.jsonl': jsonl(logLines(tickets)) });
    await writeFile(join(holed, 'golden.jsonl'), '{"input":"one two"}\n{"nothing":1}\n');
    const third = await init(holed);
    assert.equal(third.code, 2);
    assert.match(third.err, /golden\.jsonl line 2 cannot be read/);
    await assert.rejects(readFile(join(holed, 'holdfast.yaml')));
  });

  test('puts names that YAML would read otherwise in quotes', async () => {
    const folder = await folderWith({ 'logs/a.jsonl': jsonl(logLines(tickets)) });
    await init(folder, ...COMPLETE, '--champion', 'ft:base: #1 "x"', '--name', 'true');
    const text = await readFile(join(folder, 'holdfast.yaml'), 'utf8');
    const configuration = parseConfigurationText(text, 'holdfast.yaml');
    assert.equal(configuration.champion.modelId, 'ft:base: #1 "x"');
    assert.equal(configuration.model, 'true');
  });

  test("reads a real deployed bot's dialogues without being told their shape", async (t) => {
    const data = publicData(t, 'convai2/2018/data/data_volunteers.json');
    if (data === null) return;
    const folder = await folderWith({});
    await cp(data, join(folder, 'logs', 'data_volunteers.json'));
    const { code, out } = await init(folder, ...COMPLETE, '--champion', 'bot');
    assert.equal(code, 0, out);
    assert.match(
      out,
      /695 records in the 1,000 lines looked at; not readable: missing-output 240, missing-messages 65/,
    );
    const { configuration } = await loadConfiguration(join(folder, 'holdfast.yaml'));
    assert.equal(configuration.window.first, '2018-W44');
    assert.deepEqual(configuration.sources[0]?.fields, {
      messages: 'dialog',
      'messages.role': 'sender_class',
      'messages.content': 'text',
      score: 'eval_score',
      'score.approved': '4',
    });
  });
});
