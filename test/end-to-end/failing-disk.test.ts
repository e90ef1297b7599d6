import assert from 'node:assert/strict';
import { readdirSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { readAlias } from '../../src/promotion/alias.js';
import { readChainHead } from '../../src/release/chain.js';
import { failureOf, startLoop, type Loop } from '../support/loop.js';
import { mountSmall, remount, unmount } from '../support/mount.js';
import { logLines, MODEL } from '../support/project.js';
import { startTemporal } from '../support/temporal-environment.js';
import { makeTickets } from '../support/traffic.js';

const FIRST = '2026-W01';
const SECOND = '2026-W02';
/** Room that is left on the full disk: for nothing, for the first steps, and for most of them. */
const ROOMS_KIB = [8, 64, 140] as const;

/** Takes all of the disk but `roomKiB`; returns the way to give it back. */
function fillDisk(folder: string, roomKiB: number): () => void {
  const { bavail, bsize } = statfsSync(folder);
  const filler = join(folder, 'filler');
  writeFileSync(filler, Buffer.alloc(bavail * bsize - roomKiB * 1024));
  return () => rmSync(filler);
}

function releasesIn(store: string): readonly string[] {
  return readdirSync(store, { recursive: true })
    .map(String)
    .filter((path) => /^releases\/[0-9a-f]+\/manifest\.json$/.test(path));
}

/** Nothing half-written, no release that is not whole, and champion and chain where they were. */
async function assertUntouched(loop: Loop, store: string, head: string | null): Promise<void> {
  assert.deepEqual(readdirSync(join(store, '.tmp')), []);
  const { entry } = await readChainHead(loop.project.store, MODEL);
  assert.equal(entry?.release ?? null, head);
  assert.equal(releasesIn(store).length, head === null ? 0 : 1);
  const alias = await readAlias(loop.project.store, MODEL);
  assert.ok(alias === null || alias.alias.modelId === loop.project.championId);
}

test('a disk that is full or read-only ends a run with what to do, and the run goes through afterwards', async (t) => {
  const temporal = await startTemporal();
  const store = join(temporal.folder, 'project', 'store');
  const mounted = mountSmall(store, '24m');
  const loop = await startLoop({ firstWindow: FIRST, championRows: 20 }, temporal);
  const worker = await loop.startWorker();
  try {
    if (!mounted.isMounted) return t.skip(mounted.reason);
    loop.project.writeLog('w1.jsonl', logLines(makeTickets('w1', 200, '2025-12-29', '2026-01-05')));
    const stopped = new Set<string>();
    for (const room of ROOMS_KIB) {
      const giveBack = fillDisk(store, room);
      const failure = await failureOf(loop.run(FIRST));
      assert.match(failure, /in the store file:.* failed: the disk is full; free some space/);
      stopped.add(/writing \S+\/(\w+)\/[\w.-]+ in the store/.exec(failure)?.[1] ?? failure);
      giveBack();
      await assertUntouched(loop, store, null);
    }
    assert.ok(stopped.size > 1, `every run stopped at ${[...stopped].join()}`);
    const { release } = await loop.run(FIRST);

    loop.project.writeLog('w2.jsonl', logLines(makeTickets('w2', 80, '2026-01-05', '2026-01-12')));
    remount(store, 'ro');
    assert.match(await failureOf(loop.run(SECOND)), /the file system is read-only; mount it writ/);
    remount(store, 'rw');
    await assertUntouched(loop, store, release);
    assert.equal((await loop.run(SECOND)).window, SECOND);

    for (const window of [FIRST, SECOND]) {
      assert.equal((await loop.run(window, { mode: 'rebuild' })).decision, 'rebuilt');
    }
  } finally {
    await worker.stop();
    unmount(store);
    await loop.close();
  }
});
