import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import type { LogLine, RawRecord } from '../../src/connectors/connector.js';
import { openConnector } from '../../src/connectors/open-connector.js';
import { toLogLine } from '../../src/demo/log-line.js';
import { loadMail } from '../../src/demo/mail/load-mail.js';
import type { FieldMapping } from '../../src/domain/configuration.js';
import { PrerequisiteError } from '../../src/domain/errors.js';
import { ingestWindow, type Ingested } from '../../src/ingest/ingest-window.js';
import type { SourceLines } from '../../src/ingest/lines/read-lines.js';
import { createRowSpill } from '../../src/formats/row-spill.js';
import { createRecordEncoder } from '../../src/ingest/record.js';
import { createRedactor } from '../../src/ingest/redaction.js';
import { namedLogs } from '../support/named-logs.js';
import { temporaryFolder } from '../support/folders.js';
import { publicData } from '../support/public-data.js';

const TIME = '2026-02-10T00:00:00Z';

async function readAll(path: string, fields: FieldMapping): Promise<readonly LogLine[]> {
  const connector = openConnector({ connector: 'openai', path, fields });
  const found: LogLine[] = [];
  for await (const line of connector.read(await namedLogs(connector))) found.push(line);
  return found;
}

/** Rows of data that is no log, as a log of it: with a time. */
async function logOf(rows: readonly object[]): Promise<string> {
  const path = join(await temporaryFolder(), 'calls.jsonl');
  writeFileSync(
    path,
    rows.map((row) => `${JSON.stringify({ ...row, timestamp: TIME })}\n`).join(''),
  );
  return path;
}

/** Takes lines in as a window that they all belong to. */
async function ingested(lines: readonly LogLine[]): Promise<Ingested> {
  const redactor = createRedactor();
  async function* sourceLines(): AsyncGenerator<SourceLines> {
    yield { source: 0, lines };
  }
  return ingestWindow(sourceLines(), {
    window: { id: '2026-W07', from: '2000-01-01T00:00:00.000Z', to: '2026-03-01T00:00:00.000Z' },
    sourceCount: 1,
    known: new Map(),
    unmarkedConsent: 'allow',
    maximumQuarantined: 1,
    unwanted: [],
    isOptedOut: () => false,
    toRecord: createRecordEncoder(redactor, 'k'.repeat(32)).encode,
    spill: createRowSpill(),
  });
}

function records(lines: readonly LogLine[]): readonly RawRecord[] {
  return lines.flatMap((line) => (line.kind === 'record' ? [line] : []));
}

function tally(values: readonly string[]): Readonly<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const value of values) counts[value] = (counts[value] ?? 0) + 1;
  return counts;
}

function verdicts(lines: readonly LogLine[], name: string): Readonly<Record<string, number>> {
  const signals = records(lines).flatMap((record) => record.signals);
  return tally(signals.filter((each) => each.name === name).map(({ verdict }) => verdict));
}

describe('logs as they are in the world', () => {
  test('dialogues of a deployed bot keep every answer, its thumb and the rating of the whole', async (t) => {
    const path = publicData(t, 'convai2/2018/data/data_volunteers.json');
    if (path === null) return;
    const found = await readAll(path, {
      time: 'start_time',
      user: 'participant1_id.user_id',
      model: 'participant2_id.user_id',
      messages: 'dialog',
      'messages.role': 'sender_class',
      'messages.content': 'text',
      'messages.assistant': 'Bot',
      'messages.score': 'evaluation_score',
      'messages.turns': 'each',
      score: 'eval_score',
      'score.approved': '4',
    });
    interface Turn {
      readonly sender_class: string;
      readonly text: string;
      readonly evaluation_score: number | null;
    }
    interface Dialogue {
      readonly dialog: readonly Turn[];
      readonly eval_score: number | null;
    }
    const dialogues = JSON.parse(readFileSync(path, 'utf8')) as readonly Dialogue[];
    const answers = dialogues.map(({ dialog }) =>
      dialog.filter((turn, index) => index > 0 && turn.sender_class === 'Bot' && turn.text !== ''),
    );
    const rated = dialogues.flatMap(({ eval_score: score }, index) =>
      score === null || answers[index]?.length === 0 ? [] : [score >= 4 ? 'approved' : 'rejected'],
    );
    const thumbs = answers
      .flat()
      .flatMap(({ evaluation_score: score }) =>
        score === null ? [] : [score === 1 ? 'approved' : 'rejected'],
      );
    assert.equal(records(found).length, answers.flat().length);
    assert.equal(
      found.length - records(found).length,
      answers.filter((each) => each.length === 0).length,
    );
    assert.deepEqual(verdicts(found, 'score'), tally(rated));
    assert.deepEqual(verdicts(found, 'answer-score'), tally(thumbs));
    // What the bot says first answers nobody: 119 of the thumbs are about that.
    assert.deepEqual([answers.flat().length, thumbs.length, rated.length], [6_714, 1_256, 416]);
    const conversations = new Set(records(found).map(({ conversationId }) => conversationId));
    assert.equal(conversations.size, answers.filter((each) => each.length > 0).length);
    const { books, records: kept } = await ingested(found);
    assert.equal(books.read, found.length);
    // Each dialogue is one conversation, whose last answer has all the others before it.
    assert.deepEqual([books.kept, books.dropped['prefix-of']], [conversations.size, 5_962]);
    const turns = [...kept].flatMap((record) => record.turns ?? []);
    assert.equal(turns.length, 5_962);
    const told = turns.flatMap(({ signals }) =>
      signals.filter(({ name }) => name === 'answer-score'),
    );
    const last = [...kept].flatMap((record) => record.signals);
    assert.equal(
      told.length + last.filter(({ name }) => name === 'answer-score').length,
      thumbs.length,
    );
  });

  for (const folder of ['TM-3-2020', 'TM-4-2024']) {
    test(`Taskmaster's ${folder} keeps every tool call, its result and the reward`, async (t) => {
      const files = [0, 1, 2].map((part) => `taskmaster/${folder}/reward/reward_0${part}.json`);
      const paths = files.map((file) => publicData(t, file));
      if (paths.some((path) => path === null)) return;
      interface Row {
        readonly context: string;
        readonly generation: string;
        readonly reward: number;
      }
      interface Turn {
        readonly role: string;
        readonly text?: string;
        readonly api?: object;
      }
      const all = paths.flatMap((path) => JSON.parse(readFileSync(path ?? '', 'utf8')) as Row[]);
      const rows = all.filter(({ generation }) => (JSON.parse(generation) as Turn).text !== '');
      const found = await readAll(await logOf(all), {
        conversation: 'conversation_id',
        messages: 'context',
        'messages.content': 'text|response',
        'messages.assistant': 'agent',
        'messages.tool': 'api',
        'messages.tool_calls': 'api',
        output: 'generation',
        score: 'reward',
      });
      assert.equal(found.length, all.length);
      assert.equal(records(found).length, rows.length);
      const reasons = found.flatMap((line) => (line.kind === 'record' ? [] : [line.reason]));
      assert.ok(reasons.every((reason) => reason === 'missing-output'));
      const turns = rows.flatMap(({ context, generation }) => [
        ...(JSON.parse(context) as Turn[]),
        JSON.parse(generation) as Turn,
      ]);
      const read = records(found).flatMap(({ messages, output }) => [...messages, output]);
      assert.equal(read.length, turns.length);
      const calls = turns.flatMap(({ api }) => Object.keys(api ?? {}));
      assert.deepEqual(
        read.flatMap(({ toolCalls = [] }) => toolCalls.map(({ name }) => name)),
        calls,
      );
      assert.equal(
        read.filter(({ role }) => role === 'tool').length,
        turns.filter(({ role }) => role === 'api').length,
      );
      assert.deepEqual(
        verdicts(found, 'score'),
        tally(rows.map(({ reward }) => (reward === 1 ? 'approved' : 'rejected'))),
      );
      const { books } = await ingested(found);
      assert.deepEqual([books.read, books.dropped], [all.length, {}]);
    });
  }

  for (const kind of ['chat', 'json']) {
    test(`TensorZero's ${kind} rows keep every prompt that has an answer`, async (t) => {
      const name = `crates/tensorzero-core/fixtures/datasets/${kind}_datapoint_fixture.jsonl`;
      const path = publicData(t, `tensorzero/${name}`);
      if (path === null) return;
      const rows = readFileSync(path, 'utf8')
        .split('\n')
        .filter((line) => line !== '')
        .map((line) => JSON.parse(line) as { readonly id: string; readonly output: string | null });
      const found = await readAll(path, {
        time: 'updated_at',
        conversation: 'episode_id',
        model: 'function_name',
      });
      assert.equal(found.length, rows.length);
      const answered = rows.filter(({ output }) => output !== null);
      assert.deepEqual(
        records(found).map(({ externalId }) => externalId),
        answered.map(({ id }) => id),
      );
      const reasons = found.flatMap((line) => (line.kind === 'record' ? [] : [line.reason]));
      assert.deepEqual(tally(reasons), { 'missing-output': rows.length - answered.length });
      for (const [index, { output }] of records(found).entries()) {
        const raw = JSON.parse(answered[index]?.output ?? '') as
          readonly { readonly text: string }[] | { readonly raw: string };
        assert.equal(output.content, 'raw' in raw ? raw.raw : raw[0]?.text);
      }
      const images = records(found).reduce((sum, { imagesLeftOut = 0 }) => sum + imagesLeftOut, 0);
      const withImage = answered.filter((row) => JSON.stringify(row).includes('\\"image\\"'));
      assert.equal(images, withImage.length);
      const { books } = await ingested(found);
      assert.equal(books.notes?.['images-left-out'] ?? 0, images);
      assert.deepEqual([books.read, books.dropped], [rows.length, {}]);
      assert.deepEqual(books.quarantined, { 'missing-output': rows.length - answered.length });
      assert.equal(books.kept, answered.length);
    });
  }

  test("NVIDIA's flywheel records are read without a mapping", async (t) => {
    const name = 'flywheel/tests/fixtures/recorded_responses/chat_completion.json';
    const path = publicData(t, name);
    if (path === null) return;
    const rows = JSON.parse(readFileSync(path, 'utf8')) as readonly object[];
    const logged = rows.map((row) => ({ ...row, workload_id: 'triage', client_id: 'app-1' }));
    const found = await readAll(await logOf(logged), {});
    assert.equal(rows.length, 3);
    assert.deepEqual(
      records(found).map(({ tenant, userId, messages, output }) => [
        tenant,
        userId,
        messages.map(({ role }) => role).join(),
        output.toolCalls ?? [],
      ]),
      [
        ['triage', 'app-1', 'user', []],
        ['triage', 'app-1', 'system,user', []],
        [
          'triage',
          'app-1',
          'user',
          [{ id: 'call_123', name: 'get_weather', arguments: '{"location": "New York"}' }],
        ],
      ],
    );
    const { books, records: kept } = await ingested(found);
    assert.deepEqual([books.read, books.kept, books.dropped, books.quarantined], [3, 3, {}, {}]);
    assert.deepEqual(
      [...kept].flatMap(({ output }) => output.toolCalls ?? []).map(({ name: tool }) => tool),
      ['get_weather'],
    );
  });

  test('the mail corpus, logged by its application, is read to the last message', async (t) => {
    let mail: Awaited<ReturnType<typeof loadMail>>;
    try {
      mail = await loadMail();
    } catch (error) {
      if (!(error instanceof PrerequisiteError)) throw error;
      t.skip('the mail corpus is not installed');
      return;
    }
    const path = join(await temporaryFolder(), 'mail.jsonl');
    const lines = mail.map((message) => {
      const { id, time, thread, sender, folder, promptText: prompt } = message;
      const shown = { from: message.from, subject: message.subject, text: message.body };
      const entry = { id, time, thread, sender, prompt, mail: shown, filedIn: folder };
      return JSON.stringify(toLogLine(entry, 'any', folder));
    });
    writeFileSync(path, lines.join('\n'));
    const found = await readAll(path, {});
    assert.ok(mail.length > 5_000);
    assert.deepEqual(
      records(found).map(({ externalId, time, output }) => [externalId, time, output.content]),
      mail.map(({ id, time, folder }) => [id, time, folder]),
    );
    const { books, records: kept } = await ingested(found);
    assert.equal(books.read, mail.length);
    assert.equal(kept.size, new Set(mail.map(({ id }) => id)).size);
  });
});
