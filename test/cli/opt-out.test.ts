import assert from 'node:assert/strict';
import { mkdtemp, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { stringify } from 'yaml';
import { userKeyHashOf } from '../../src/ingest/record.js';
import { readAudit } from '../../src/promotion/audit.js';
import { readOptOuts } from '../../src/promotion/opt-out-list.js';
import { splitKeyFingerprint } from '../../src/split/place.js';
import { openStore } from '../../src/storage/open-store.js';
import { runHoldfast, type CliRun } from '../support/cli.js';
import { temporaryFolder } from '../support/folders.js';

const root = await temporaryFolder();
const KEY = 'k'.repeat(32);
const USER = 'jo.bloggs@example.org';

async function project(): Promise<string> {
  const folder = await mkdtemp(join(root, 'opt-out-'));
  const configuration = {
    model: 'triage',
    store: 'file:store',
    window: { first: '2026-W06' },
    sources: [{ path: 'logs' }],
    consent: { unmarked: 'deny' },
    train: {
      baseURL: 'http://127.0.0.1:1/v1',
      keyVariable: 'KEY',
      baseModel: 'base',
      pricePerMillionTokens: 0,
      maximumCost: 0,
    },
    champion: { modelId: 'champion', trainedOn: [] },
  };
  await writeFile(join(folder, 'holdfast.yaml'), stringify(configuration));
  return folder;
}

function optOut(folder: string, more: readonly string[], key = KEY): Promise<CliRun> {
  const argv = ['opt-out', 'add', ...more, '--by', 'ann', '-c', join(folder, 'holdfast.yaml')];
  return runHoldfast(argv, { environment: { HOLDFAST_SPLIT_KEY: key } });
}

describe('opt-out add', () => {
  test('lists hashes for good, once each, with an entry in the audit log, and nobody by name', async () => {
    const folder = await project();
    await writeFile(join(folder, 'out.jsonl'), `r2\n{"user": "${USER}", "tenant": "acme"}\n`);
    const asked = ['--record', 'r1', 'r2', '--user', USER, '--file', join(folder, 'out.jsonl')];
    const first = await optOut(folder, [...asked, '--reason', 'asked to', '--json']);
    assert.equal(first.code, 0, first.err);
    const { added, known, version } = JSON.parse(first.out) as Readonly<Record<string, unknown>>;
    assert.deepEqual({ added, known, version }, { added: 4, known: 0, version: 1 });
    const again = await optOut(folder, ['--record', 'r1', 'r3', '--reason', 'asked too']);
    assert.match(again.out, /^1 opt-out added to triage by ann, 1 there already; /);
    const nothing = await optOut(folder, ['--record', 'r3', '--reason', 'twice']);
    assert.match(nothing.out, /^0 opt-outs added to triage by ann, 1 there already; /);

    const store = await openStore(`file:${join(folder, 'store')}`);
    const listed = await readOptOuts(store, 'triage', splitKeyFingerprint(KEY));
    assert.equal(listed.length, 8, 'two of each record and one of each user');
    for (const tenant of [null, 'acme']) {
      assert.ok(listed.includes(userKeyHashOf(tenant, USER, KEY)), String(tenant));
    }
    const audit = (await readAudit(store, 'triage')).map(({ entry }) => entry);
    assert.deepEqual(
      audit.map(({ action, by, reason, subject }) => [action, by, reason, subject]),
      [
        ['opted-out', 'ann', 'asked to', { list: '1' }],
        ['opted-out', 'ann', 'asked too', { list: '2' }],
      ],
    );
    for (const name of await readdir(join(folder, 'store'), { recursive: true })) {
      if (!name.endsWith('.json')) continue;
      const text = await readFile(join(folder, 'store', name), 'utf8');
      assert.ok(!text.includes('bloggs') && !text.includes('"r1"'), name);
    }
  });

  test('is refused without the key, with another than before, without anybody, and without a reason', async () => {
    const folder = await project();
    for (const [more, key, message] of [
      [['--record', 'r1', '--reason', 'x'], '', /HOLDFAST_SPLIT_KEY is not set/],
      [['--reason', 'x'], KEY, /name somebody/],
      [['--record', 'r1', '--reason', ' '], KEY, /--reason is empty/],
      [['--file', join(folder, 'none'), '--reason', 'x'], KEY, /none cannot be read/],
    ] as const) {
      const { code, err } = await optOut(folder, more, key);
      assert.equal(code, 2);
      assert.match(err, message);
    }
    assert.equal((await optOut(folder, ['--record', 'r1', '--reason', 'x'])).code, 0);
    const other = await optOut(folder, ['--record', 'r1', '--reason', 'x'], 'x'.repeat(32));
    assert.equal(other.code, 2);
    assert.match(other.err, /HOLDFAST_SPLIT_KEY is not the key/);
  });
});
