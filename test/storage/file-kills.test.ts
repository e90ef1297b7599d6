import assert from 'node:assert/strict';
import { readdir, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { createFileStore } from '../../src/storage/file-store.js';
import { temporaryFolder } from '../support/folders.js';
import { killWriters } from './support/kill-writers.js';

test('writers of a folder that are killed tear, lose and double nothing, and what they leave is swept', async () => {
  const folder = await temporaryFolder();
  const store = await createFileStore(folder);
  const report = await killWriters(`file:${folder}`, store, { kills: 25, seed: 1 });
  assert.ok(report.acknowledged > 25, `${report.acknowledged} acknowledged`);
  assert.deepEqual([report.torn, report.lost, report.doubled], [[], [], []]);
  const left = await readdir(join(folder, '.tmp'));
  assert.ok(left.length > 0, 'no writer was killed in the middle of a write');
  const twoDaysAgo = Date.now() / 1000 - 2 * 86_400;
  for (const name of left) await utimes(join(folder, '.tmp', name), twoDaysAgo, twoDaysAgo);
  await createFileStore(folder);
  assert.deepEqual(await readdir(join(folder, '.tmp')), []);
});
