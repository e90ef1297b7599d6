import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { Worker } from 'node:worker_threads';
import { fc } from '../support/properties.js';
import { InvariantError } from '../../src/domain/errors.js';
import { startZstd, type ZstdProgram } from '../../src/formats/zstd-program.js';
import { repositoryRoot } from '../support/paths.js';
import { CONTENT_KINDS, contentOf, type ContentPlan } from '../support/zstd-contents.js';
import type { Started } from '../support/zstd-thread.js';

interface Inlining {
  readonly inlinedZstd: () => Uint8Array;
  readonly zstdPath: () => string;
}

const BUILT = pathToFileURL(join(repositoryRoot, 'dist/src/formats/zstd-inlined.wasm'));
const NONE = pathToFileURL(join(repositoryRoot, 'dist/src/formats/no-such-program.wasm'));
/** Blocks have at most so many bytes, and the window is four of them. */
const BLOCK_BYTES = 128 * 1024;

const inlining = (await import(
  pathToFileURL(join(repositoryRoot, 'infra/inline-zstd.mjs')).href
)) as Inlining;

function digestOf(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

/** A thread of its own for a program: one process starts only one. */
async function startThread(inlined: URL): Promise<readonly [Worker, Started]> {
  const script = new URL('../support/zstd-thread.js', import.meta.url);
  const thread = new Worker(script, { workerData: { inlined: inlined.href } });
  const [started] = (await once(thread, 'message')) as [Started];
  return [thread, started];
}

async function ask(thread: Worker, plan: ContentPlan): Promise<object> {
  thread.postMessage(plan);
  const [answer] = (await once(thread, 'message')) as [object];
  return answer;
}

/** Short ones, those about the ends of blocks and of the window, and up to some megabytes. */
const lengths = fc.oneof(
  fc.nat(2_000),
  fc
    .tuple(fc.integer({ min: 1, max: 12 }), fc.integer({ min: -2, max: 2 }))
    .map(([blocks, more]) => blocks * BLOCK_BYTES + more),
  fc.nat(5_000_000),
);
const plans = fc.record({
  kind: fc.constantFrom(...CONTENT_KINDS),
  length: lengths,
  seed: fc.integer(),
});

describe('the program that compresses', () => {
  let zstd: ZstdProgram;
  let own: Worker;
  let inlined: Worker;
  let programs: readonly string[] = [];

  before(async () => {
    zstd = await startZstd(NONE);
    const started = [await startThread(NONE), await startThread(BUILT)] as const;
    [[own], [inlined]] = started;
    programs = started.map(([, { program }]) => program);
  });
  after(() => Promise.all([own.terminate(), inlined.terminate()]));

  test('is the inlined one of the build, and without that the one of the package', () => {
    const made = inlining.inlinedZstd();
    assert.deepEqual(
      programs,
      [digestOf(readFileSync(inlining.zstdPath())), digestOf(made)],
      'run `npm run build`',
    );
  });

  test('gives the same bytes either way, which both of them undo', async () => {
    await fc.assert(
      fc.asyncProperty(plans, async (plan) => {
        const [expected, frame] = [await ask(own, plan), await ask(inlined, plan)];
        assert.deepEqual(frame, expected);
        assert.ok('isUndone' in frame && frame.isUndone);
      }),
      { numRuns: 150 },
    );
  });

  test('goes on as before after a content that it had no room for', async () => {
    const compress = zstd.createCompressor(1);
    const content = contentOf({ kind: 'mail', length: 100_000, seed: 1 });
    const frame = Buffer.from(compress(content));
    assert.throws(() => compress(new Uint8Array(2 ** 31)), InvariantError);
    assert.ok(frame.equals(compress(content)));
  });

  test('makes frames of nothing, and of more after less', async () => {
    const compress = zstd.createCompressor(1);
    for (const length of [0, 8_388_608, 1, 0, 1_100_001]) {
      const content = contentOf({ kind: 'patches', length, seed: length });
      assert.ok(content.equals(zstd.decompress(compress(content))), `${length}`);
    }
  });
});
