import assert from 'node:assert/strict';
import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { loadConfiguration } from '../../src/config/load.js';
import { storeAddress } from '../../src/config/paths.js';
import { startTrainingEndpoint } from '../../src/demo/training-endpoint.js';
import { total } from '../../src/domain/books.js';
import type { ReleaseManifest } from '../../src/domain/manifest.js';
import { readChainHead } from '../../src/release/chain.js';
import { keys } from '../../src/release/layout.js';
import { readJson } from '../../src/storage/objects.js';
import { openStore } from '../../src/storage/open-store.js';
import { startWorker } from '../../src/worker.js';
import { runHoldfast, type CliRun } from '../support/cli.js';
import { publicData } from '../support/public-data.js';
import { SECRETS } from '../support/project.js';
import { startTemporal } from '../support/temporal-environment.js';

const KEY = 'OPENAI_API_KEY';

/** What only the user can know, at the places that `holdfast init` leaves open. */
function fillIn(text: string, values: Readonly<Record<string, string>>): string {
  return Object.entries(values).reduce((filled, [key, value]) => {
    const open = new RegExp(`^( *${key}:)(?: *#.*)?$`, 'm');
    assert.match(filled, open, `${key} is not left open`);
    return filled.replace(open, `$1 ${value}`);
  }, text);
}

test("the README's steps on one's own logs, followed on a deployed bot's dialogues", async (t) => {
  const dialogues = publicData(t, 'convai2/2018/data/data_volunteers.json');
  const questions = publicData(t, 'mt_bench/fastchat/llm_judge/data/vicuna_bench/question.jsonl');
  if (dialogues === null || questions === null) return;
  const temporal = await startTemporal();
  const folder = join(temporal.folder, 'own');
  mkdirSync(join(folder, 'logs'), { recursive: true });
  cpSync(dialogues, join(folder, 'logs', 'dialogues.json'));
  writeFileSync(join(folder, 'golden.jsonl'), toEvalFile(readFileSync(questions, 'utf8')));
  const endpoint = await startTrainingEndpoint({
    host: '127.0.0.1',
    port: 0,
    folder: join(folder, 'endpoint'),
    key: SECRETS.providerKey,
  });
  const config = join(folder, 'holdfast.yaml');
  const holdfast = async (...argv: readonly string[]): Promise<CliRun> => {
    const ran = await runHoldfast([...argv, '--config', config], {
      environment: {
        HOLDFAST_SPLIT_KEY: SECRETS.splitKey,
        [KEY]: SECRETS.providerKey,
        TEMPORAL_ADDRESS: temporal.server.address,
      },
    });
    assert.equal(ran.code, 0, `holdfast ${argv.join(' ')}: ${ran.out}${ran.err}`);
    return ran;
  };
  try {
    const [logs, golden] = [join(folder, 'logs'), join(folder, 'golden.jsonl')];
    await holdfast('init', logs, '--evals', golden);
    writeFileSync(
      config,
      fillIn(readFileSync(config, 'utf8'), {
        unmarked: 'allow',
        baseURL: endpoint.baseURL,
        baseModel: 'local-linear-1',
        pricePerMillionTokens: '0',
        modelId: 'local-linear-1',
        trainedOn: '[]',
      }),
    );
    await holdfast('evals', 'freeze', golden, '--name', 'golden', '--pin');
    const loaded = await loadConfiguration(config);
    const worker = await startWorker({
      loaded,
      secrets: { ...SECRETS },
      address: temporal.server.address,
      namespace: 'default',
      storeUri: storeAddress(loaded),
    });
    try {
      await holdfast('config', 'check');
      const { window } = loaded.configuration;
      const { out } = await holdfast('run', '--window', window.first);
      assert.match(out, new RegExp(window.first));
      await holdfast('status');
      const store = await openStore(storeAddress(loaded));
      const { entry } = await readChainHead(store, loaded.configuration.model);
      const manifest = await readJson<ReleaseManifest>(store, keys.release(entry?.release ?? ''));
      const [ingest] = manifest.books;
      assert.equal(ingest?.read, 1111);
      assert.ok(ingest.kept > 10 && ingest.deferred > 0, JSON.stringify(ingest));
      assert.ok(total(ingest.quarantined) > 0, JSON.stringify(ingest));
      assert.ok((manifest.rowsByWindow[window.first] ?? 0) > 0);
    } finally {
      await worker.stop();
    }
  } finally {
    await endpoint.close();
    await temporal.close();
  }
});

/** The benchmark's first turns as an eval file; it has no references. */
function toEvalFile(questions: string): string {
  const lines = questions.split('\n').filter((line) => line !== '');
  return lines
    .map((line) => {
      const { question_id: id, turns } = JSON.parse(line) as {
        question_id: number;
        turns: readonly string[];
      };
      return `${JSON.stringify({ id, input: turns[0], reference: null })}\n`;
    })
    .join('');
}
