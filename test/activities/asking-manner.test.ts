import assert from 'node:assert/strict';
import { after, describe, test } from 'node:test';
import { HOLDOUT_SUITE } from '../../activities/samples.js';
import { ProviderError } from '../../src/domain/errors.js';
import type { Message } from '../../src/domain/record.js';
import { createDataPath, type DataPath } from '../support/data-path.js';
import { measureWindow, withChat } from '../support/measure-window.js';
import { logLines } from '../support/project.js';
import { bodyOf, startReasoningHost } from '../support/reasoning-host.js';
import { makeTickets } from '../support/traffic.js';

const TICKETS = makeTickets('w1', 240, '2025-12-29', '2026-01-05');
const AS_OPENAI = { limitField: 'max_completion_tokens', temperature: null };

const open: DataPath[] = [];
after(() => {
  for (const path of open.splice(0)) path.close();
});

async function pathWith(chat: object): Promise<DataPath> {
  const path = await createDataPath({ gate: { superiorityOn: 'holdout' }, chat });
  open.push(path);
  path.writeLog('w1.jsonl', logLines(TICKETS));
  return path;
}

/** The folders that answers lie in: one for each model and manner. */
async function answerFolders({ deps }: DataPath): Promise<ReadonlySet<string>> {
  const folders = new Set<string>();
  for await (const { key } of deps.store.list('answers/')) folders.add(key.split('/')[1] ?? '');
  return folders;
}

describe('a reasoning model', () => {
  test('is measured where the configuration says how it is asked, champion and candidate alike', async () => {
    const host = await startReasoningHost(({ model }) => model);
    const parameters = { reasoning_effort: 'low', seed: 7 };
    const path = await pathWith({ ...AS_OPENAI, maximumTokens: 4000, parameters });
    const deps = withChat(path.deps, host.baseURL);
    const { evidence } = await measureWindow(deps, await path.build(0), 'candidate');
    assert.ok((evidence.scores[HOLDOUT_SUITE]?.length ?? 0) > 30);
    const models = new Set<string>();
    for (const asked of host.asked) {
      const { model, messages, ...sent } = bodyOf(asked);
      models.add(model);
      assert.ok(Array.isArray(messages));
      assert.deepEqual(sent, { ...parameters, max_completion_tokens: 4000 });
    }
    assert.deepEqual([...models].sort(), ['candidate', 'champion']);
  });

  test('ends the run with what to set where nothing is', async () => {
    const host = await startReasoningHost(({ model }) => model);
    const path = await pathWith({});
    const deps = withChat(path.deps, host.baseURL);
    const window = await path.build(0);
    await assert.rejects(measureWindow(deps, window, 'candidate'), (error) => {
      assert.ok(error instanceof ProviderError);
      assert.match(
        error.message,
        /unsupported_parameter.*max_completion_tokens.*temperature: null/,
      );
      return true;
    });
  });

  test('is scored by what it answers, not by what it thinks first, where thoughts are stripped', async () => {
    const labels = new Map(TICKETS.map(({ text, label }) => [text, label]));
    const host = await startReasoningHost(({ messages }) => {
      const label = labels.get((messages as readonly Message[]).at(-1)?.content ?? '') ?? 'none';
      return `<think>\nNot spam, I think.\n</think>\n\n${label}`;
    });
    const scores: number[] = [];
    for (const reasoning of ['keep', 'strip']) {
      const path = await pathWith({ ...AS_OPENAI, reasoning });
      const deps = withChat(path.deps, host.baseURL);
      const { evidence } = await measureWindow(deps, await path.build(0), 'candidate');
      const given = evidence.scores[HOLDOUT_SUITE] ?? [];
      assert.ok(given.length > 30);
      scores.push(given.reduce((sum, { candidate }) => sum + (candidate ?? 0), 0) / given.length);
    }
    assert.deepEqual(scores, [0, 1]);
  });

  test('whose parameters change is asked anew; answers to other ones are not its', async () => {
    const host = await startReasoningHost(({ model }) => model);
    const folders: string[] = [];
    for (const effort of ['low', 'high']) {
      const path = await pathWith({ ...AS_OPENAI, parameters: { reasoning_effort: effort } });
      const deps = withChat(path.deps, host.baseURL);
      await measureWindow(deps, await path.build(0), 'candidate');
      folders.push(...(await answerFolders(path)));
    }
    assert.equal(new Set(folders).size, 4);
  });
});
