import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ObjectStore } from '../../src/storage/object-store.js';
import { createFileStore } from '../../src/storage/file-store.js';
import { createS3Store } from '../../src/storage/s3-store.js';
import { noise } from '../support/bytes.js';
import { startS3Server } from '../support/s3-server.js';

/**
 * How fast objects are put and got, one after another and sixteen at once, in a folder and in a bucket on this machine
 * (versitygw): `npm run bench:stores`. Time is this process's wall clock and processor time; the server's is beside it.
 */
const SIZES = [
  { name: '1 KiB', bytes: 1_024, count: 400 },
  { name: '1 MiB', bytes: 1_048_576, count: 64 },
  { name: '64 MiB', bytes: 67_108_864, count: 4 },
] as const;
const AT_ONCE = [1, 16] as const;

async function measure(name: string, store: ObjectStore): Promise<void> {
  for (const size of SIZES) {
    const body = noise(size.bytes);
    for (const atOnce of AT_ONCE) {
      if (atOnce > size.count) continue;
      const key = (n: number): string => `${size.name.replace(' ', '-')}/${atOnce}/${n}`;
      const put = await time(size.count, atOnce, (n) => store.putIfAbsent(key(n), body));
      const got = await time(size.count, atOnce, async (n) => {
        for await (const part of await store.get(key(n))) if (part.length === 0) return;
      });
      console.log(`${name}  ${size.name} × ${size.count}, ${atOnce} at once`);
      for (const [what, { wallMs, cpuMs }] of [
        ['put', put],
        ['get', got],
      ] as const) {
        const rate = (size.bytes * size.count) / 1e3 / wallMs;
        const each = `${(wallMs / size.count).toFixed(2)} ms each, ${(cpuMs / size.count).toFixed(2)} ms of processor`;
        console.log(`  ${what}  ${each}, ${rate.toFixed(1)} MB/s`);
      }
    }
  }
}

async function time(
  count: number,
  atOnce: number,
  work: (n: number) => Promise<unknown>,
): Promise<{ readonly wallMs: number; readonly cpuMs: number }> {
  const [startedMs, cpu] = [performance.now(), process.cpuUsage()];
  let next = 0;
  const lane = async (): Promise<void> => {
    while (next < count) await work((next += 1));
  };
  await Promise.all(Array.from({ length: atOnce }, lane));
  const { user, system } = process.cpuUsage(cpu);
  return { wallMs: performance.now() - startedMs, cpuMs: (user + system) / 1_000 };
}

const folder = mkdtempSync(join(tmpdir(), 'holdfast-stores-'));
const server = await startS3Server();
try {
  await measure('folder', await createFileStore(folder));
  await measure('bucket', await createS3Store(server.address()));
} finally {
  await server.stop();
  rmSync(folder, { recursive: true, force: true });
}
