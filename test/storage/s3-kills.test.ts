import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { parseS3Address } from '../../src/storage/s3-address.js';
import { createS3Calls } from '../../src/storage/s3-client.js';
import { createS3Store } from '../../src/storage/s3-store.js';
import { startS3Server } from '../support/s3-server.js';
import { killWriters } from './support/kill-writers.js';

const server = await startS3Server();
after(() => server.stop());

test('writers of a bucket that are killed tear, lose and double nothing, and what they leave is swept', async () => {
  const uri = server.address();
  const store = await createS3Store(uri);
  const report = await killWriters(uri, store, { kills: 25, seed: 2 });
  assert.ok(report.acknowledged > 25, `${report.acknowledged} acknowledged`);
  assert.deepEqual([report.torn, report.lost, report.doubled], [[], [], []]);
  await createS3Store(uri, { staleAfterMs: -60_000 });
  const calls = createS3Calls(parseS3Address(uri));
  assert.deepEqual(await calls.listUploads(new AbortController().signal), []);
});
