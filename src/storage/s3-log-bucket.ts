import type { BucketAddress } from './bucket-address.js';
import type { BucketObject, LogBucket } from './log-bucket.js';
import { createS3Calls } from './s3-client.js';
import { openObject } from './s3-get.js';
import { listEvery } from './s3-list.js';
import { createPatientServer, USUAL_PATIENCE, type Patience } from './s3-patience.js';

/** Objects up to this size are compared with their checksum before a byte is given out; several at a time are held. */
const BUFFER_BYTES = 4 * 1024 * 1024;
const RIGHTS =
  's3:ListBucket on the bucket and s3:GetObject on its objects (kms:Decrypt too, where a key of KMS encrypts them)';

/** A part of a bucket that is only read. Credentials are found by the SDK's own rules, by `profile` where one is named. */
export function createLogBucket(
  address: BucketAddress,
  patience: Partial<Patience> = {},
): LogBucket {
  const calls = createS3Calls(address);
  const place = { name: `the logs at ${address.uri}`, rights: RIGHTS };
  const server = createPatientServer(place, { ...USUAL_PATIENCE, ...patience });
  const reading = { calls, server, bufferBytes: BUFFER_BYTES };
  return {
    async list(start) {
      const objects: BucketObject[] = [];
      for await (const object of listEvery(reading, start)) objects.push(object);
      return objects;
    },
    open: (key, tag, range) => openObject(reading, key, { range, tag }),
  };
}
