import { parseS3Address, type Retention, type S3Address } from './s3-address.js';
import type { S3Lock } from './s3-calls.js';
import { createS3Calls } from './s3-client.js';
import { failureOf, storePlace } from './s3-failures.js';
import { createPatientServer, USUAL_PATIENCE } from './s3-patience.js';

const DAY_MS = 86_400_000;
/** Frozen eval sets and the audit log: what a bucket with Object Lock keeps from being deleted. */
const LOCKED = ['evals/', 'audit/'];

/** Whether a bucket can keep objects from being deleted, and whether the store has it do so. */
export type Locking =
  | { readonly kind: 'locks'; readonly retention: Retention }
  | { readonly kind: 'unused' }
  | { readonly kind: 'absent' }
  | { readonly kind: 'unknown' };

/** The lock of a new object, from now on. */
export function lockOf({ retention }: S3Address, key: string, nowMs: number): S3Lock | null {
  if (retention === null || !LOCKED.some((prefix) => key.startsWith(prefix))) return null;
  return { mode: retention.mode, untilMs: nowMs + retention.days * DAY_MS };
}

/** Asks the bucket of a store that could be opened; `unknown` where these credentials may not ask. */
export async function lockingOf(uri: string): Promise<Locking> {
  const address = parseS3Address(uri);
  if (address.retention !== null) return { kind: 'locks', retention: address.retention };
  const calls = createS3Calls(address);
  const server = createPatientServer(storePlace(address.uri), USUAL_PATIENCE);
  return server.ask('asking for Object Lock', async (signal) => {
    try {
      return { kind: (await calls.hasObjectLock(signal)) ? 'unused' : 'absent' } as const;
    } catch (error) {
      if (failureOf(error).status === 403) return { kind: 'unknown' } as const;
      throw error;
    }
  });
}
