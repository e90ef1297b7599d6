import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { ProviderError } from '../../src/domain/errors.js';
import { beginEvalCommand, type BegunRun } from '../../src/providers/eval-command.js';
import { temporaryFolder } from '../support/folders.js';
import { realClock } from '../support/launch-clock.js';

const never = new AbortController().signal;

function begin(
  folder: string,
  script: string,
  sleep: (ms: number, signal: AbortSignal) => Promise<void> = realClock.sleep,
): Promise<BegunRun> {
  return beginEvalCommand({
    configuration: {
      tool: 'promptfoo',
      command: ['/bin/sh', '-c', script],
      folder: 'eval-runs',
      timeoutMinutes: 1,
    },
    set: 'golden',
    model: 'model-1',
    baseURL: 'http://127.0.0.1:9/v1',
    samples: Buffer.from('{"id":"a","input":"who pays?"}\n'),
    folder,
    workingFolder: folder,
    environment: { PATH: '/usr/bin:/bin' },
    sleep,
  });
}

describe('a run of a harness', () => {
  test('that is stopped while it starts does not start', async () => {
    const folder = await temporaryFolder();
    const run = await begin(folder, 'echo ran > ran; exec sleep 30', () =>
      Promise.reject(new Error('given up')),
    );
    await assert.rejects(run.finish(never), /given up/);
    await run.stop();
    const ended = join(folder, '1', 'ended.json');
    while (!existsSync(ended)) await realClock.sleep(20);
    assert.match(readFileSync(ended, 'utf8'), /SIGTERM/);
    assert.equal(existsSync(join(folder, 'ran')), false);
  });

  test('that another machine began says which, and how to begin anew where that one is gone', async () => {
    const folder = await temporaryFolder();
    const attempt = join(folder, '1');
    mkdirSync(attempt);
    const started = { pid: 4711, birth: 'x:1', host: 'elsewhere' };
    writeFileSync(join(attempt, 'started.json'), JSON.stringify(started));
    const run = await begin(folder, 'echo "{}" > "$HOLDFAST_FOLDER/results.json"');
    await assert.rejects(run.finish(never), (error) => {
      assert.ok(error instanceof ProviderError && error.isRetryable);
      assert.ok(error.message.includes('elsewhere') && error.message.includes(`delete ${attempt}`));
      return true;
    });
    rmSync(attempt, { recursive: true });
    assert.equal((await run.finish(never)).name, 'results.json of golden');
  });
});
