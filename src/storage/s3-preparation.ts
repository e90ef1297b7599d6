import { PrerequisiteError } from '../domain/errors.js';
import { TEMPORARY_FOLDER } from './keys.js';
import type { S3Address } from './s3-address.js';
import type { S3Calls } from './s3-calls.js';
import { crc32Of } from './s3-checksum.js';
import { failureOf } from './s3-failures.js';
import type { PatientServer } from './s3-patience.js';
import { finishUpload } from './s3-put.js';

/** Of unfinished uploads; younger ones may belong to a process that is at work. */
export const STALE_AFTER_MS = 86_400_000;

const PROBE = Buffer.from('holdfast asks here whether a second write is refused\n');
const PROBE_WRITE = `${TEMPORARY_FOLDER}/conditional-writes`;
const PROBE_UPLOAD = `${TEMPORARY_FOLDER}/conditional-uploads`;

interface Bucket {
  readonly address: S3Address;
  readonly calls: S3Calls;
  readonly server: PatientServer;
}

/**
 * Finds out whether the bucket refuses a second write of a key (one request; the probe stays in the bucket), whether
 * it locks objects where the address asks for that, and removes unfinished uploads older than `staleBeforeMs`.
 * @throws PrerequisiteError for a bucket that can't be used, with what to do
 */
export async function prepareBucket(bucket: Bucket, staleBeforeMs: number): Promise<void> {
  await assertConditionalWrites(bucket);
  await Promise.all([assertObjectLock(bucket), sweepUploads(bucket, staleBeforeMs)]);
}

async function assertConditionalWrites({ address, calls, server }: Bucket): Promise<void> {
  const object = {
    bytes: PROBE,
    crc32: crc32Of(PROBE),
    mark: { id: 'probe', sha256: null },
    lock: null,
  };
  const write = (): Promise<'created' | 'there'> =>
    server.ask('a first write', (signal) => calls.put(PROBE_WRITE, object, signal));
  // From the second time on the first write is refused already.
  if ((await write()) === 'created' && (await write()) === 'created') {
    throw overwrites(address, 'a second write of a key (If-None-Match)');
  }
}

/** The same for uploads in parts, which some servers finish over what is there. @throws PrerequisiteError */
export async function assertConditionalUploads(
  { address, ...asking }: Bucket,
  writeId: () => string,
): Promise<void> {
  if ((await upload(asking, writeId())) === 'there') return;
  if ((await upload(asking, writeId())) === 'created') {
    throw overwrites(address, 'the end of an upload in parts of a key that is there');
  }
}

async function upload(
  { calls, server }: Pick<Bucket, 'calls' | 'server'>,
  id: string,
): Promise<'created' | 'there'> {
  const mark = { id, sha256: null };
  const ask = <T>(request: (signal: AbortSignal) => Promise<T>): Promise<T> =>
    server.ask('a first upload', request);
  const uploadId = await ask((signal) => calls.startUpload(PROBE_UPLOAD, mark, null, signal));
  const part = { number: 1, bytes: PROBE, crc32: crc32Of(PROBE) };
  const tag = await ask((signal) => calls.putPart(PROBE_UPLOAD, uploadId, part, signal));
  const whole = { parts: [{ number: 1, tag, crc32: part.crc32 }], crc32: part.crc32 };
  const written = await finishUpload({ calls, server }, PROBE_UPLOAD, uploadId, whole, mark);
  if (written === 'there') {
    await ask((signal) => calls.abortUpload(PROBE_UPLOAD, uploadId, signal));
  }
  return written;
}

async function assertObjectLock({ address, calls, server }: Bucket): Promise<void> {
  if (address.retention === null) return;
  if (await server.ask('asking for Object Lock', (signal) => calls.hasObjectLock(signal))) return;
  throw new PrerequisiteError(
    `the store ${address.uri} asks for retention, but the bucket ${address.bucket} has no Object Lock; ` +
      'make a bucket with Object Lock, or take retentionMode and retentionDays out of the address',
  );
}

async function sweepUploads({ calls, server }: Bucket, beforeMs: number): Promise<void> {
  const uploads = await server.ask('looking for unfinished uploads', async (signal) => {
    try {
      return await calls.listUploads(signal);
    } catch (error) {
      if (failureOf(error).status === 501) return [];
      throw error;
    }
  });
  for (const { key, uploadId, startedMs } of uploads) {
    if (startedMs >= beforeMs) continue;
    await server.ask('removing an unfinished upload', (signal) =>
      calls.abortUpload(key, uploadId, signal),
    );
  }
}

function overwrites({ uri, endpoint }: S3Address, what: string): PrerequisiteError {
  const where = endpoint === null ? 'the bucket' : `the server ${endpoint}`;
  return new PrerequisiteError(
    `the store ${uri} can't be used: ${where} does not refuse ${what}, so that nothing could be created once only; ` +
      'use AWS S3, or a server with conditional writes (versitygw, MinIO, SeaweedFS), in a version that has them',
  );
}
