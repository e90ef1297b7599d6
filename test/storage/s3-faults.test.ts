import assert from 'node:assert/strict';
import { after, describe, test } from 'node:test';
import { DataError, ProviderError } from '../../src/domain/errors.js';
import type { ObjectStore } from '../../src/storage/object-store.js';
import { readBytes, sha256Hex } from '../../src/storage/objects.js';
import { parseS3Address } from '../../src/storage/s3-address.js';
import { createS3Calls } from '../../src/storage/s3-client.js';
import { createS3Store, type S3Options } from '../../src/storage/s3-store.js';
import { increment, listed, objectStoreConformance } from '../conformance/object-store.js';
import { chunked, noise } from '../support/bytes.js';
import {
  chooseBy,
  FAULTS,
  startFaultyProxy,
  type Fault,
  type Treatment,
} from '../support/faulty-proxy.js';
import { createRandom } from '../support/random.js';
import { startS3Server } from '../support/s3-server.js';
import { shortPatience } from '../support/short-patience.js';

const SEED = 20_261_126;
const MEBIBYTE = 1024 * 1024;
const server = await startS3Server();
const proxy = await startFaultyProxy(server.port);
after(async () => {
  await proxy.stop();
  await server.stop();
});

const patience = shortPatience(SEED, 5_000);

/** All but those that take as long as a client's patience; they have tests of their own below. */
const SLOW: readonly Fault[] = ['delay', 'stall-answer'];
const QUICK = FAULTS.filter((fault) => !SLOW.includes(fault));

/** The same store by both ways: through the proxy, and straight. */
async function openBoth(
  options: S3Options = {},
): Promise<{ readonly faulty: ObjectStore; readonly straight: ObjectStore }> {
  const uri = server.address();
  const throughProxy = uri.replace(server.endpoint, proxy.endpoint);
  return {
    straight: await createS3Store(uri, options),
    faulty: await createS3Store(throughProxy, { patience, ...options }),
  };
}

/** Faults by a rule of their own while `work` runs. */
async function withFaults<T>(
  choose: (method: string) => Treatment,
  work: () => Promise<T>,
): Promise<T> {
  proxy.choose = choose;
  try {
    return await work();
  } finally {
    proxy.choose = () => 'none';
  }
}

describe('a network that breaks a fifth of all requests', () => {
  const faults = chooseBy(createRandom(SEED), 0.2, QUICK);
  objectStoreConformance(
    'the store in a bucket, through it',
    async () => {
      proxy.choose = faults;
      return (await openBoth()).faulty;
    },
    { writersOfOneKey: 20, rounds: 3, counters: 6 },
  );

  test('every fault has happened in it', () => {
    proxy.choose = () => 'none';
    for (const fault of QUICK) assert.ok(proxy.counts[fault] > 20, `${fault} hardly happened`);
  });

  test('of writers that offer the same bytes, exactly one is told that it was first', async () => {
    const { faulty, straight } = await openBoth();
    await withFaults(chooseBy(createRandom(SEED + 1), 0.4, QUICK), async () => {
      for (let round = 0; round < 20; round += 1) {
        const bytes = noise(5_000, round);
        const puts = await Promise.all(
          Array.from({ length: 8 }, () => faulty.putIfAbsent(`same/${round}`, bytes)),
        );
        assert.equal(puts.filter(({ created }) => created).length, 1, `round ${round}`);
      }
    });
    assert.equal((await listed(straight, 'same/')).length, 20);
  });

  test('a counter loses no increment, and counts none twice', async () => {
    const { faulty, straight } = await openBoth();
    await withFaults(chooseBy(createRandom(SEED + 2), 0.3, QUICK), () =>
      Promise.all(Array.from({ length: 4 }, () => increment(faulty, 'counter', 10))),
    );
    const pointer = await straight.readPointer('counter');
    assert.equal(pointer?.version, 40);
    assert.equal(Buffer.from(pointer.value).toString(), '40');
  });

  test('objects in parts are whole for whoever wrote them, and a sweep leaves no upload', async () => {
    const { faulty, straight } = await openBoth({ partBytes: 5 * MEBIBYTE });
    const choose = chooseBy(createRandom(SEED + 3), 0.25, QUICK);
    await withFaults(choose, async () => {
      for (let round = 0; round < 4; round += 1) {
        const bodies = [1, 2].map((writer) => noise(11 * MEBIBYTE + round, 10 * round + writer));
        const puts = await Promise.all(
          bodies.map((body) => faulty.putIfAbsent(`large/${round}`, chunked(body, [MEBIBYTE]))),
        );
        assert.equal(puts.filter(({ created }) => created).length, 1);
        const winner = puts.findIndex(({ created }) => created);
        const stored = sha256Hex(await readBytes(faulty, `large/${round}`));
        assert.equal(stored, sha256Hex(bodies[winner] ?? ''));
        assert.equal(stored, sha256Hex(await readBytes(straight, `large/${round}`)));
      }
    });
    // An upload whose beginning was lost on its way back has a name that nobody knows.
    await createS3Store(straight.uri, { staleAfterMs: -60_000 });
    const { signal } = new AbortController();
    assert.deepEqual(await createS3Calls(parseS3Address(straight.uri)).listUploads(signal), []);
  });
});

describe('one fault at a time', () => {
  for (const fault of FAULTS) {
    test(`${fault}: a put, a read, a listing and a pointer come through it`, async () => {
      const timeoutMs = SLOW.includes(fault) ? 500 : patience.timeoutMs;
      const { faulty, straight } = await openBoth({ patience: { ...patience, timeoutMs } });
      const bytes = noise(300_000, 7);
      // Of each method every second request is hit, the first one included.
      const counts = new Map<string, number>();
      const every = (method: string): Fault | 'none' => {
        const count = counts.get(method) ?? 0;
        counts.set(method, count + 1);
        return count % 2 === 0 ? fault : 'none';
      };
      await withFaults(every, async () => {
        const put = await faulty.putIfAbsent('one/object', chunked(bytes, [100_000]));
        assert.deepEqual(put, { created: true, bytes: 300_000, sha256: sha256Hex(bytes) });
        assert.equal(sha256Hex(await readBytes(faulty, 'one/object')), put.sha256);
        assert.deepEqual(await listed(faulty, ''), ['one/object']);
        assert.equal(await faulty.compareAndSet('p', 0, Buffer.from('x')), true);
        assert.equal(await faulty.compareAndSet('p', 0, Buffer.from('x')), false);
      });
      assert.equal(sha256Hex(await readBytes(straight, 'one/object')), sha256Hex(bytes));
      assert.equal((await straight.readPointer('p'))?.version, 1);
    });
  }

  test('a connection that breaks in a large object is taken up where it broke', async () => {
    const { faulty, straight } = await openBoth({ partBytes: 5 * MEBIBYTE });
    const bytes = noise(17 * MEBIBYTE);
    await straight.putIfAbsent('large', bytes);
    let count = 0;
    const first3 = (method: string): Fault | 'none' =>
      method === 'GET' && (count += 1) <= 3 ? 'cut-answer' : 'none';
    await withFaults(first3, async () => {
      assert.equal(sha256Hex(await readBytes(faulty, 'large')), sha256Hex(bytes));
    });
    assert.equal(count, 4);
  });

  test('a large object with a changed byte is refused at its end', async () => {
    const { faulty, straight } = await openBoth({ partBytes: 5 * MEBIBYTE });
    await straight.putIfAbsent('large', noise(6 * MEBIBYTE));
    await withFaults(
      () => 'flipped-answer',
      () =>
        assert.rejects(readBytes(faulty, 'large'), (error) => {
          assert.ok(error instanceof ProviderError && error.isRetryable);
          assert.match(error.message, /reading large .*another checksum/);
          return true;
        }),
    );
  });

  test('an object that is replaced while it is read is refused, never mixed', async () => {
    const { faulty, straight } = await openBoth({ partBytes: 5 * MEBIBYTE });
    await straight.putIfAbsent('large', noise(12 * MEBIBYTE, 1));
    let count = 0;
    const body = await withFaults(
      (method) => (method === 'GET' && (count += 1) === 1 ? 'cut-answer' : 'none'),
      () => faulty.get('large'),
    );
    await straight.delete('large');
    await straight.putIfAbsent('large', noise(12 * MEBIBYTE, 2));
    await assert.rejects(
      async () => {
        for await (const part of body) assert.ok(part.length > 0);
      },
      (error) => error instanceof DataError && error.code === 'object-changed',
    );
  });

  test('a delete is done where somebody else was faster', async () => {
    const { faulty, straight } = await openBoth();
    await straight.putIfAbsent('folder/object', Buffer.from('x'));
    await withFaults(
      (method) => (method === 'DELETE' ? 'gone' : 'none'),
      () => faulty.delete('folder/object'),
    );
    assert.equal(await straight.head('folder/object'), null);
  });

  test('a server that stays away is given up, as what may pass', async () => {
    const { faulty } = await openBoth({ patience: { ...patience, attempts: 3 } });
    const told = async (fault: Fault, message: RegExp, status: number | null): Promise<void> => {
      await withFaults(
        () => fault,
        () =>
          assert.rejects(faulty.putIfAbsent('away', Buffer.from('x')), (error) => {
            assert.ok(error instanceof ProviderError, String(error));
            assert.equal(error.isRetryable, true);
            assert.equal(error.status, status);
            assert.match(error.message, message);
            return true;
          }),
      );
    };
    await told('slow-down', /looking .*away in the store s3:.* failed: SlowDown/, 503);
    await told('reset', /no answer, ECONNRESET/, null);
    await told('status-500', /InternalError|500/, 500);
  });
});
