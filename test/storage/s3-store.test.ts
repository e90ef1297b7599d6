import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { PrerequisiteError, ProviderError } from '../../src/domain/errors.js';
import { openStore } from '../../src/storage/open-store.js';
import { readBytes, sha256Hex } from '../../src/storage/objects.js';
import { parseS3Address } from '../../src/storage/s3-address.js';
import { createS3Calls } from '../../src/storage/s3-client.js';
import { createS3Store } from '../../src/storage/s3-store.js';
import { listed, objectStoreConformance } from '../conformance/object-store.js';
import { chunked, noise } from '../support/bytes.js';
import { temporaryFolder } from '../support/folders.js';
import { startS3Server } from '../support/s3-server.js';

const CHILD = fileURLToPath(new URL('./support/store-child.js', import.meta.url));
const MEBIBYTE = 1024 * 1024;
const server = await startS3Server();
after(() => server.stop());

objectStoreConformance('the store in a bucket', () => createS3Store(server.address()), {
  writersOfOneKey: 50,
  rounds: 5,
  counters: 10,
});

describe('the store in a bucket', () => {
  test('a large object goes in parts, and comes back whole and in ranges', async () => {
    const store = await createS3Store(server.address(), { partBytes: 5 * MEBIBYTE });
    const bytes = noise(21 * MEBIBYTE + 1);
    for (const [key, body] of [
      ['array', bytes],
      ['stream', chunked(bytes, [1, 4 * MEBIBYTE, 17 * MEBIBYTE])],
    ] as const) {
      const put = await store.putIfAbsent(key, body);
      assert.deepEqual(put, { created: true, bytes: bytes.length, sha256: sha256Hex(bytes) });
      assert.deepEqual(await store.head(key), { key, bytes: bytes.length });
      assert.equal(sha256Hex(await readBytes(store, key)), sha256Hex(bytes));
    }
    const range = { start: 5 * MEBIBYTE - 3, end: 20 * MEBIBYTE };
    const parts: Uint8Array[] = [];
    for await (const part of await store.get('array', range)) parts.push(part);
    assert.ok(Buffer.concat(parts).equals(bytes.subarray(range.start, range.end)));
    const again = await store.putIfAbsent('array', chunked(noise(12 * MEBIBYTE, 2), [MEBIBYTE]));
    assert.equal(again.created, false);
    assert.equal(again.sha256, sha256Hex(noise(12 * MEBIBYTE, 2)));
  });

  test('an object of exactly one part, and of a byte more, is whole', async () => {
    const store = await createS3Store(server.address(), { partBytes: 5 * MEBIBYTE });
    for (const size of [5 * MEBIBYTE - 1, 5 * MEBIBYTE, 5 * MEBIBYTE + 1, 10 * MEBIBYTE]) {
      const put = await store.putIfAbsent(`of/${size}`, chunked(noise(size), [7]));
      assert.deepEqual(put, { created: true, bytes: size, sha256: sha256Hex(noise(size)) });
      assert.equal(sha256Hex(await readBytes(store, `of/${size}`)), put.sha256);
    }
  });

  test('of writers of one large key exactly one wins, and nothing is left of the others', async () => {
    const uri = server.address();
    const store = await createS3Store(uri, { partBytes: 5 * MEBIBYTE });
    const bodies = [1, 2, 3, 4].map((writer) => noise(6 * MEBIBYTE, writer));
    const puts = await Promise.all(bodies.map((body) => store.putIfAbsent('race', body)));
    assert.equal(puts.filter(({ created }) => created).length, 1);
    const winner = puts.find(({ created }) => created);
    assert.equal(sha256Hex(await readBytes(store, 'race')), winner?.sha256);
    assert.deepEqual(await uploadsOf(uri), []);
  });

  test('a large body that fails leaves neither object nor upload', async () => {
    const uri = server.address();
    const store = await createS3Store(uri, { partBytes: 5 * MEBIBYTE });
    async function* failing(): AsyncGenerator<Uint8Array, void, undefined> {
      yield noise(12 * MEBIBYTE);
      throw new RangeError('the source broke');
    }
    await assert.rejects(store.putIfAbsent('half', failing()), RangeError);
    assert.equal(await store.head('half'), null);
    assert.deepEqual(await uploadsOf(uri), []);
  });

  test('uploads that a dead process left are removed at the start, younger ones stay', async () => {
    const uri = server.address();
    const calls = createS3Calls(parseS3Address(uri));
    const { signal } = new AbortController();
    await calls.startUpload('left/behind', { id: 'x', sha256: null }, null, signal);
    await createS3Store(uri);
    assert.equal((await uploadsOf(uri)).length, 1);
    await createS3Store(uri, { staleAfterMs: -60_000 });
    assert.deepEqual(await uploadsOf(uri), []);
  });

  test('more keys than one page holds are listed in order, and those of others are not shown', async () => {
    const store = await createS3Store(server.address());
    const keys = Array.from({ length: 1_100 }, (_, n) => `many/${String(n).padStart(5, '0')}`);
    // The server keeps objects as files, and takes files for objects.
    const folder = join(server.folder, new URL(store.uri).pathname);
    await mkdir(join(folder, 'many'));
    for (const key of keys) await writeFile(join(folder, key), 'x');
    await writeFile(join(folder, 'of someone else'), 'x');
    assert.deepEqual(await listed(store, ''), keys);
  });

  test('a counter under compare-and-set by four processes loses no increment', async () => {
    const uri = server.address();
    const children = Array.from({ length: 4 }, () =>
      spawn(process.execPath, [CHILD, 'count', uri, '10'], {
        stdio: ['ignore', 'ignore', 'inherit'],
      }),
    );
    const codes = await Promise.all(children.map((each) => once(each, 'exit')));
    assert.deepEqual(
      codes.map(([code]) => code as number),
      [0, 0, 0, 0],
    );
    const pointer = await (await createS3Store(uri)).readPointer('counter');
    assert.equal(pointer?.version, 40);
    assert.equal(Buffer.from(pointer.value).toString(), '40');
  });

  test('is opened once per address, and is the same store by any writing of it', async () => {
    const uri = server.address();
    const store = await openStore(uri);
    assert.equal(store.uri, uri);
    assert.equal(await openStore(uri.replace('?', '/?')), store);
  });
});

describe('a bucket that can not be used', () => {
  const keys = { AWS_ACCESS_KEY_ID: 'NOBODY', AWS_SECRET_ACCESS_KEY: 'hunter2' };
  const none = { AWS_CONFIG_FILE: '/dev/null', AWS_SHARED_CREDENTIALS_FILE: '/dev/null' };
  const refused: readonly {
    readonly what: string;
    readonly environment: NodeJS.ProcessEnv;
    readonly address?: string;
    readonly told: RegExp;
  }[] = [
    {
      what: 'an unknown access key',
      environment: keys,
      told: /does not know the access key; correct AWS_ACCESS_KEY_ID, or the profile/,
    },
    {
      what: 'a wrong secret key',
      environment: { AWS_SECRET_ACCESS_KEY: 'hunter2' },
      told: /the secret key does not fit the access key; correct AWS_SECRET_ACCESS_KEY/,
    },
    {
      what: 'no credentials',
      environment: { ...none, AWS_ACCESS_KEY_ID: undefined, AWS_SECRET_ACCESS_KEY: undefined },
      told: /no AWS credentials were found; set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY/,
    },
    {
      what: 'no region',
      environment: { ...none, AWS_REGION: undefined },
      told: /no region is set; set AWS_REGION, or add \?region=NAME/,
    },
    {
      what: 'another region',
      environment: { AWS_REGION: 'eu-central-1' },
      told: /lies in another region; set AWS_REGION/,
    },
    {
      what: 'a bucket that is not there',
      environment: {},
      address: `s3://no-such-bucket?endpoint=${server.endpoint}`,
      told: /there is no such bucket; create it, or correct the address/,
    },
  ];
  for (const { what, environment, address = server.address(), told } of refused) {
    test(`${what} is told with what to do, at once and without the secret`, async () => {
      await withEnvironment(environment, () =>
        assert.rejects(createS3Store(address), (error) => {
          assert.ok(error instanceof PrerequisiteError, String(error));
          assert.match(error.message, told);
          assert.doesNotMatch(`${error.message} ${String(error.stack)}`, /hunter2/);
          return true;
        }),
      );
    });
  }

  test('keys come from a profile, too', async () => {
    const file = join(await temporaryFolder(), 'credentials');
    const { AWS_ACCESS_KEY_ID = '', AWS_SECRET_ACCESS_KEY = '' } = process.env;
    const lines = [
      '[team]',
      `aws_access_key_id = ${AWS_ACCESS_KEY_ID}`,
      `aws_secret_access_key = ${AWS_SECRET_ACCESS_KEY}`,
    ];
    await writeFile(file, `${lines.join('\n')}\n`);
    const environment = {
      AWS_ACCESS_KEY_ID: undefined,
      AWS_SECRET_ACCESS_KEY: undefined,
      AWS_PROFILE: 'team',
      AWS_SHARED_CREDENTIALS_FILE: file,
    };
    await withEnvironment(environment, async () => {
      const store = await createS3Store(server.address());
      assert.equal((await store.putIfAbsent('key', Buffer.from('x'))).created, true);
    });
  });

  test('a server that is not there is told as what may pass', async () => {
    const patience = { attempts: 2, firstWaitMs: 1 };
    await assert.rejects(
      createS3Store('s3://holdfast?endpoint=http://127.0.0.1:9', { patience }),
      (error) => error instanceof ProviderError && /no answer, ECONNREFUSED/.test(error.message),
    );
  });

  test('a server that takes every write is refused, since it would overwrite', async () => {
    const careless = createServer((asked, answer) => {
      asked.resume();
      asked.once('end', () => answer.writeHead(200, { etag: '"x"' }).end());
    });
    careless.listen(0, '127.0.0.1');
    await once(careless, 'listening');
    const { port } = careless.address() as AddressInfo;
    try {
      await assert.rejects(
        createS3Store(`s3://holdfast?endpoint=http://127.0.0.1:${port}`),
        (error) =>
          error instanceof PrerequisiteError &&
          /does not refuse a second write of a key \(If-None-Match\).*; use AWS S3, or/.test(
            error.message,
          ),
      );
    } finally {
      careless.closeAllConnections();
      careless.close();
    }
  });
});

async function uploadsOf(uri: string): Promise<readonly unknown[]> {
  return createS3Calls(parseS3Address(uri)).listUploads(new AbortController().signal);
}

/** Runs `work` with variables set, or unset where `undefined`, and puts them back. */
async function withEnvironment(
  changes: NodeJS.ProcessEnv,
  work: () => Promise<void>,
): Promise<void> {
  const before = { ...process.env };
  const set = (values: NodeJS.ProcessEnv): void => {
    for (const name of Object.keys(changes)) {
      if (values[name] === undefined) delete process.env[name];
      else process.env[name] = values[name];
    }
  };
  set(changes);
  try {
    await work();
  } finally {
    set(before);
  }
}
