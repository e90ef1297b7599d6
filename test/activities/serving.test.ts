import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import type { Client } from '@temporalio/client';
import { createActivities } from '../../activities/create-activities.js';
import { loadStoredConfiguration } from '../../activities/stored-configuration.js';
import { parseConfigurationText } from '../../src/config/load.js';
import type { LoadedConfiguration } from '../../src/config/load.js';
import type { Activities } from '../../src/domain/contracts.js';
import { keys } from '../../src/release/layout.js';
import { createMemoryStore } from '../../src/storage/memory-store.js';
import { writeJson } from '../../src/storage/objects.js';
import { createDependencies } from '../../src/worker.js';
import { repositoryRoot } from '../support/paths.js';
import { SECRETS } from '../support/project.js';

const MINIMAL = readFileSync(
  join(repositoryRoot, 'test', 'fixtures', 'config', 'minimal.yaml'),
  'utf8',
);

describe('a worker', async () => {
  const store = createMemoryStore();
  const configuration = parseConfigurationText(MINIMAL, 'minimal.yaml');
  const loaded: LoadedConfiguration = { configuration, digest: '', path: '', baseFolder: '.' };
  const options = { loaded, secrets: SECRETS, storeUri: store.uri, store };
  const deps = await createDependencies(options, {} as Client);
  const activities = createActivities(deps);

  test('refuses whatever is about another model, before anything of it is read', async () => {
    const foreign = { model: 'other', configDigest: 'absent' };
    for (const [name, activity] of Object.entries(activities)) {
      if (name === ('awaitWindow' satisfies keyof Activities)) continue;
      await assert.rejects(
        (activity as (input: unknown) => Promise<unknown>)(foreign),
        /worker of triage was given the work of another model.*temporal\.taskQueue/s,
        name,
      );
    }
  });

  test('refuses a configuration with hosts or keys that it was not started with', async () => {
    const cases: readonly (readonly [string, object, RegExp | null])[] = [
      ['same', {}, null],
      ['rates', { train: { ...configuration.train, maximumCost: 7 } }, null],
      [
        'host',
        { train: { ...configuration.train, baseURL: 'http://127.0.0.1:9/v1' } },
        /^train\..*`holdfast schedule` again.*--reopen/,
      ],
      [
        'key',
        { train: { ...configuration.train, keyVariable: 'OTHER_KEY' } },
        /^train\..*`holdfast schedule` again.*--reopen/,
      ],
      ['chat', { chat: { ...configuration.chat, baseURL: 'http://127.0.0.1:9/v1' } }, /^chat\./],
      ['chat-key', { chat: { ...configuration.chat, keyVariable: 'OTHER_KEY' } }, /^chat\./],
    ];
    for (const [name, changes, refusal] of cases) {
      await writeJson(store, keys.configuration(name), { ...configuration, ...changes });
      const loading = loadStoredConfiguration(deps, name);
      if (refusal === null) assert.equal((await loading).model, 'triage');
      else await assert.rejects(loading, { name: 'ConfigError', message: refusal });
    }
  });
});
