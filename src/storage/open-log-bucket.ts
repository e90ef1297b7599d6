import type { BucketAddress } from './bucket-address.js';
import type { LogBucket } from './log-bucket.js';

/** Buckets that this process reads from, with their open connections. */
const buckets = new Map<string, LogBucket>();

/** The part of a bucket at an address; one for each address and process. Nothing is asked of it yet. */
export async function openLogBucket(address: BucketAddress): Promise<LogBucket> {
  const open = buckets.get(address.uri);
  if (open !== undefined) return open;
  // The SDK takes a quarter of a second to load, which only logs in buckets pay for.
  const { createLogBucket } = await import('./s3-log-bucket.js');
  const bucket = createLogBucket(address);
  buckets.set(address.uri, bucket);
  return bucket;
}
