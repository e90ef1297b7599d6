import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import {
  CreateBucketCommand,
  DeleteObjectCommand,
  GetObjectRetentionCommand,
  HeadObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import { PrerequisiteError } from '../../src/domain/errors.js';
import { objectLocking } from '../../src/storage/open-store.js';
import { readBytes } from '../../src/storage/objects.js';
import { createS3Store } from '../../src/storage/s3-store.js';
import { startS3Server, type S3Server } from '../support/s3-server.js';

const DAY_MS = 86_400_000;
const Bucket = 'locked-bucket';
const RETENTION = 'retentionMode=compliance&retentionDays=30';

describe('a bucket with Object Lock', () => {
  let server: S3Server;
  let client: S3Client;
  before(async () => {
    server = await startS3Server({ hasVersions: true });
    client = new S3Client({ endpoint: server.endpoint, forcePathStyle: true });
    await client.send(new CreateBucketCommand({ Bucket, ObjectLockEnabledForBucket: true }));
  });
  after(async () => {
    client.destroy();
    await server.stop();
  });
  const address = (query: string): string => `s3://${Bucket}?endpoint=${server.endpoint}${query}`;

  test('keeps eval sets and audit entries from being deleted, and nothing else', async () => {
    const store = await createS3Store(address(`&${RETENTION}`), { partBytes: 5 * 1024 * 1024 });
    const large = Buffer.alloc(6 * 1024 * 1024, 1);
    await store.putIfAbsent('evals/abc/samples.jsonl', large);
    await store.compareAndSet('audit/triage', 0, Buffer.from('{}'));
    await store.putIfAbsent('index/abc', Buffer.from('x'));
    for (const Key of ['evals/abc/samples.jsonl', 'audit/triage/000001.json']) {
      const { Retention } = await client.send(new GetObjectRetentionCommand({ Bucket, Key }));
      assert.equal(Retention?.Mode, 'COMPLIANCE');
      const days = (Number(Retention.RetainUntilDate) - Date.now()) / DAY_MS;
      assert.ok(days > 29.9 && days <= 30, `${Key}: ${days} days`);
      await assert.rejects(remove(Key), /AccessDenied|locked|lock/i);
    }
    await remove('index/abc');
    assert.equal((await readBytes(store, 'evals/abc/samples.jsonl')).length, large.length);
    assert.equal((await store.putIfAbsent('evals/abc/samples.jsonl', large)).created, false);
  });

  test('is told by what it does for the store', async () => {
    assert.deepEqual(await objectLocking(address(`&${RETENTION}`)), {
      kind: 'locks',
      retention: { mode: 'COMPLIANCE', days: 30 },
    });
    assert.deepEqual(await objectLocking(address('')), { kind: 'unused' });
    assert.deepEqual(await objectLocking(server.address()), { kind: 'absent' });
    assert.equal(await objectLocking('file:/somewhere'), null);
  });

  test('is asked for where the address wants retention, and its absence is an error', async () => {
    await assert.rejects(
      createS3Store(`${server.address()}&${RETENTION}`),
      (error) =>
        error instanceof PrerequisiteError &&
        /the bucket holdfast has no Object Lock/.test(error.message),
    );
  });

  /** Removes the version that counts, for good. */
  async function remove(Key: string): Promise<void> {
    const { VersionId } = await client.send(new HeadObjectCommand({ Bucket, Key }));
    assert.ok(VersionId !== undefined);
    await client.send(new DeleteObjectCommand({ Bucket, Key, VersionId }));
  }
});
