import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { createJobLedger } from '../../activities/job-ledger.js';
import { resolveTune } from '../../activities/resolving.js';
import type { StepInput } from '../../src/domain/contracts.js';
import type { FineTuneProvider } from '../../src/domain/fine-tuning.js';
import { resolutionProblem } from '../../src/domain/job-resolution.js';
import type { JobResolution } from '../../src/domain/job.js';
import { windowAt } from '../../src/domain/window.js';
import { createTestDependencies } from '../support/dependencies.js';

const RUN_KEY = 'k';
const at = '2026-11-26T12:00:00.000Z';
const signal = new AbortController().signal;
const window = windowAt({ first: '2026-W01', weeks: 1 }, 0);

/** A parked run of a provider that knows every job. Gives how a person's word on it is taken. */
async function parkedRun(
  owner: string | null = null,
): Promise<(resolution: unknown) => Promise<readonly string[]>> {
  const provider: FineTuneProvider = {
    name: 'host',
    launch: () => assert.fail('nothing is launched here'),
    poll: async () => ({ kind: 'pending', status: 'running' }),
    runKeyOf: async () => owner,
    cancel: async () => undefined,
    models: async () => null,
  };
  const test = await createTestDependencies({ providerFor: () => provider });
  const ledger = createJobLedger(test.deps.store, RUN_KEY);
  await ledger.append({ kind: 'intended', attempt: 1, at }, 0);
  await ledger.append({ kind: 'unclear', attempt: 1, at }, 1);
  const parked = { kind: 'parked', attempt: 1, reason: 'unresolved', candidates: [] } as const;
  await ledger.append({ ...parked, message: 'lost' }, 2);
  const step: StepInput = { ...(await test.configure()), window, manifestKey: 'm' };
  return async (resolution) => {
    const input = { ...step, runKey: RUN_KEY, resolution: resolution as JobResolution };
    await resolveTune(test.deps, input, signal);
    return (await ledger.read()).map(({ kind }) => kind);
  };
}

describe('a person’s decision on a parked job', () => {
  const adopt = { kind: 'adopt', jobId: 'j-7', by: 'ana' };

  test('is taken in either form', async () => {
    for (const [resolution, kind] of [
      [adopt, 'adopted'],
      [{ ...adopt, jobId: 'j'.repeat(200), by: 'a'.repeat(200) }, 'adopted'],
      [{ kind: 'retry', by: 'ana' }, 'retried'],
    ] as const) {
      assert.equal(resolutionProblem(resolution), null);
      assert.equal((await (await parkedRun())(resolution)).at(-1), kind);
    }
  });

  test('is refused where the job carries another run’s key, and taken where it carries this one’s', async () => {
    await assert.rejects((await parkedRun('other'))(adopt), {
      name: 'ConfigError',
      message: /host has job j-7 as one of run key other, and this run's is k/,
    });
    assert.equal((await (await parkedRun(RUN_KEY))(adopt)).at(-1), 'adopted');
  });

  test('that is malformed is refused for good, by the workflow’s check and by the activity', async () => {
    const cases: readonly (readonly [unknown, RegExp])[] = [
      [null, /expected an object/],
      ['retry', /expected an object/],
      [[], /kind: expected adopt, retry or approve-cost/],
      [{ by: 'ana' }, /kind: expected adopt, retry or approve-cost/],
      [{ kind: 'toString', by: 'ana' }, /kind: expected adopt, retry or approve-cost/],
      [{ kind: 'retry' }, /by: who decides is missing/],
      [{ kind: 'retry', by: 7 }, /by: who decides is missing/],
      [{ ...adopt, by: ' ' }, /by: who decides is missing/],
      [{ ...adopt, by: 'a'.repeat(201) }, /by: who decides has more than 200 characters/],
      [{ kind: 'adopt', by: 'ana' }, /jobId: the job to adopt is missing/],
      [{ ...adopt, jobId: 'j'.repeat(201) }, /jobId: the job to adopt has more than 200/],
      [{ ...adopt, force: true }, /no other members than kind, by, jobId, modelId/],
      [{ ...adopt, modelId: ' ' }, /modelId: the name of its model is missing/],
      [{ ...adopt, modelId: 'm'.repeat(201) }, /modelId: .* has more than 200 characters/],
      [{ ...adopt, kind: 'retry' }, /no other members than kind, by/],
    ];
    const decide = await parkedRun();
    for (const [resolution, message] of cases) {
      assert.match(resolutionProblem(resolution) ?? 'no problem', message);
      await assert.rejects(decide(resolution), {
        name: 'DataError',
        code: 'resolution-malformed',
        message,
      });
    }
  });
});
