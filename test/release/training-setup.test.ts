import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { askedSamples } from '../../activities/samples.js';
import { parseConfigurationText, storedForm } from '../../src/config/load.js';
import type { Configuration } from '../../src/domain/configuration.js';
import { DataError } from '../../src/domain/errors.js';
import { comparedBehindVersion } from '../../src/ingest/comparison.js';
import { isNamedByPerson, lineageKey } from '../../src/lineage/lineage.js';
import { keys } from '../../src/release/layout.js';
import { loadReportData } from '../../src/release/load-report.js';
import { isMeasured, renderModelCard } from '../../src/release/model-card.js';
import { renderReport, type ReportData } from '../../src/release/report.js';
import { readTrainingSetup } from '../../src/release/training-setup.js';
import { createMemoryStore } from '../../src/storage/memory-store.js';
import { writeJson } from '../../src/storage/objects.js';
import { repositoryRoot } from '../support/paths.js';
import { evidenceOf, manifest, reportData } from '../support/report-data.js';

const CONFIGURATION = parseConfigurationText(
  readFileSync(join(repositoryRoot, 'test', 'fixtures', 'config', 'minimal.yaml'), 'utf8'),
  'minimal.yaml',
);
const RELEASE = '1'.repeat(64);
const EVIDENCE = '2'.repeat(64);

/** What a report knows of a run with this configuration in the store. */
async function loadedWith(
  train: Partial<Configuration['train']>,
  rowsByWindow = manifest.rowsByWindow,
  lineage: object | null = null,
): Promise<ReportData> {
  const store = createMemoryStore();
  const stored = { ...storedForm(CONFIGURATION), train: { ...CONFIGURATION.train, ...train } };
  await writeJson(store, keys.configuration(manifest.configDigest), stored);
  await writeJson(store, keys.release(RELEASE), {
    ...manifest,
    rowsByWindow,
    files: [],
    evalSets: [],
  });
  await writeJson(store, keys.evidence(EVIDENCE), evidenceOf('hold'));
  const { candidate } = evidenceOf('hold');
  if (lineage !== null) await writeJson(store, lineageKey(candidate), lineage);
  const request = { release: RELEASE, evidenceDigest: EVIDENCE, manifestKey: null };
  return loadReportData(store, {
    ...{ ...request, askedSamples, isNamedByPerson },
    comparedBehind: comparedBehindVersion,
  });
}

function read(page: string): string {
  return page.replace(/<[^>]*>/g, ' ').replace(/\s+/g, ' ');
}

function cardOf(data: ReportData): string {
  return isMeasured(data) ? renderModelCard(data) : assert.fail();
}

describe('how a candidate was trained', () => {
  test('is told from the configuration of the run, in the report and in the model card', async () => {
    const hyperparameters = { n_epochs: 3, batch_size: 'auto' };
    const data = await loadedWith({ baseModel: 'small|base', hyperparameters, seed: 11 });
    const text = read(renderReport(data));
    const facts =
      /base model small\|base trained by openai-compatible parameters batch_size auto, n_epochs 3 seed 11 /;
    assert.match(text.slice(text.indexOf('Where this comes from')), facts);
    const card = cardOf(data);
    assert.match(
      card.slice(card.indexOf('## Where this comes from')),
      /- base model small\\\|base\n- trained by openai-compatible\n- parameters batch\\_size auto, n\\_epochs 3\n- seed 11\n/,
    );
  });

  test('says where a person named the candidate, and nothing of it where none did', async () => {
    const rows = manifest.rowsByWindow;
    const named = read(renderReport(await loadedWith({}, rows, { isNamedByPerson: true })));
    assert.match(named, /name of the candidate given by a person, since its provider names no/);
    for (const lineage of [null, { trainingFiles: [] }]) {
      const page = read(renderReport(await loadedWith({}, rows, lineage)));
      assert.doesNotMatch(page, /name of the candidate/);
    }
  });

  test('says where parameters are the provider’s and the seed is not passed on', async () => {
    const data = await loadedWith({ provider: 'fireworks', hyperparameters: {} });
    const text = read(renderReport(data));
    assert.match(text, /trained by fireworks parameters none given: those of the provider/);
    assert.match(text, /seed 7, not passed on: fireworks takes none/);
    const own = await loadedWith({ provider: 'command', command: ['train', '--token', 'x'] });
    assert.match(read(renderReport(own)), /trained by a program of your own \(command\)/);
  });

  test('tells groups and lists of parameters by their members', async () => {
    const training_type = { type: 'Lora', lora_r: 8, secret: 'q8w7e6r5t4y3u2i1o0p9' };
    const hyperparameters = { training_type, layers: [1, 2], packing: true };
    const { training } = await loadedWith({ hyperparameters });
    assert.deepEqual(training?.parameters, [
      ['layers', '[1,2]'],
      ['packing', 'true'],
      ['training_type.lora_r', '8'],
      ['training_type.secret', '(looks like a key: not shown)'],
      ['training_type.type', 'Lora'],
    ]);
  });

  test('holds no key, no variable of one and no command', async () => {
    const key = 'hf_AbCdEfGhIjKlMnOpQrStUvWxYz01234567';
    const data = await loadedWith({
      provider: 'command',
      command: ['train', '--password', 'swordfish-12'],
      keyVariable: 'VERY_OWN_KEY',
      hyperparameters: { hub: key, api_key: 'q8w7e6r5t4y3u2i1o0p9', n_epochs: 2 },
    });
    for (const page of [renderReport(data), cardOf(data), JSON.stringify(data)]) {
      assert.doesNotMatch(page, /hf_AbC|q8w7e6|swordfish|VERY_OWN_KEY/);
      assert.match(page, /looks like a key/);
    }
    assert.match(read(renderReport(data)), /, n_epochs 2 /);
  });

  test('is left out where nothing was to be trained, or the configuration is not in the store', async () => {
    assert.equal((await loadedWith({}, {})).training, undefined);
    assert.equal(await readTrainingSetup(createMemoryStore(), 'a'.repeat(64)), null);
    assert.doesNotMatch(read(renderReport(reportData())), /base model/);
  });

  test('stops the report where what is stored is no configuration', async () => {
    const store = createMemoryStore();
    await writeJson(store, keys.configuration('a'.repeat(64)), { train: { seed: 'x' } });
    await assert.rejects(readTrainingSetup(store, 'a'.repeat(64)), DataError);
  });
});

describe('what training cost', () => {
  const [charge] = reportData().charges;
  const figures = (charges: ReportData['charges']): string => {
    const page = renderReport({ ...reportData(), charges });
    return read(page.slice(page.indexOf('class="figures"'), page.indexOf('</dl>')));
  };

  test('stands at the top, the jobs of a release together', () => {
    assert.ok(charge !== undefined);
    assert.match(figures([charge]), / training cost 1\.58 USD /);
    assert.match(figures([charge, { ...charge, actual: 0.5 }]), / training cost 2\.08 USD /);
    const open = { ...charge, actual: null };
    assert.match(figures([open, charge]), / training cost, by estimate 3\.21 USD /);
    assert.doesNotMatch(figures([]), /cost/);
  });
});
