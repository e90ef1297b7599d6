import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { planEvaluation } from '../../activities/evaluating.js';
import type { Example } from '../../src/domain/record.js';
import { evidenceDigest, recomputeDecision } from '../../src/gate/evidence.js';
import { type BuiltWindow, createDataPath, type DataPath } from '../support/data-path.js';
import { measureWindow, type MeasuredWindow, withChat } from '../support/measure-window.js';
import { makeMessage, startPromptedHost } from '../support/prompted-host.js';
import { toLogLine } from '../support/traffic.js';

const CHECK = 'training against prompting on holdout';
const GATE = { superiorityOn: 'holdout', prompting: { examples: [2, 8, 32], maximumTokens: 8000 } };

const host = await startPromptedHost();

/** A week of messages, each in a conversation of its own, filed rightly by whoever wrote it. */
function weekLines(name: string, count: number): readonly object[] {
  const start = Date.parse('2025-12-29T00:00:00.000Z');
  return Array.from({ length: count }, (_, index) => {
    const { text, folder } = makeMessage(name, index);
    const id = `${name}-${index}`;
    const time = new Date(start + index * 60_000).toISOString();
    const ticket = { id, text, label: folder, time, conversation: id, user: `user-${index}` };
    return toLogLine(ticket, 'elsewhere');
  });
}

async function openWeek(gate: object): Promise<{ path: DataPath; built: BuiltWindow }> {
  const path = await createDataPath({ gate });
  path.writeLog('week.jsonl', weekLines('week', 700));
  return { path, built: await path.build(0) };
}

describe('the champion with examples of the release in its prompt', () => {
  let week: Awaited<ReturnType<typeof openWeek>>;
  before(async () => {
    week = await openWeek(GATE);
  });
  after(() => week.path.close());

  const measure = (candidate: string): Promise<MeasuredWindow> =>
    measureWindow(withChat(week.path.deps, host.baseURL), week.built, candidate);
  const scoresBySize = ({ evidence }: MeasuredWindow): readonly (readonly [number, number])[] =>
    (evidence.suites.find(({ suite }) => suite === 'holdout')?.rivals ?? []).map(
      ({ examples, againstCandidate }) => [examples, againstCandidate?.championScore ?? -1],
    );

  test('gets better with examples up to a number of them, and the report says that prompting would have done', async (t) => {
    const measured = await measure('ft:75');
    const { evidence, report } = measured;
    t.diagnostic(`${JSON.stringify(scoresBySize(measured))}; ${evidence.result.decision}`);
    const [[, few], [, enough], [, many]] = scoresBySize(measured) as [
      [number, number],
      [number, number],
      [number, number],
    ];
    const suite = evidence.suites.find((one) => one.suite === 'holdout');
    assert.ok((suite?.clean?.count ?? 0) > 150);
    assert.ok((suite?.clean?.championScore ?? 1) < few && few < enough && many < few);
    const check = evidence.result.checks.find(({ name }) => name === CHECK);
    assert.equal(check?.outcome, 'warn');
    assert.match(check?.reason ?? '', /^With 8 examples .*: prompting would have done/);
    assert.match(report, /Prompting would have done\. With 8 examples of the release/);
    assert.ok(report.indexOf('Prompting would have done') < report.indexOf('read from the logs'));
    assert.match(
      report,
      /What examples in the champion&#39;s prompt do|What examples in the champion's prompt do/,
    );
    // It is told, and decides nothing.
    assert.equal(evidence.result.decision, 'promote');
    assert.deepEqual(recomputeDecision(evidence), evidence.result);
    assert.equal(evidenceDigest(evidence), measured.evidenceDigest);
  });

  test('is asked with rows that the candidate is trained on, as turns behind the system prompt, and once only', async () => {
    const { evidence } = await measure('ft:75');
    const rows = await week.built.read<Example>('rows');
    const byId = new Map(rows.map((row) => [row.id, row]));
    const shown = (evidence.prompting?.rows ?? []).map((id) => byId.get(id));
    assert.equal(shown.length, 32);
    const bodies = host.asked.map(
      ({ body }) => body as { model: string; messages: { role: string; content: string }[] },
    );
    const prompts = bodies.filter(
      ({ model, messages }) => model === 'champion' && messages.length > 2,
    );
    const samples = evidence.scores['holdout']?.length ?? 0;
    // The week was measured twice, and the champion's answers were kept.
    assert.equal(prompts.length, 3 * samples);
    for (const { messages } of prompts) {
      const turns = messages.slice(1, -1);
      assert.equal(messages[0]?.role, 'system');
      assert.ok([2, 8, 32].includes(turns.length / 2));
      const expected = shown.slice(0, turns.length / 2).flatMap((row) => [
        { role: 'user', content: row?.messages.at(-1)?.content },
        { role: 'assistant', content: row?.answer },
      ]);
      assert.deepEqual(
        turns.map(({ role, content }) => ({ role, content })),
        expected,
      );
    }
  });
});

describe('a candidate that is better than the best of its rivals', () => {
  test('is told to be worth its training', async () => {
    const { path, built } = await openWeek({
      ...GATE,
      prompting: { examples: [2, 4, 32] },
    });
    const { evidence, report } = await measureWindow(
      withChat(path.deps, host.baseURL),
      built,
      'ft:98',
    );
    assert.equal(evidence.result.checks.find(({ name }) => name === CHECK)?.outcome, 'pass');
    assert.match(
      report,
      /Training bought more than a prompt\. With 4 examples .* a prompt with 2, 4 or 32\./,
    );
    path.close();
  });
});

describe('rivals that are limited', () => {
  test('are not asked where the configuration names none', async () => {
    const { path, built } = await openWeek({ superiorityOn: 'holdout' });
    const plan = await planEvaluation(path.deps, { ...built.input, release: built.release });
    assert.deepEqual(plan.further, undefined);
    path.close();
  });

  test('get as many examples as their tokens allow, and the check says so', async () => {
    const { path, built } = await openWeek({
      superiorityOn: 'holdout',
      prompting: { examples: [2, 8, 32], maximumTokens: 300 },
    });
    const { baseURL } = await startPromptedHost();
    const { evidence } = await measureWindow(withChat(path.deps, baseURL), built, 'ft:75');
    const { rows = [], tokens = 0 } = evidence.prompting ?? {};
    assert.ok(rows.length > 2 && rows.length < 8 && tokens <= 300);
    const reason = evidence.result.checks.find(({ name }) => name === CHECK)?.reason ?? '';
    assert.ok(
      reason.endsWith(`; of 32 examples only ${rows.length} fit the 300 tokens of gate.prompting`),
      reason,
    );
    path.close();
  });

  test('that use up the budget are told, and the week is decided all the same', async () => {
    const path = await createDataPath({ gate: GATE, chat: { budget: { tokens: 15_000 } } });
    path.writeLog('week.jsonl', weekLines('week', 700));
    const built = await path.build(0);
    const { baseURL } = await startPromptedHost();
    const { evidence, report } = await measureWindow(withChat(path.deps, baseURL), built, 'ft:75');
    assert.deepEqual(evidence.prompting?.refused, { 8: 'budget', 32: 'budget' });
    assert.equal(evidence.result.decision, 'promote');
    assert.match(report, /with 8 examples the champion was not let answer \(budget\)/);
    path.close();
  });

  test('whose prompts are too long for the host are told, and the week is decided all the same', async () => {
    const { path, built } = await openWeek(GATE);
    const { baseURL } = await startPromptedHost({ longestPrompt: 30 });
    const { evidence } = await measureWindow(withChat(path.deps, baseURL), built, 'ft:75');
    assert.deepEqual(evidence.prompting?.refused, { 32: 'status-400' });
    assert.equal(evidence.result.decision, 'promote');
    path.close();
  });
});
