import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after } from 'node:test';

/** A new folder that is removed after the tests of the file that calls this. */
export async function temporaryFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'holdfast-test-'));
  // Programs that a test has ended may be writing their last line.
  after(() => rm(folder, { recursive: true, force: true, maxRetries: 10 }));
  return folder;
}
