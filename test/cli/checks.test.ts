import assert from 'node:assert/strict';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { checks } from '../../src/cli/checks.js';
import type { CheckItem } from '../../src/cli/check-item.js';
import type { CliContext } from '../../src/cli/context.js';
import { parseConfigurationText } from '../../src/config/load.js';
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
