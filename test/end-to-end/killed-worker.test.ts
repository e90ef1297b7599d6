import assert from 'node:assert/strict';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { cpSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { ObjectStore } from '../../src/storage/object-store.js';
import { startLoop, type Loop } from '../support/loop.js';
import { logLines, SECRETS } from '../support/project.js';
import { makeTickets } from '../support/traffic.js';

const WINDOW = '2026-W01';

async function spawnWorker(loop: Loop, folder: string): Promise<ChildProcess> {
  const script = fileURLToPath(new URL('../support/worker-process.js', import.meta.url));
  const child = spawn(
    process.execPath,
    [script, join(folder, 'holdfast.yaml'), loop.temporal.server.address],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  );
  await once(child.stdout, 'data');
  return child;
}

async function kill(child: ChildProcess): Promise<void> {
  child.kill('SIGKILL');
  if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
}

async function releases(store: ObjectStore): Promise<readonly string[]> {
  const found: string[] = [];
  for await (const { key } of store.list('releases/')) {
    if (key.endsWith('/manifest.json')) found.push(key);
  }
  return found;
}

/** Waits until the step has written something, which is when it is in the middle of its work. */
async function untilWritten(store: ObjectStore, part: string): Promise<void> {
  for (;;) {
    for await (const { key } of store.list('windows/')) if (key.includes(part)) return;
    await delay(5);
  }
}

/** A folder with the same logs, configuration and frozen evals, in which nothing was ever run. */
function freshCopy(loop: Loop): string {
  const copy = join(loop.temporal.folder, 'copy');
  for (const part of ['logs', 'champion.jsonl', 'holdfast.yaml', 'store/config', 'store/evals']) {
    cpSync(join(loop.project.folder, part), join(copy, part), { recursive: true });
  }
  return copy;
}

test('a run whose worker is killed again and again ends with the release of an undisturbed one', async () => {
  const loop = await startLoop({ firstWindow: WINDOW, championRows: 20 });
  let child = await spawnWorker(loop, loop.project.folder);
  try {
    loop.project.writeLog('w1.jsonl', logLines(makeTickets('w1', 600, '2025-12-29', '2026-01-05')));
    const disturbed = loop.run(WINDOW);
    for (const part of ['/manifest.json', '/ingest/', '/split/', '/dedupe/', '/decontaminate/']) {
      await untilWritten(loop.project.store, part);
      await kill(child);
      child = await spawnWorker(loop, loop.project.folder);
    }
    const { release } = await disturbed;
    assert.deepEqual(await releases(loop.project.store), [`releases/${release}/manifest.json`]);

    await kill(child);
    const copy = freshCopy(loop);
    child = await spawnWorker(loop, copy);
    const undisturbed = await loop.run(WINDOW);
    assert.equal(undisturbed.release, release);
    assert.equal(undisturbed.candidate, (await disturbed).candidate);
    const jobs = await listJobs(loop);
    assert.equal(jobs.filter((key) => key !== 'first-champion').length, 1);
  } finally {
    await kill(child);
    await loop.close();
  }
});

/** The run keys of all jobs that the endpoint was ever asked to create. */
async function listJobs(loop: Loop): Promise<readonly (string | undefined)[]> {
  const response = await fetch(`${loop.project.endpoint.baseURL}/fine_tuning/jobs`, {
    headers: { authorization: `Bearer ${SECRETS.providerKey}` },
  });
  const { data } = (await response.json()) as { data: { metadata?: { holdfast_run?: string } }[] };
  return data.map((job) => job.metadata?.holdfast_run);
}
