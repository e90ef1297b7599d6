import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { createJobLedger } from '../../activities/job-ledger.js';
import { resolveStep } from '../../activities/auditing-resolutions.js';
import type { Dependencies } from '../../activities/dependencies.js';
import { resolveTune } from '../../activities/resolving.js';
import type { StepInput } from '../../src/domain/contracts.js';
import type { FineTuneProvider } from '../../src/domain/fine-tuning.js';
import { resolutionProblem } from '../../src/domain/job-resolution.js';
import type { JobResolution } from '../../src/domain/job.js';
import type { AuditEntry } from '../../src/domain/model.js';
import { windowAt } from '../../src/domain/window.js';
import { readAudit } from '../../src/promotion/audit.js';
import { verifyAudit } from '../../src/promotion/verify-audit.js';
import { createTestDependencies } from '../support/dependencies.js';

const RUN_KEY = 'k';
const at = '2026-11-26T12:00:00.000Z';
const signal = new AbortController().signal;
const window = windowAt({ first: '2026-W01', weeks: 1 }, 0);

type Decide = (resolution: unknown, decision?: string) => Promise<readonly string[]>;

/** A parked run of a provider that knows every job. Gives how a person's word on it is taken. */
async function parkedRun(owner: string | null = null): Promise<Decide> {
  return (await auditedRun(owner)).decide;
}

/** The same with its audit log. */
async function auditedRun(owner: string | null = null): Promise<{
  readonly decide: Decide;
  readonly step: StepInput;
  readonly deps: Dependencies;
  readonly audit: () => Promise<readonly AuditEntry[]>;
}> {
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
  const decide: Decide = async (resolution, decision = 'run/update') => {
    const input = { ...step, runKey: RUN_KEY, resolution: resolution as JobResolution, decision };
    await resolveTune(test.deps, input, signal);
    return (await ledger.read()).map(({ kind }) => kind);
  };
  const { deps } = test;
  const audit = async (): Promise<readonly AuditEntry[]> =>
    (await readAudit(deps.store, step.model)).map(({ entry }) => entry);
  return { decide, step, deps, audit };
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

  test('is in the audit log: who, when, of which run and job, once however often the activity is repeated', async () => {
    const { decide, audit, deps, step } = await auditedRun();
    await decide({ kind: 'retry', by: 'ben' }, 'run/first');
    await decide({ kind: 'retry', by: 'ben' }, 'run/first');
    const subject = { runKey: RUN_KEY, window: '2026-W01' };
    const [retried, ...more] = await audit();
    assert.deepEqual(more, []);
    assert.deepEqual(retried, {
      v: 1,
      at: deps.now(),
      action: 'retried',
      by: 'ben',
      reason: 'another attempt at the job of window 2026-W01 is made',
      subject: { ...subject, job: null, decision: 'run/first' },
      previous: null,
    });
    // Parked again, and decided on again.
    await decide({ kind: 'retry', by: 'ben' }, 'run/second');
    assert.equal((await audit()).length, 2);
    assert.equal((await verifyAudit(deps.store, step.model)).broken, null);
    const other = await auditedRun();
    await other.decide(adopt);
    await other.decide(adopt);
    assert.deepEqual(
      (await other.audit()).map(({ action, by, reason, subject: of }) => [action, by, reason, of]),
      [
        [
          'job-adopted',
          'ana',
          'window 2026-W01 goes on with job j-7',
          { ...subject, job: 'j-7', decision: 'run/update' },
        ],
      ],
    );
  });

  test('that is refused leaves no entry in the audit log', async () => {
    const { decide, audit } = await auditedRun('other');
    await assert.rejects(decide(adopt));
    await assert.rejects(decide({ kind: 'retry' }));
    assert.deepEqual(await audit(), []);
  });

  test('to take a step again is in the audit log, and no other decision on it is taken', async () => {
    const { audit, deps, step } = await auditedRun();
    const parked = { reason: 'unpaid', step: 'candidate answers holdout', message: '402' } as const;
    const input = { ...step, parked, decision: 'run/update' };
    for (const kind of ['retry', 'retry'] as const) {
      await resolveStep(deps, { ...input, resolution: { kind, by: 'ana' } });
    }
    assert.deepEqual(
      (await audit()).map(({ action, by, subject }) => [action, by, subject]),
      [
        [
          'retried',
          'ana',
          {
            window: '2026-W01',
            step: 'candidate answers holdout',
            decision: 'run/update',
          },
        ],
      ],
    );
    for (const resolution of [
      adopt,
      { kind: 'approve-cost', cost: 1, by: 'ana' },
      { kind: 'retry' },
    ]) {
      await assert.rejects(
        resolveStep(deps, { ...input, resolution: resolution as JobResolution }),
        { name: 'DataError', code: 'resolution-malformed' },
      );
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
