import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { loadConfiguration } from '../../src/config/load.js';
import type { WindowManifest } from '../../src/domain/manifest.js';
import { keys } from '../../src/release/layout.js';
import { readJson, sha256Hex } from '../../src/storage/objects.js';
import { runHoldfast } from '../support/cli.js';
import { startFaultyProxy, type FaultyProxy } from '../support/faulty-proxy.js';
import { startLoop, type Loop } from '../support/loop.js';
import { logLines, MODEL } from '../support/project.js';
import { putLog } from '../support/s3-logs.js';
import { startS3Server, type S3Server } from '../support/s3-server.js';
import { addUsers, READER } from '../support/s3-users.js';
import { makeTickets } from '../support/traffic.js';

const SECRET = 'sk-proj-aB3dE5fG7hJ9kL1mN3pQ5rS7tU9vW1xY3zA5bC7dE9fG1hJ3';

describe('the weekly loop over logs in a bucket', () => {
  let server: S3Server;
  let proxy: FaultyProxy;
  let loop: Loop;
  let address: string;
  /** Below the proxy, as a user who may list and get and nothing else. */
  let path: string;
  const asked: string[] = [];

  function put(key: string, lines: readonly object[]): Promise<void> {
    const text = lines.map((line) => `${JSON.stringify(line)}\n`).join('');
    return putLog(address, key, Buffer.from(text));
  }

  before(async () => {
    server = await startS3Server({ hasUsers: true });
    await addUsers(server);
    proxy = await startFaultyProxy(server.port, (method, at) => {
      asked.push(`${method} ${/w\d\.jsonl|list-type/.exec(at)?.[0] ?? at}`);
      return 'none';
    });
    address = server.address();
    path = `${address.replace(server.endpoint, proxy.endpoint)}&profile=reader`;
    loop = await startLoop({
      firstWindow: '2026-W01',
      championRows: 10,
      changes: { sources: [{ path }] },
    });
    await put('2026/01/w1.jsonl', [
      ...logLines(makeTickets('w1', 240, '2025-12-29', '2026-01-05')),
      { id: 'bad', timestamp: SECRET, prompt: SECRET, completion: SECRET },
    ]);
    await putLog(address, '2026/README.txt', Buffer.from('no log'));
  });
  after(async () => {
    await loop.close();
    await proxy.stop();
    await server.stop();
  });

  test('reads what its manifest names, and a week later only what is new', async () => {
    const worker = await loop.startWorker();
    try {
      const first = await loop.run('2026-W01');
      assert.equal(first.decision, 'promote');
      assert.deepEqual(tally(asked), { 'GET list-type': 1, 'GET w1.jsonl': 2 });
      asked.length = 0;
      await put('2026/01/w2.jsonl', logLines(makeTickets('w2', 120, '2026-01-05', '2026-01-12')));
      const second = await loop.run('2026-W02');
      assert.ok(second.release !== undefined);
      assert.deepEqual(tally(asked), { 'GET list-type': 1, 'GET w2.jsonl': 2 });
    } finally {
      await worker.stop();
    }
    const { store } = loop.project;
    const manifests = await Promise.all(
      ['2026-W01', '2026-W02'].map((window) =>
        readJson<WindowManifest>(store, keys.windowManifest(MODEL, window, 1)),
      ),
    );
    assert.deepEqual(
      manifests.map(({ sources }) => sources.map(({ uri }) => uri)),
      [['2026/01/w1.jsonl'], ['2026/01/w2.jsonl']],
    );
    for (const { uri, bytes, sha256, tag } of manifests.flatMap(({ sources }) => sources)) {
      const held = readFileSync(join(server.folder, new URL(address).pathname, uri));
      assert.deepEqual([bytes, sha256], [held.length, sha256Hex(held)]);
      assert.match(tag ?? '', /^"[0-9a-f-]+"$/);
    }
    const unknownFiles = [{ source: 0, count: 1, first: ['2026/README.txt'] }];
    assert.deepEqual(manifests[1]?.unknownFiles, unknownFiles);
  });

  test('is looked at without being read, and tells no secret', async () => {
    asked.length = 0;
    const check = await runHoldfast(['config', 'check', '-c', loop.project.loaded.path]);
    assert.match(check.out, /logs +s3:\/\/holdfast\/.*: 2 objects, [\d,]+ bytes/);
    assert.match(check.out, /1 other file will not be read \(2026\/README\.txt\)/);
    assert.deepEqual(tally(asked), { 'GET list-type': 1 });
    const dry = await runHoldfast(['ingest', '--dry-run', '-c', loop.project.loaded.path]);
    assert.equal(dry.code, 0, dry.err);
    assert.match(dry.out, /s3:\/\/holdfast\/.*: 2 files, [\d,]+ bytes; 1 other file not read/);
    assert.match(dry.out, /invalid-time/);
    for (const text of [check.out, check.err, dry.out, dry.err]) {
      assert.ok(!text.includes(SECRET) && !text.includes(READER.secret));
    }
  });

  test('has a configuration written for it by init', async () => {
    const { folder } = loop.project;
    const evals = join(folder, 'golden.jsonl');
    writeFileSync(evals, '{"input":"one two three","reference":"four"}\n');
    const file = join(folder, 'new.yaml');
    const given = ['--consent', 'allow', '--base-url', 'http://127.0.0.1:1/v1'];
    const more = ['--base-model', 'base-1', '--trained-on', 'none', '--config', file];
    const { code, out, err } = await runHoldfast([
      'init',
      path,
      '--evals',
      evals,
      ...given,
      ...more,
    ]);
    assert.equal(code, 0, err);
    assert.match(out, /logs +s3:\/\/holdfast\/.*: 2 files, 360 records in the 361 lines/);
    const { configuration } = await loadConfiguration(file);
    assert.equal(configuration.sources[0]?.path, path);
  });

  test('is refused where the configuration holds a secret or another scheme, which it does not quote', async () => {
    for (const wrong of ['s3://KEY:hunter2@bucket/logs', 'gs://bucket/hunter2', 's3:hunter2']) {
      await assert.rejects(loop.project.configure({ sources: [{ path: wrong }] }), (error) => {
        assert.match(String(error), /sources\[0\]\.path: expected a folder or a file/);
        assert.ok(!String(error).includes('hunter2'));
        return true;
      });
    }
  });
});

function tally(values: readonly string[]): Readonly<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const value of values) counts[value] = (counts[value] ?? 0) + 1;
  return counts;
}
