import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { Client, Connection } from '@temporalio/client';
import type { Dependencies } from '../../activities/dependencies.js';
import { parseConfigurationText } from '../../src/config/load.js';
import type { LoadedConfiguration } from '../../src/config/load.js';
import type { ChatClient } from '../../src/domain/chat.js';
import type { Configuration } from '../../src/domain/configuration.js';
import { createMemoryStore } from '../../src/storage/memory-store.js';
import { createDependencies } from '../../src/worker.js';
import { answerTo, startMovingHost } from '../support/moving-host.js';
import { repositoryRoot } from '../support/paths.js';
import { SECRETS } from '../support/project.js';

const MINIMAL = join(repositoryRoot, 'test', 'fixtures', 'config', 'minimal.yaml');

/** The most requests at once that a host of 64 slots saw, when two clients for it ask 30 questions. */
async function mostAtOnce(
  clientOf: (deps: Dependencies, configuration: Configuration) => ChatClient,
  placed: (configuration: Configuration, baseURL: string) => Configuration,
): Promise<number> {
  const host = await startMovingHost(64, { latencyMs: 20 });
  const minimal = parseConfigurationText(readFileSync(MINIMAL, 'utf8'), 'minimal.yaml');
  const configuration = placed(minimal, host.baseURL);
  const loaded: LoadedConfiguration = { configuration, digest: '', path: '', baseFolder: '.' };
  const store = createMemoryStore();
  const connection = Connection.lazy();
  try {
    const secrets = { ...SECRETS, tierKeys: { HOLDFAST_JUDGE_KEY: 'key-of-the-judge' } };
    const options = { loaded, secrets, storeUri: store.uri, store };
    const deps = await createDependencies(options, new Client({ connection }));
    const clients = [clientOf(deps, configuration), clientOf(deps, configuration)];
    const questions = Array.from({ length: 30 }, (_, index) => `question ${index}`);
    const asked = questions.map((content, index) => {
      const messages = [{ role: 'user', content }] as const;
      const request = { model: 'm', messages, temperature: 0, maximumTokens: 8 };
      return (clients[index % 2] ?? assert.fail()).complete(request);
    });
    const answers = (await Promise.all(asked)).map((answer) => answer.content);
    assert.deepEqual(answers, questions.map(answerTo));
    return host.mostAtOnce();
  } finally {
    await host.close();
    await connection.close();
  }
}

test('two activities of one worker ask a host as one', async () => {
  const most = await mostAtOnce(
    (deps, configuration) => deps.chatFor(configuration),
    (minimal, baseURL) => ({ ...minimal, chat: { ...minimal.chat, baseURL, concurrency: 3 } }),
  );
  assert.equal(most, 3);
});

test('and so do two that ask a judge', async () => {
  const most = await mostAtOnce(
    (deps, { judge }) => deps.judgeFor(judge ?? assert.fail()),
    (minimal, baseURL) => ({
      ...minimal,
      judge: {
        baseURL,
        model: 'judge-2026-01-01',
        keyVariable: 'HOLDFAST_JUDGE_KEY',
        concurrency: 2,
        maximumTokens: 20,
        revision: 1,
      },
    }),
  );
  assert.equal(most, 2);
});
