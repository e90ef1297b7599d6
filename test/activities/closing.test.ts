import assert from 'node:assert/strict';
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { closeWindow } from '../../activities/closing.js';
import type { CloseWindowInput } from '../../src/domain/contracts.js';
import type { ConfigReference } from '../../src/domain/config-reference.js';
import type { EvalSetManifest } from '../../src/domain/sample.js';
import type { WindowManifest } from '../../src/domain/manifest.js';
import { windowAt } from '../../src/domain/window.js';
import { readLineage, readTrainingRows } from '../../src/lineage/lineage.js';
import { readAlias } from '../../src/promotion/alias.js';
import { readJson, writeJson } from '../../src/storage/objects.js';
import { createTestDependencies } from '../support/dependencies.js';

const window = windowAt({ first: '2026-W01', weeks: 1 }, 0);
const champion = { modelId: 'ft:first', trainedOn: ['champion.jsonl'] };

function row(answer: string): string {
  const messages = [
    { role: 'user', content: 'where does the ferry land?' },
    { role: 'assistant', content: answer },
  ];
  return `${JSON.stringify({ messages })}\n`;
}

function closing(
  reference: ConfigReference,
  changes: Partial<CloseWindowInput> = {},
): CloseWindowInput {
  return { ...reference, window, mode: 'run', reopen: false, ...changes };
}

describe('closing a window', () => {
  test('a dry run declares nothing: it writes below dry-runs/ only, and reads the champion’s files there', async () => {
    const { deps, folder, configure, keys } = await createTestDependencies();
    await writeFile(join(folder, 'champion.jsonl'), row('at the pier'));
    const reference = await configure({ champion });
    const before = new Set(await keys());
    const { manifestKey } = await closeWindow(deps, closing(reference, { mode: 'dry-run' }));
    const written = (await keys()).filter((key) => !before.has(key));
    assert.ok(written.length >= 3);
    assert.deepEqual(
      written.filter((key) => !key.startsWith('dry-runs/')),
      [],
    );
    const manifest = await readJson<WindowManifest>(deps.store, manifestKey);
    assert.deepEqual(manifest.champion, { modelId: 'ft:first', version: 1 });
    const { trainingFiles } = await readLineage(deps.store, manifest.championLineage);
    assert.ok(trainingFiles !== 'unknown' && trainingFiles[0] !== undefined);
    assert.equal((await readTrainingRows(deps.store, trainingFiles[0]))[0]?.answer, 'at the pier');
  });

  test('says how often a webhook is told that the run is parked, where one is configured', async () => {
    const { deps, configure } = await createTestDependencies();
    const plain = await closeWindow(deps, closing(await configure(), { mode: 'dry-run' }));
    assert.ok(!('remindEveryHours' in plain));
    const reminders = { url: 'https://hooks.example.org/holdfast', everyHours: 6 };
    const reference = await configure({ approval: { reminders } });
    const closed = await closeWindow(deps, closing(reference, { mode: 'dry-run' }));
    assert.equal(closed.remindEveryHours, 6);
  });

  test('an eval set that other rules froze stops it, and one of another policy does not', async () => {
    const { deps, configure } = await createTestDependencies();
    const [set] = deps.startedWith.evals;
    assert.ok(set);
    for (const [action, version] of [
      ['keep', 'redactor-2-ip'],
      ['drop', 'redactor-2'],
    ] as const) {
      const changed = await configure({ redaction: { types: { ip: action } } });
      const { manifestKey } = await closeWindow(deps, closing(changed, { mode: 'dry-run' }));
      const { versions } = await readJson<WindowManifest>(deps.store, manifestKey);
      assert.equal(versions.redactor, version);
    }
    const key = `evals/${set.digest}/manifest.json`;
    const frozen = await readJson<EvalSetManifest>(deps.store, key);
    await deps.store.delete(key);
    await writeJson(deps.store, key, { ...frozen, redactorVersion: 'redactor-1' });
    const kept = await configure({ redaction: { types: { ip: 'keep' } } });
    await assert.rejects(
      closeWindow(deps, closing(kept)),
      /harbours was frozen by redactor-1, and the logs are redacted by redactor-2-ip, whose rules are others/,
    );
  });

  test('a declaration that is corrected after a dry run is the one that counts', async () => {
    const { deps, folder, configure } = await createTestDependencies();
    await writeFile(join(folder, 'champion.jsonl'), row('at the pier'));
    const wrong = await configure({ champion: { modelId: 'ft:first', trainedOn: [] } });
    await closeWindow(deps, closing(wrong, { mode: 'dry-run' }));
    const right = await configure({ champion });
    const { manifestKey, championId } = await closeWindow(deps, closing(right));
    assert.equal(championId, 'ft:first');
    const { championLineage } = await readJson<WindowManifest>(deps.store, manifestKey);
    const { trainingFiles } = await readLineage(deps.store, championLineage);
    assert.equal(trainingFiles.length, 1);
  });

  for (const [what, changes, message] of [
    ['another model', { modelId: 'ft:other' }, /first champion of triage was declared as ft:first/],
    ['other training files', { trainedOn: [] }, /1 files then, 0 files now/],
    ['unknown ones', { trainedOn: 'unknown' }, /1 files then, unknown now/],
  ] as const) {
    test(`a declaration that names ${what} after the first run is refused, and nothing is written`, async () => {
      const { deps, folder, configure, keys } = await createTestDependencies();
      await writeFile(join(folder, 'champion.jsonl'), row('at the pier'));
      await closeWindow(deps, closing(await configure({ champion })));
      const changed = await configure({ champion: { ...champion, ...changes } });
      const before = await keys();
      for (const mode of ['run', 'dry-run'] as const) {
        const again = closing(changed, { mode, reopen: mode === 'run' });
        await assert.rejects(closeWindow(deps, again), { name: 'ConfigError', message });
      }
      assert.deepEqual(await keys(), before);
    });
  }

  test('a training file whose content changed under its name is refused', async () => {
    const { deps, folder, configure } = await createTestDependencies();
    await writeFile(join(folder, 'champion.jsonl'), row('at the pier'));
    const reference = await configure({ champion });
    await closeWindow(deps, closing(reference));
    await writeFile(join(folder, 'champion.jsonl'), row('at the quay'));
    const again = closing(reference, { reopen: true });
    await assert.rejects(closeWindow(deps, again), /or other content/);
  });

  test('training files that are gone after the first run are taken from the store', async () => {
    const { deps, folder, configure } = await createTestDependencies();
    const trainedOn = ['champion.jsonl', 'more.jsonl'];
    await writeFile(join(folder, 'champion.jsonl'), row('at the pier'));
    await writeFile(join(folder, 'more.jsonl'), row('at the quay'));
    const reference = await configure({ champion: { ...champion, trainedOn } });
    const before = await closeWindow(deps, closing(reference));
    await rm(join(folder, 'champion.jsonl'));
    const after = await closeWindow(deps, closing(reference, { reopen: true }));
    const [first, second] = await Promise.all(
      [before, after].map(async ({ manifestKey }) =>
        readJson<WindowManifest>(deps.store, manifestKey),
      ),
    );
    assert.deepEqual(second?.championLineage, first?.championLineage);
    await writeFile(join(folder, 'more.jsonl'), row('at the jetty'));
    const again = closing(reference, { reopen: true });
    await assert.rejects(closeWindow(deps, again), /or other content/);
  });

  test('without an eval set nothing is closed and nothing is declared', async () => {
    const { deps, configure } = await createTestDependencies();
    const reference = await configure({ evals: [] });
    await assert.rejects(closeWindow(deps, closing(reference)), {
      name: 'ConfigError',
      message: /no eval set is frozen yet/,
    });
    assert.equal(await readAlias(deps.store, 'triage'), null);
  });
});
