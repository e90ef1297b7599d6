import assert from 'node:assert/strict';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { createBucketBytes } from '../../src/connectors/bucket-bytes.js';
import type { Listing, LogBytes } from '../../src/connectors/log-bytes.js';
import { ALL_LOGS } from '../../src/connectors/log-names.js';
import { createOpenAIConnector } from '../../src/connectors/openai.js';
import { ConfigError, PrerequisiteError, ProviderError } from '../../src/domain/errors.js';
import type { ListedObject, SourceObject } from '../../src/domain/manifest.js';
import { createLogBucket } from '../../src/storage/s3-log-bucket.js';
import { sha256Hex } from '../../src/storage/objects.js';
import { hasCode } from '../conformance/object-store.js';
import { tableBytes } from '../conformance/table-bytes.js';
import { noise } from '../support/bytes.js';
import { FAULTS, startFaultyProxy, type Fault } from '../support/faulty-proxy.js';
import { putLog, putLogs } from '../support/s3-logs.js';
import { startS3Server } from '../support/s3-server.js';
import { addUsers, READER, STRANGER } from '../support/s3-users.js';
import { shortPatience } from '../support/short-patience.js';

const SEED = 20_261_126;
const MEBIBYTE = 1024 * 1024;
const server = await startS3Server({ hasUsers: true });
await addUsers(server);
const proxy = await startFaultyProxy(server.port);
after(async () => {
  await proxy.stop();
  await server.stop();
});

const patience = shortPatience(SEED, 1_000);

/** What went through the proxy: method and path of each request. */
const asked: { readonly method: string; readonly path: string }[] = [];

/** The logs at an address, through the proxy, with faults by a rule. */
function through(
  address: string,
  choose: (path: string) => Fault | 'none' = () => 'none',
): LogBytes {
  asked.length = 0;
  proxy.choose = (method, path) => {
    asked.push({ method, path });
    return choose(path);
  };
  return createBucketBytes(address.replace(server.endpoint, proxy.endpoint), (bucket) =>
    Promise.resolve(createLogBucket(bucket, patience)),
  );
}

function line(id: string): Buffer {
  const row = { id, timestamp: 1_770_726_896, prompt: `question ${id}`, completion: 'a' };
  return Buffer.from(`${JSON.stringify(row)}\n`);
}

async function contentOf(bytes: LogBytes, object: ListedObject): Promise<Buffer> {
  const parts: Uint8Array[] = [];
  for await (const part of bytes.read(object)) parts.push(part);
  return Buffer.concat(parts);
}

async function named(bytes: LogBytes): Promise<readonly [SourceObject, ...SourceObject[]]> {
  const { logs } = await bytes.look(ALL_LOGS);
  const [first, ...rest] = await bytes.name(logs, []);
  assert.ok(first !== undefined);
  return [first, ...rest];
}

function urisOf({ logs }: Listing): readonly string[] {
  return logs.map(({ uri }) => uri);
}

describe('logs in a bucket', () => {
  test('are found below the prefix, whatever their keys hold, in the order of code units', async () => {
    const keys = [
      'b.jsonl',
      'B.json',
      'a/z.log.gz',
      'day 1/10:00+02.jsonl',
      'é/ß.jsonl',
      '\u{1f6a2}/1.jsonl',
      '\uffed/1.jsonl',
    ];
    const others = ['a/x.csv', 'notes.txt'];
    const address = await putLogs(
      server,
      [...keys, ...others, '.keep'].map((key) => [key, Buffer.from(key)]),
    );
    await putLog(address.replace('?', '-beside?'), 'c.jsonl', line('1'));
    const bytes = createBucketBytes(address);
    const listing = await bytes.look(ALL_LOGS);
    assert.deepEqual(urisOf(listing), [...keys].sort());
    assert.deepEqual(listing.others, others);
    for (const { uri, bytes: size, sha256 } of await bytes.name(listing.logs, [])) {
      assert.equal(size, Buffer.byteLength(uri));
      assert.equal(sha256, sha256Hex(uri));
    }
  });

  test('are found on every page of a listing', async () => {
    const address = server.address();
    const keys = Array.from({ length: 1_100 }, (_, n) => `${String(n).padStart(4, '0')}.jsonl`);
    // The server keeps objects as files, and takes files for objects.
    const folder = join(server.folder, new URL(address).pathname);
    await mkdir(folder);
    for (const key of keys) await writeFile(join(folder, key), line(key));
    assert.deepEqual(urisOf(await through(address).look(ALL_LOGS)), keys);
    assert.equal(new Set(asked.map(({ path }) => path)).size, 2);
  });

  test('may be one object, by its key', async () => {
    const address = await putLogs(server, [
      ['a/calls.jsonl', line('1')],
      ['a/calls.jsonl.bak', line('2')],
      ['a/calls.jsonl.1', line('3')],
    ]);
    const bytes = createBucketBytes(address.replace('?', '/a/calls.jsonl?'));
    assert.deepEqual(await bytes.look(ALL_LOGS).then(({ logs, others }) => [logs.length, others]), [
      1,
      [],
    ]);
    const [object] = await named(bytes);
    assert.equal(object.uri, 'calls.jsonl');
    assert.deepEqual(await contentOf(bytes, object), line('1'));
  });

  test('that are nowhere, or none by their names, are told as what can be mended', async () => {
    const refused = (address: string, message: RegExp): Promise<void> =>
      assert.rejects(createBucketBytes(address).look(ALL_LOGS), (error) => {
        assert.ok(error instanceof ConfigError);
        assert.match(error.message, message);
        return true;
      });
    await refused(
      server.address(),
      /no object of logs at s3:\/\/holdfast\/store-.*correct sources\[\]\.path/,
    );
    const address = await putLogs(server, [['a.csv', line('1')]]);
    await refused(address, /no file below s3:.* is a log by its name; 1 are there \(a\.csv\)/);
    assert.throws(
      () => createBucketBytes('s3://key:hunter2@bucket/logs'),
      (error) => {
        assert.ok(error instanceof ConfigError);
        assert.doesNotMatch(error.message, /hunter2/);
        return true;
      },
    );
  });

  test('are not read again for a digest that is known of the same version', async () => {
    const address = await putLogs(server, [
      ['1.jsonl', line('1')],
      ['2.jsonl', line('2')],
    ]);
    const known = await named(createBucketBytes(address));
    await putLog(address, '2.jsonl', line('other'));
    await putLog(address, '3.jsonl', line('3'));
    const bytes = through(address);
    const now = await bytes.name((await bytes.look(ALL_LOGS)).logs, known);
    assert.deepEqual(
      now.map(({ sha256 }) => sha256),
      ['1', 'other', '3'].map((id) => sha256Hex(line(id))),
    );
    const paths = asked.map(({ path }) => /\d\.jsonl|list-type/.exec(path)?.[0]);
    assert.deepEqual(paths.sort(), ['2.jsonl', '3.jsonl', 'list-type']);
  });

  test('ask for nothing but listing and getting, so that a reader needs no other rights', async () => {
    const address = await putLogs(server, [
      ['1.jsonl', line('1')],
      ['2.jsonl.gz', gzipSync(line('2'))],
      ['3.parquet', await tableBytes([{ id: '3', timestamp: 1, prompt: 'q', completion: 'a' }])],
    ]);
    await assert.rejects(
      putLog(`${address}&profile=reader`, '4.jsonl', line('4')),
      /access is denied/,
    );
    const bytes = through(`${address}&profile=reader`);
    const connector = createOpenAIConnector({
      bytes,
      fields: {},
      maximumLineBytes: 1_000,
      lookbackDays: 0,
    });
    const ids: unknown[] = [];
    for await (const found of connector.read(await named(bytes))) {
      ids.push(found.kind === 'record' ? found.externalId : found.reason);
    }
    assert.deepEqual(ids, ['1', '2', '3']);
    assert.deepEqual([...new Set(asked.map(({ method }) => method))], ['GET']);
  });
});

describe('a log in a bucket that changed after it was named', () => {
  const cases: readonly (readonly [string, (address: string) => Promise<void>, RegExp])[] = [
    [
      'replaced by one of the same size',
      (at) => putLog(at, 'a.jsonl', line('2')),
      /another object/,
    ],
    ['replaced by a longer one', (at) => putLog(at, 'a.jsonl', line('11')), /another object/],
    ['deleted', (at) => putLog(at, 'a.jsonl', line('1')).then(() => deleteLog(at)), /deleted/],
  ];
  for (const [what, change, message] of cases) {
    test(`is refused when it was ${what}`, async () => {
      const address = await putLogs(server, [['a.jsonl', line('1')]]);
      const bytes = createBucketBytes(address);
      const [object] = await named(bytes);
      await change(address);
      for (const ask of [
        () => contentOf(bytes, object),
        () => bytes.range(object, 0, 4),
        () => bytes.assertUnchanged(object),
      ]) {
        await assert.rejects(ask(), (error) => {
          assert.ok(hasCode('source-changed')(error), String(error));
          assert.match((error as Error).message, message);
          assert.match((error as Error).message, /--reopen/);
          return true;
        });
      }
    });
  }

  test('is read when the same bytes were put anew, though the server calls them otherwise', async () => {
    const content = noise(6 * MEBIBYTE);
    const address = await putLogs(server, [['a.jsonl', content]]);
    const bytes = createBucketBytes(address);
    const [object] = await named(bytes);
    await putLog(address, 'a.jsonl', content, 5 * MEBIBYTE);
    const [again] = await named(bytes);
    assert.notEqual(again.tag, object.tag);
    assert.equal(sha256Hex(await contentOf(bytes, object)), object.sha256);
    const range = await bytes.range(object, 5, 9);
    assert.ok(content.subarray(5, 9).every((byte, n) => range[n] === byte));
    await bytes.assertUnchanged(object);
  });

  test('is refused when it is replaced in the middle of reading', async () => {
    const address = await putLogs(server, [['a.jsonl', noise(12 * MEBIBYTE, 1)]]);
    let isReplaced = false;
    const bytes = through(address, () => (isReplaced ? 'none' : 'cut-answer'));
    const [object] = await named(createBucketBytes(address));
    const reading = bytes.read(object)[Symbol.asyncIterator]();
    assert.equal((await reading.next()).done, false);
    await putLog(address, 'a.jsonl', noise(12 * MEBIBYTE, 2));
    isReplaced = true;
    await assert.rejects(async () => {
      while ((await reading.next()).done !== true);
    }, hasCode('source-changed'));
  });

  test('is left out when it is gone before it was named', async () => {
    const address = await putLogs(server, [
      ['a.jsonl', line('1')],
      ['b.jsonl', line('2')],
    ]);
    const bytes = createBucketBytes(address);
    const { logs } = await bytes.look(ALL_LOGS);
    await deleteLog(address);
    assert.deepEqual(
      (await bytes.name(logs, [])).map(({ uri }) => uri),
      ['b.jsonl'],
    );
  });
});

describe('logs in a bucket behind a network that breaks', () => {
  const files: readonly (readonly [string, Uint8Array])[] = [
    ...Array.from({ length: 8 }, (_, n) => [`${n + 10}.jsonl`, line(String(n + 10))] as const),
    [
      'zipped.jsonl.gz',
      gzipSync(Buffer.concat(Array.from({ length: 500 }, (_, n) => line(`z${n}`)))),
    ],
    ['large.jsonl', Buffer.concat(Array.from({ length: 20_000 }, (_, n) => line(`l${n}`)))],
  ];

  async function readThrough(
    address: string,
    choose: (path: string) => Fault | 'none',
  ): Promise<unknown> {
    const bytes = through(address, choose);
    const table = { bytes, fields: {}, maximumLineBytes: 1_000, lookbackDays: 0 };
    const connector = createOpenAIConnector(table);
    const objects = await named(bytes);
    const ids: unknown[] = [];
    for await (const found of connector.read(objects)) {
      ids.push(found.kind === 'record' ? found.externalId : found.reason);
    }
    return { objects, ids };
  }

  test('are read whole when every second request is hit, by each fault in turn', async () => {
    const address = await putLogs(server, [
      ...files,
      [
        'table.parquet',
        await tableBytes(
          Array.from({ length: 300 }, (_, n) => JSON.parse(line(`t${n}`).toString()) as object),
        ),
      ],
    ]);
    const wanted = await readThrough(address, () => 'none');
    let requests = 0;
    // A stretch of a table has no checksum; TLS protects it where bytes may be changed on their way.
    const faults = (path: string): Fault | 'none' => {
      requests += 1;
      const fault = FAULTS[(requests / 2) % FAULTS.length] ?? 'none';
      return fault === 'flipped-answer' && path.includes('.parquet') ? 'none' : fault;
    };
    for (let round = 0; round < 2; round += 1) {
      assert.deepEqual(await readThrough(address, faults), wanted);
    }
    for (const fault of FAULTS) assert.ok(proxy.counts[fault] > 0, `${fault} never happened`);
  });

  test('that stays away are given up, as what may pass', async () => {
    const address = await putLogs(server, files.slice(0, 1));
    for (const [fault, status, message] of [
      ['reset', null, /listing all keys in the logs at s3:.* failed: no answer, ECONNRESET/],
      ['slow-down', 503, /SlowDown/],
      ['status-500', 500, /InternalError/],
    ] as const) {
      await assert.rejects(through(address, () => fault).look(ALL_LOGS), (error) => {
        assert.ok(error instanceof ProviderError);
        assert.deepEqual([error.isRetryable, error.status], [true, status]);
        assert.match(error.message, message);
        return true;
      });
    }
  });

  test('damaged on their way are not taken for changed ones', async () => {
    const address = await putLogs(server, [['a.jsonl', noise(6 * MEBIBYTE)]]);
    const [object] = await named(createBucketBytes(address));
    let count = 0;
    const bytes = through(address, () => ((count += 1) === 1 ? 'flipped-answer' : 'none'));
    await assert.rejects(contentOf(bytes, object), (error) => {
      assert.ok(error instanceof ProviderError && error.isRetryable, String(error));
      return true;
    });
  });
});

describe('a bucket of logs that can not be read', () => {
  const address = `s3://holdfast/denied?endpoint=${server.endpoint}`;
  const cases: readonly (readonly [string, string, RegExp])[] = [
    [
      'is not there',
      address.replace('holdfast', 'nowhere'),
      /there is no such bucket; create it, or correct the address/,
    ],
    [
      'denies it',
      `${address}&profile=stranger`,
      /access is denied; .* s3:ListBucket on the bucket and s3:GetObject on its objects/,
    ],
    [
      'lies in another region',
      `${address}&region=eu-west-9`,
      /another region; set AWS_REGION, or add \?region=NAME/,
    ],
    [
      'is asked with a profile that is not there',
      `${address}&profile=nobody`,
      /no AWS credentials were found/,
    ],
  ];
  for (const [what, at, message] of cases) {
    test(`tells what to do where it ${what}, and no secret`, async () => {
      await assert.rejects(createBucketBytes(at).look(ALL_LOGS), (error) => {
        assert.ok(error instanceof PrerequisiteError, String(error));
        assert.match(error.message, message);
        assert.match(error.message, /the logs at s3:\/\/|such bucket/);
        for (const { secret } of [READER, STRANGER]) assert.ok(!error.message.includes(secret));
        return true;
      });
    });
  }
});

async function deleteLog(address: string): Promise<void> {
  const { parseS3Address } = await import('../../src/storage/s3-address.js');
  const { createS3Calls } = await import('../../src/storage/s3-client.js');
  await createS3Calls(parseS3Address(address)).delete('a.jsonl', new AbortController().signal);
}
