import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import type { Evidence } from '../../src/domain/gate.js';
import type { Finding } from '../../src/domain/finding.js';
import { LEAK_LEVELS } from '../../src/domain/finding.js';
import { canonicalJson } from '../../src/domain/json.js';
import type { ReleaseManifest } from '../../src/domain/manifest.js';
import type { Example } from '../../src/domain/record.js';
import { assertBalanced } from '../../src/domain/books.js';
import { recomputeDecision } from '../../src/gate/evidence.js';
import { keys } from '../../src/release/layout.js';
import { findRows, type RowsName } from '../../src/release/rows-files.js';
import type { Placement } from '../../src/split/place.js';
import type { ObjectStore } from '../../src/storage/object-store.js';
import { readJson, readJsonl } from '../../src/storage/objects.js';
import { openStore } from '../../src/storage/open-store.js';
import { temporalCli } from '../support/temporal.js';

interface Told {
  readonly code: number | null;
  readonly text: string;
}

/** Runs the demo as its users do, in a folder of its own, without a terminal. */
function runDemo(folder: string): Promise<Told> {
  const script = fileURLToPath(new URL('../../src/demo/main.js', import.meta.url));
  const child = spawn(process.execPath, [script], {
    cwd: folder,
    env: { ...process.env, CI: 'true', HOLDFAST_TEMPORAL_CLI: temporalCli() },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let text = '';
  child.stdout.on('data', (chunk: Buffer) => (text += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (text += chunk.toString()));
  return new Promise((resolve) => child.once('exit', (code) => resolve({ code, text })));
}

async function releasesOf(store: ObjectStore): Promise<readonly [string, ReleaseManifest][]> {
  const found: [string, ReleaseManifest][] = [];
  for await (const { key } of store.list('releases/')) {
    const digest = /^releases\/([0-9a-f]{64})\/manifest\.json$/.exec(key)?.[1];
    if (digest !== undefined) found.push([digest, await readJson<ReleaseManifest>(store, key)]);
  }
  return found;
}

function rowsOf<T>(
  store: ObjectStore,
  [digest, manifest]: readonly [string, ReleaseManifest],
  name: RowsName,
): Promise<readonly T[]> {
  const file = findRows(manifest, name);
  assert.ok(file, name);
  return readJsonl<T>(store, { ...file, key: keys.releaseFile(digest, file.name) });
}

test('the demo tells its weeks, finds what it planted, trains on none of it, and ends', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'holdfast-demo-'));
  try {
    const { code, text } = await runDemo(folder);
    assert.equal(code, 0, text);
    for (const told of [
      'Week one',
      'Week two',
      'Planted by the demo',
      'Without checks',
      "Temporal's web UI",
    ]) {
      assert.ok(text.includes(told), told);
    }
    const store = await openStore(`file:${join(folder, '.holdfast', 'demo-0001', 'store')}`);
    const releases = await releasesOf(store);
    assert.deepEqual(releases.map(([, { window }]) => window.id).sort(), ['2002-W33', '2002-W35']);
    for (const [, manifest] of releases) manifest.books.forEach(assertBalanced);

    const second = releases.find(([, { window }]) => window.id === '2002-W35');
    assert.ok(second);
    const isPlanted = ({ id }: { readonly id: string }): boolean => id.startsWith('pasted');
    const rows = await rowsOf<Example>(store, second, 'rows');
    assert.deepEqual(rows.filter(isPlanted), []);
    const placed = await rowsOf<Placement>(store, second, 'placements');
    const onTrainSide = placed.filter(isPlanted).filter(({ side }) => side === 'train');
    assert.ok(onTrainSide.length > 100);
    const examples = await rowsOf<Example>(store, second, 'examples');
    const folds = await rowsOf<{ id: string }>(store, second, 'folds');
    const findings = await rowsOf<Finding>(store, second, 'findings');
    const found = new Set(
      findings.filter(({ level }) => LEAK_LEVELS.includes(level)).map(({ exampleId }) => exampleId),
    );
    const folded = new Set(folds.map(({ id }) => id));
    for (const { id } of examples.filter(isPlanted)) assert.ok(found.has(id) || folded.has(id), id);

    const decided: string[] = [];
    for await (const { key } of store.list('evidence/')) {
      const evidence = await readJson<Evidence>(store, key);
      assert.equal(canonicalJson(recomputeDecision(evidence)), canonicalJson(evidence.result));
      decided.push(evidence.window);
    }
    assert.deepEqual(decided.sort(), releases.map(([, { window }]) => window.id).sort());
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
