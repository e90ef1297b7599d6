import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { createDedupeEngine, type DedupeEngine } from '../../src/cli/dedupe-engine.js';
import { createDedupePool } from '../../src/cli/dedupe-pool.js';
import type { ThreadRequest } from '../../src/cli/dedupe-thread.js';
import { startThread, type Thread } from '../../src/cli/dedupe-threads.js';
import { createTaskCounter } from '../../src/cli/task-counter.js';
import { PrerequisiteError } from '../../src/domain/errors.js';

const PLAN = {
  policy: { shingle: { unit: 'words', size: 5 }, threshold: 0.7 },
  fields: null,
  keep: [{ kind: 'longest' }],
} as const;
const TIMEOUT = { timeout: 20_000 };

/** A thread that runs some code instead of the search. */
function threadOf(code: string): Thread {
  const source = `import { parentPort } from 'node:worker_threads'; ${code}`;
  return startThread(PLAN, new URL(`data:text/javascript,${encodeURIComponent(source)}`));
}

function request(): ThreadRequest {
  return { kind: 'read', work: { tasks: [] }, counter: createTaskCounter() };
}

const run = (thread: Thread): Promise<boolean> => thread.run(request(), () => undefined);
const brokenDown = (error: unknown): boolean =>
  error instanceof PrerequisiteError && /broke down.*--threads/u.test(error.message);

describe('threads of the duplicate search', () => {
  test('that cannot start say so whenever they are asked', TIMEOUT, async () => {
    const thread = threadOf(`throw new Error('no start');`);
    await assert.rejects(run(thread), brokenDown);
    await assert.rejects(run(thread), brokenDown);
    await thread.stop();
  });

  test('that break down between two runs say so in the next one', TIMEOUT, async () => {
    const thread = threadOf(`parentPort.once('message', ({ counter }) => {
      parentPort.postMessage({ kind: 'ended' });
      Atomics.wait(counter, 0, 0);
      throw new Error('between');
    });`);
    const first = request();
    assert.equal(await thread.run(first, () => undefined), true);
    Atomics.store(first.counter, 0, 1);
    Atomics.notify(first.counter, 0);
    await assert.rejects(run(thread), brokenDown);
    await thread.stop();
  });

  test('that have ended by themselves are not waited for', TIMEOUT, async () => {
    const thread = threadOf(`parentPort.on('message', () => process.exit(0));`);
    await assert.rejects(run(thread), /ended by itself/u);
    await assert.rejects(run(thread), /ended by itself/u);
    await thread.stop();
  });

  test(
    'end the work of all when one breaks down, and nobody works on after that',
    TIMEOUT,
    async () => {
      const thread = threadOf(
        `parentPort.on('message', () => { throw new Error('while at it'); });`,
      );
      let steps = 0;
      const engine = createDedupeEngine(PLAN, null);
      const endless: DedupeEngine = {
        ...engine,
        begin: {
          ...engine.begin,
          read: () =>
            function* () {
              for (;;) {
                steps += 1;
                yield 1;
              }
            },
        },
      };
      const pool = createDedupePool(endless, [thread]);
      const range = { start: 0, end: 1 };
      const tasks = [0, 1, 2].map((descriptor) => ({ path: 'rows.jsonl', descriptor, range }));
      const pause = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
      await assert.rejects(pool.share('read', { tasks }, pause), brokenDown);
      const before = steps;
      await pause();
      await pause();
      assert.ok(before > 0);
      assert.equal(steps, before);
      await thread.stop();
    },
  );
});
