import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { Client, Connection } from '@temporalio/client';
import { parseConfigurationText } from '../../src/config/load.js';
import type { LoadedConfiguration } from '../../src/config/load.js';
import { createMemoryStore } from '../../src/storage/memory-store.js';
import { createDependencies } from '../../src/worker.js';
import { answerTo, startMovingHost } from '../support/moving-host.js';
import { repositoryRoot } from '../support/paths.js';
import { SECRETS } from '../support/project.js';

const MINIMAL = join(repositoryRoot, 'test', 'fixtures', 'config', 'minimal.yaml');

test('two activities of one worker ask a host as one', async () => {
  const host = await startMovingHost(64, { latencyMs: 20 });
  const minimal = parseConfigurationText(readFileSync(MINIMAL, 'utf8'), 'minimal.yaml');
  const chat = { ...minimal.chat, baseURL: host.baseURL, concurrency: 3 };
  const configuration = { ...minimal, chat };
  const loaded: LoadedConfiguration = { configuration, digest: '', path: '', baseFolder: '.' };
  const store = createMemoryStore();
  const connection = Connection.lazy();
  try {
    const options = { loaded, secrets: SECRETS, storeUri: store.uri, store };
    const deps = await createDependencies(options, new Client({ connection }));
    const clients = [deps.chatFor(configuration), deps.chatFor(configuration)];
    const questions = Array.from({ length: 30 }, (_, index) => `question ${index}`);
    const asked = questions.map((content, index) => {
      const messages = [{ role: 'user', content }] as const;
      const request = { model: 'm', messages, temperature: 0, maximumTokens: 8 };
      return (clients[index % 2] ?? assert.fail()).complete(request);
    });
    const answers = (await Promise.all(asked)).map((answer) => answer.content);
    assert.deepEqual(answers, questions.map(answerTo));
    assert.equal(host.mostAtOnce(), 3);
  } finally {
    await host.close();
    await connection.close();
  }
});
