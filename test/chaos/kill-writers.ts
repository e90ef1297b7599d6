import { mkdtempSync, readdirSync, rmSync, utimesSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createFileStore } from '../../src/storage/file-store.js';
import { parseS3Address } from '../../src/storage/s3-address.js';
import { createS3Calls } from '../../src/storage/s3-client.js';
import { createS3Store } from '../../src/storage/s3-store.js';
import { killWriters, type KillReport } from '../storage/support/kill-writers.js';
import { startS3Server } from '../support/s3-server.js';

/**
 * Kills a thousand writers of a store in a folder, and a thousand of one in a bucket, and says what is left:
 * `npm run test:chaos`, or with a number and a seed behind `--`. Ends with code 1 where anything is torn, lost or doubled.
 */
const [kills = 1_000, seed = 20_261_126] = process.argv.slice(2).map(Number);
const say = (line: string): void => console.error(line);

async function inFolder(): Promise<boolean> {
  const folder = mkdtempSync(join(tmpdir(), 'holdfast-kills-'));
  try {
    const store = await createFileStore(folder);
    const report = await killWriters(`file:${folder}`, store, { kills, seed, say });
    const left = readdirSync(join(folder, '.tmp'));
    for (const name of left) utimesSync(join(folder, '.tmp', name), 0, 0);
    await createFileStore(folder);
    const after = readdirSync(join(folder, '.tmp')).length;
    return tell('folder', report, `${left.length} unfinished files`, after);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function inBucket(): Promise<boolean> {
  const server = await startS3Server();
  try {
    const uri = server.address();
    const calls = createS3Calls(parseS3Address(uri));
    const { signal } = new AbortController();
    const report = await killWriters(uri, await createS3Store(uri), { kills, seed, say });
    const left = (await calls.listUploads(signal)).length;
    await createS3Store(uri, { staleAfterMs: -60_000 });
    const after = (await calls.listUploads(signal)).length;
    return tell('bucket', report, `${left} unfinished uploads`, after);
  } finally {
    await server.stop();
  }
}

function tell(where: string, report: KillReport, left: string, after: number): boolean {
  const { torn, lost, doubled } = report;
  console.log(
    `${where}: ${report.kills} writers killed; ${report.acknowledged} writes acknowledged, ${report.unheard} done and ` +
      `not heard of; torn ${torn.length}, lost ${lost.length}, doubled ${doubled.length}; ${left} left, ${after} after the sweep`,
  );
  for (const key of [...torn, ...lost, ...doubled]) console.log(`  ${key}`);
  return torn.length + lost.length + doubled.length + after === 0;
}

const results = [await inFolder(), await inBucket()];
process.exitCode = results.every((isWell) => isWell) ? 0 : 1;
