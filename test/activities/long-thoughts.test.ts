import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { Client, Connection } from '@temporalio/client';
import { parseConfigurationText } from '../../src/config/load.js';
import type { ChatClient } from '../../src/domain/chat.js';
import { createMemoryStore } from '../../src/storage/memory-store.js';
import { createDependencies } from '../../src/worker.js';
import { startLocalHost } from '../support/local-host.js';
import { repositoryRoot } from '../support/paths.js';
import { SECRETS } from '../support/project.js';

const MINIMAL = join(repositoryRoot, 'test', 'fixtures', 'config', 'minimal.yaml');
const REQUEST = { model: 'm', messages: [], temperature: 0, maximumTokens: 8 };
/** Between the shortest time that may be configured and the one after it. */
const THINKING_MS = 1_500;

/** A worker's clients of a host that thinks for a while: the one that asks models, and the one that asks judges. */
async function clientsOf(timeoutSeconds: number): Promise<{
  readonly clients: readonly ChatClient[];
  readonly asked: readonly object[];
}> {
  const { baseURL, asked } = await startLocalHost((_asked, _index, response) => {
    const answer = JSON.stringify({ choices: [{ message: { content: 'at last' } }] });
    setTimeout(() => response.end(answer), THINKING_MS).unref();
    return undefined;
  });
  const minimal = parseConfigurationText(readFileSync(MINIMAL, 'utf8'), 'minimal.yaml');
  const judge = {
    baseURL,
    model: 'judge-2026-01-01',
    keyVariable: 'HOLDFAST_JUDGE_KEY',
    concurrency: 2,
    maximumTokens: 20,
    revision: 1,
    timeoutSeconds,
  };
  const chat = { ...minimal.chat, baseURL, timeoutSeconds };
  const configuration = { ...minimal, chat, judge };
  const loaded = { configuration, digest: '', path: '', baseFolder: '.' };
  const store = createMemoryStore();
  const secrets = { ...SECRETS, tierKeys: { HOLDFAST_JUDGE_KEY: 'key-of-the-judge' } };
  const options = { loaded, secrets, storeUri: store.uri, store };
  const deps = await createDependencies(options, new Client({ connection: Connection.lazy() }));
  return { clients: [deps.chatFor(configuration), deps.judgeFor(judge)], asked };
}

test('a host that thinks is waited for as long as its section says, by models and judges alike', async () => {
  const patient = await clientsOf(20);
  for (const client of patient.clients) {
    assert.equal((await client.complete(REQUEST)).content, 'at last');
  }
  assert.equal(patient.asked.length, 2);
  const hasty = await clientsOf(1);
  for (const client of hasty.clients) {
    const before = hasty.asked.length;
    const stop = new AbortController();
    let isAnswered = false;
    const answer = client.complete(REQUEST, stop.signal).finally(() => (isAnswered = true));
    // It is asked for again, which an answer that was waited for never is.
    while (!isAnswered && hasty.asked.length < before + 2) await delay(20);
    stop.abort(new Error('seen'));
    await assert.rejects(answer, /seen/);
  }
});
