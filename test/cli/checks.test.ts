import assert from 'node:assert/strict';
import { chmod, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { checks } from '../../src/cli/checks.js';
import type { CheckItem } from '../../src/cli/check-item.js';
import type { CliContext } from '../../src/cli/context.js';
import { parseConfigurationText } from '../../src/config/load.js';
import { parseConfiguration } from '../../src/config/schema.js';
import { writeLineage } from '../../src/lineage/lineage.js';
import { declareChampion } from '../../src/promotion/alias.js';
import { openStore } from '../../src/storage/open-store.js';
import { temporaryFolder } from '../support/folders.js';
import { repositoryRoot } from '../support/paths.js';

const MINIMAL = join(repositoryRoot, 'test', 'fixtures', 'config', 'minimal.yaml');

describe('the check of the champion', async () => {
  const folder = await temporaryFolder();
  const store = `file:${join(folder, 'store')}`;
  const minimal = parseConfigurationText(await readFile(MINIMAL, 'utf8'), 'minimal.yaml');
  const look = checks.find(({ name }) => name === 'champion')?.look;

  async function lookAt(modelId: string): Promise<readonly CheckItem[]> {
    assert.ok(look !== undefined);
    const champion = { modelId, trainedOn: ['champion.jsonl'] };
    const configuration = { ...minimal, store, champion };
    return look({ configuration, digest: '', path: '', baseFolder: folder }, {} as CliContext);
  }

  test('needs the training files until they are declared, and then the first champion', async () => {
    const [, missing] = await lookAt('ft:first');
    assert.match(missing?.detail ?? '', /trained on .*champion\.jsonl, which cannot be read/);
    await writeFile(join(folder, 'champion.jsonl'), '');
    assert.deepEqual(
      (await lookAt('ft:first')).map(({ outcome }) => outcome),
      ['ok'],
    );
  });

  test('passes once the store has the files, and refuses another champion as a run does', async () => {
    await rm(join(folder, 'champion.jsonl'));
    const opened = await openStore(store);
    await declareChampion(opened, minimal.model, 'ft:gone', '2026-02-16T06:00:00.000Z');
    const lineage = { v: 1, modelId: 'ft:gone', baseModel: null, release: null } as const;
    await writeLineage(opened, { ...lineage, trainingFiles: [] });
    assert.deepEqual(await lookAt('ft:gone'), [
      { name: 'champion', outcome: 'ok', detail: 'ft:gone' },
    ]);
    await assert.rejects(lookAt('ft:promoted'), {
      name: 'ConfigError',
      message: /put ft:gone back/,
    });
  });
});

describe('the check whether candidates will answer', () => {
  const programs = { up: ['./up.sh', '{model}'], down: ['delete', '{model}'] };
  const look = checks.find(({ name }) => name === 'deployment')?.look;

  async function lookAt(
    train: object,
    chat: object = {},
    folder = '/nowhere',
  ): Promise<readonly string[]> {
    const configuration = parseConfiguration({
      model: 'triage',
      window: { first: '2026-W01', weeks: 1 },
      sources: [{ path: 'logs' }],
      consent: { unmarked: 'allow' },
      train: { baseModel: 'small', pricePerMillionTokens: 0, maximumCost: 0, ...train },
      chat,
      champion: { modelId: 'small', trainedOn: [] },
    });
    const loaded = { configuration, digest: '', path: '', baseFolder: folder };
    const items = (await look?.(loaded, {} as CliContext)) ?? [];
    return items.map(({ outcome, detail }) => `${outcome}: ${detail}`);
  }

  test('warns of hosts that deploy a model first, where nothing puts it up and it is asked there', async () => {
    const azure = { provider: 'azure', baseURL: 'https://mine.openai.azure.com/openai/v1' };
    const fireworks = { provider: 'fireworks', account: 'me' };
    for (const train of [azure, { provider: 'together' }]) {
      const [told] = await lookAt(train);
      assert.match(told ?? '', /^warning: .*until it is deployed.*train\.deploy: \{up, down\}/);
      assert.deepEqual(await lookAt(train, { baseURL: 'http://127.0.0.1:1/v1' }), []);
      assert.deepEqual(await lookAt({ ...train, deploy: { ...programs, up: ['up'] } }), []);
    }
    assert.match((await lookAt(fireworks))[0] ?? '', /train\.deploy: true/);
    assert.deepEqual(await lookAt({ ...fireworks, deploy: true }), []);
    assert.deepEqual(await lookAt({ provider: 'openai' }), []);
    // Its models are made, and answer, behind their jobs.
    assert.deepEqual(await lookAt({ provider: 'nebius' }), []);
  });

  test('needs a program that is named by its place to be there, and one that can be run', async () => {
    const folder = await temporaryFolder();
    const train = { provider: 'together', deploy: programs };
    const missing = await lookAt(train, {}, folder);
    assert.match(missing[0] ?? '', /^failed: train\.deploy\.up is .*up\.sh, which is no program/);
    await writeFile(join(folder, 'up.sh'), '#!/bin/sh\n', { mode: 0o644 });
    assert.equal((await lookAt(train, {}, folder)).length, 1);
    await chmod(join(folder, 'up.sh'), 0o755);
    assert.deepEqual(await lookAt(train, {}, folder), []);
  });
});
