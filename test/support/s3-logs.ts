import { randomUUID } from 'node:crypto';
import { parseS3Address } from '../../src/storage/s3-address.js';
import { createS3Calls } from '../../src/storage/s3-client.js';
import { storePlace } from '../../src/storage/s3-failures.js';
import { createPatientServer, USUAL_PATIENCE } from '../../src/storage/s3-patience.js';
import { putObject } from '../../src/storage/s3-put.js';
import type { S3Server } from './s3-server.js';

type Content = Uint8Array | AsyncIterable<Uint8Array>;

/** Puts logs into a prefix of their own; gives its address. */
export async function putLogs(
  server: Pick<S3Server, 'address'>,
  files: readonly (readonly [string, Content])[],
): Promise<string> {
  const address = server.address();
  for (const [key, content] of files) await putLog(address, key, content);
  return address;
}

/** Puts an object below an address, in the place of whatever is there; large ones in parts. */
export async function putLog(
  address: string,
  key: string,
  content: Content,
  partBytes = 16 * 1024 * 1024,
): Promise<void> {
  const calls = createS3Calls(parseS3Address(address));
  const server = createPatientServer(storePlace(address), USUAL_PATIENCE);
  await server.ask('making room', (signal) => calls.delete(key, signal));
  const assertConditionalUploads = (): Promise<void> => Promise.resolve();
  const writing = { calls, server, writeId: randomUUID, partBytes, assertConditionalUploads };
  await putObject(writing, key, content, null);
}
