import assert from 'node:assert/strict';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { birthOf } from '../../src/providers/command-files.js';
import { runHoldfast, type CliOptions, type CliRun } from '../support/cli.js';
import { temporaryFolder } from '../support/folders.js';
import { startLocalHost } from '../support/local-host.js';

const HARNESS = fileURLToPath(new URL('../support/eval-harness.js', import.meta.url));

const models = await startLocalHost(({ body }) => {
  const { model, messages } = body as { model: string; messages: { content: string }[] };
  const isRight = model !== 'base' || (messages.at(-1)?.content ?? '').includes('parcel');
  return {
    choices: [{ message: { content: isRight ? 'right' : 'wrong' }, finish_reason: 'stop' }],
  };
});

/** A project whose set `golden` has two samples, and a harness where `hasHarness`. */
async function project(hasHarness = true): Promise<string> {
  const folder = await temporaryFolder();
  const lines = ['where is the parcel that I sent last week', 'how do I get another invoice'];
  writeFileSync(
    join(folder, 'golden.jsonl'),
    lines.map((input) => `${JSON.stringify({ input, reference: 'right' })}\n`).join(''),
  );
  const write = (evals: string): void =>
    writeFileSync(
      join(folder, 'holdfast.yaml'),
      JSON.stringify({
        model: 'triage',
        store: 'file:store',
        window: { first: '2026-W01' },
        sources: [{ path: 'logs' }],
        consent: { unmarked: 'allow' },
        evals: JSON.parse(evals) as unknown,
        train: {
          baseURL: models.baseURL,
          keyVariable: 'LOCAL_KEY',
          baseModel: 'base',
          pricePerMillionTokens: 0,
          maximumCost: 0,
        },
        champion: { modelId: 'base', trainedOn: [] },
      }),
    );
  write('[]');
  const frozen = await runHoldfast([
    ...['evals', 'freeze', join(folder, 'golden.jsonl'), '--name', 'golden', '--json'],
    ...['-c', join(folder, 'holdfast.yaml')],
  ]);
  const { digest } = JSON.parse(frozen.out) as { readonly digest: string };
  const results = { tool: 'promptfoo', command: [process.execPath, HARNESS, 'promptfoo'] };
  write(JSON.stringify([{ name: 'golden', digest, ...(hasHarness && { results }) }]));
  return folder;
}

function tryOut(
  folder: string,
  more: readonly string[] = [],
  options: CliOptions = {},
): Promise<CliRun> {
  const environment = { PATH: '/usr/bin:/bin', LOCAL_KEY: 'secret-of-the-host' };
  const config = ['-c', join(folder, 'holdfast.yaml')];
  return runHoldfast(['evals', 'try', 'golden', ...config, ...more], { environment, ...options });
}

describe('evals try', () => {
  test('runs the command for the model that serves, and tells what came of it', async () => {
    const folder = await project();
    const { code, out, err } = await tryOut(folder);
    assert.equal(err, '');
    assert.equal(code, 0);
    assert.equal(
      out,
      '2 samples of golden, each measured by promptfoo; 0 without an answer\nbase scores 50.0 %\n',
    );
    const other = await tryOut(folder, ['--model', 'other', '--json']);
    assert.deepEqual(JSON.parse(other.out), {
      set: 'golden',
      tool: 'promptfoo',
      model: 'other',
      samples: 2,
      missing: 0,
      score: 1,
    });
  });

  test('says what is wrong with the command, without its output', async () => {
    const folder = await project();
    writeFileSync(join(folder, 'harness-mode'), 'fewer');
    const fewer = await tryOut(folder);
    assert.equal(fewer.code, 2);
    assert.match(fewer.err, /no result is of 1 sample \(line-1\)/);
    writeFileSync(join(folder, 'harness-mode'), 'fail');
    const failed = await tryOut(folder);
    assert.equal(failed.code, 2);
    assert.match(failed.err, /ended with exit code 3/);
    assert.doesNotMatch(failed.err, /secret|nobody is to be told/);
  });

  test('refuses a set that no command measures, and goes without no key', async () => {
    const { code, err } = await tryOut(await project(false));
    assert.equal(code, 2);
    assert.match(err, /no command measures golden/);
    const keyless = await tryOut(await project(), [], { environment: { PATH: '/usr/bin:/bin' } });
    assert.equal(keyless.code, 2);
    assert.match(keyless.err, /LOCAL_KEY is not set/);
  });

  test('stops the command when it is interrupted', async () => {
    const folder = await project();
    writeFileSync(join(folder, 'harness-mode'), 'hang');
    const interruption = new AbortController();
    const running = tryOut(folder, [], { interrupted: interruption.signal });
    const starts = join(folder, 'harness-starts');
    while (!existsSync(starts) || !readFileSync(starts, 'utf8').endsWith('\n')) await delay(20);
    interruption.abort();
    const { code, err } = await running;
    assert.equal(code, 2);
    assert.match(err, /stopped, with the command/);
    const pid = Number(readFileSync(starts, 'utf8').trim().split(' ').at(-1));
    while (birthOf(pid) !== null) await delay(20);
  });
});
