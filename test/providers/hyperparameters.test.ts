import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import type { JobHost, LaunchRequest } from '../../src/domain/fine-tuning.js';
import type { Hyperparameters } from '../../src/domain/hyperparameters.js';
import { createCommandHost } from '../../src/providers/command.js';
import { createFireworksHost } from '../../src/providers/fireworks.js';
import { createFineTuneProvider, type LaunchClock } from '../../src/providers/launch.js';
import { createMemoryLedger } from '../../src/providers/memory-ledger.js';
import { createOpenAICompatibleHost } from '../../src/providers/openai-compatible.js';
import { createTogetherHost } from '../../src/providers/together.js';
import { launchRequest, pairsFile, submitted } from '../conformance/fine-tune-provider.js';
import { temporaryFolder } from '../support/folders.js';
import { createManualClock, realClock } from '../support/launch-clock.js';
import { FIREWORKS_ACCOUNT, fireworksProtocol } from '../support/providers/fireworks-server.js';
import { SERVER_KEY, startJobServer, type Protocol } from '../support/providers/job-server.js';
import { openaiProtocol } from '../support/providers/openai-server.js';
import { togetherProtocol } from '../support/providers/together-server.js';

type Method = LaunchRequest['method'];
type OpenHost = (baseURL: string, clock: LaunchClock, method: Method) => JobHost;

const key = SERVER_KEY;
const openai: OpenHost = (baseURL) => createOpenAICompatibleHost({ baseURL, key });
const together: OpenHost = (baseURL) => createTogetherHost({ baseURL, key });
const fireworks: OpenHost = (baseURL, { sleep }, method) =>
  createFireworksHost({
    ...{ baseURL, key, sleep, account: FIREWORKS_ACCOUNT },
    ...(method !== undefined && { method }),
  });

/** The body of the create that a host is sent for a job with these hyperparameters. */
async function createOf(
  protocol: Protocol,
  openHost: OpenHost,
  hyperparameters: Hyperparameters,
  method?: 'dpo',
): Promise<unknown> {
  const clock = createManualClock();
  const server = await startJobServer(protocol, { now: clock.now });
  try {
    const provider = createFineTuneProvider(openHost(server.baseURL, clock, method), clock);
    const pairs = method === undefined ? {} : { method, trainingFile: pairsFile('preference') };
    const request = launchRequest('a', { ...pairs, hyperparameters });
    submitted(await provider.launch(request, createMemoryLedger()));
    assert.equal(server.creates.length, 1);
    return server.creates[0];
  } finally {
    await server.close();
  }
}

/** What is sent beside these members is not looked at. */
function assertHolds(sent: unknown, members: object): void {
  for (const [name, value] of Object.entries(members)) {
    assert.deepEqual((sent as Readonly<Record<string, unknown>>)[name], value, name);
  }
}

const nested = {
  lora: true,
  packing: false,
  rate: 1e-5,
  training_type: { type: 'Lora', lora_r: 8, modules: ['q', 'v'] },
};

describe('booleans, lists and groups among the hyperparameters', () => {
  const wandbConfig = { enabled: true, project: 'weeks' };
  const ofFireworks = { earlyStop: false, learningRate: 1e-5, wandbConfig };
  const hosts: readonly (readonly [string, Protocol, OpenHost, Hyperparameters, object])[] = [
    [
      'openai-compatible',
      openaiProtocol,
      openai,
      nested,
      { method: { type: 'supervised', supervised: { hyperparameters: nested } } },
    ],
    ['together', togetherProtocol, together, nested, nested],
    ['fireworks', fireworksProtocol, fireworks, ofFireworks, ofFireworks],
  ];
  for (const [name, protocol, openHost, given, expected] of hosts) {
    test(`reach ${name} as they stand`, async () => {
      assertHolds(await createOf(protocol, openHost, given), expected);
    });
  }

  test('are in the description that a program of one’s own reads', async () => {
    const folder = await temporaryFolder();
    const environment = { PATH: '/usr/bin:/bin' };
    const command = ['/bin/true'];
    const host = createCommandHost({ command, folder, environment, sleep: realClock.sleep });
    const provider = createFineTuneProvider(host, realClock);
    const request = launchRequest('nested', { hyperparameters: nested });
    const { jobId } = submitted(await provider.launch(request, createMemoryLedger()));
    const job: unknown = JSON.parse(readFileSync(join(folder, jobId, 'job.json'), 'utf8'));
    assertHolds(job, { hyperparameters: nested });
  });

  test('of preference tuning stand beside what the method says itself', async () => {
    const given = { beta: 0.2, lora: true };
    const loss = { rpo_alpha: 0.5, method: 'sft' };
    const atTogether = { ...given, training_method: loss };
    assertHolds(await createOf(togetherProtocol, together, atTogether, 'dpo'), {
      lora: true,
      training_method: { method: 'dpo', dpo_beta: 0.2, rpo_alpha: 0.5 },
    });
    const lossConfig = { klBeta: 0.1, dpo: { refCacheConcurrency: 2 } };
    const atFireworks = { beta: 0.2, loraRank: 8, wandbConfig, lossConfig };
    const atFireworksSent = await createOf(fireworksProtocol, fireworks, atFireworks, 'dpo');
    assertHolds(atFireworksSent, {
      wandbConfig,
      lossConfig: { method: 'DPO', klBeta: 0.1, dpo: { beta: 0.2, refCacheConcurrency: 2 } },
    });
    const { trainingConfig } = atFireworksSent as { readonly trainingConfig: unknown };
    assertHolds(trainingConfig, { loraRank: 8 });
    assertHolds(await createOf(openaiProtocol, openai, given, 'dpo'), {
      method: { type: 'dpo', dpo: { hyperparameters: given } },
    });
  });
});
