import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { evaluate } from '../../activities/evaluating.js';
import type { ChatClient } from '../../src/domain/chat.js';
import { ConfigError } from '../../src/domain/errors.js';
import { recordServedName } from '../../src/promotion/served-name.js';
import { createDataPath, type DataPath } from '../support/data-path.js';
import { logLines } from '../support/project.js';
import { makeTickets } from '../support/traffic.js';

const open: DataPath[] = [];
after(() => {
  for (const path of open.splice(0)) path.close();
});

test('no model is asked by a name that another one of the window has', async () => {
  const train = {
    baseURL: 'http://127.0.0.1:1/v1',
    keyVariable: 'LOCAL_KEY',
    baseModel: 'base',
    pricePerMillionTokens: 0,
    maximumCost: 0,
    deploy: { up: ['up', '{model}'], down: ['down', '{model}'] },
  };
  const path = await createDataPath({ train });
  open.push(path);
  const asked: string[] = [];
  const chat: ChatClient = {
    complete: async ({ model }) => {
      asked.push(model);
      return { content: 'shipping', finishReason: 'stop', promptTokens: 1, completionTokens: 1 };
    },
  };
  Object.assign(path.deps, { chatFor: () => chat });
  path.writeLog('w1.jsonl', logLines(makeTickets('w1', 40, '2025-12-29', '2026-01-05')));
  const { input, release } = await path.build(0);
  const suite = 'frozen:tickets';
  const ask = (role: 'champion' | 'candidate'): ReturnType<typeof evaluate> =>
    evaluate(
      path.deps,
      { ...input, release, candidate: 'ft:new', role, suite },
      new AbortController().signal,
    );
  await recordServedName(path.deps.store, 'triage', 'ft:new', 'champion');
  for (const role of ['champion', 'candidate'] as const) {
    await assert.rejects(ask(role), (error) => {
      assert.ok(error instanceof ConfigError);
      assert.match(error.message, /would both be asked as champion, .*under a name of its own/);
      return true;
    });
  }
  assert.deepEqual(asked, []);
  await recordServedName(path.deps.store, 'triage', 'ft:new', 'slot-2');
  for (const role of ['champion', 'candidate'] as const) await ask(role);
  assert.deepEqual(asked, ['champion', 'slot-2']);
});
