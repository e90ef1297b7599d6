import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { createJobLedger } from '../../activities/job-ledger.js';
import type { ParkedJob } from '../../src/domain/job.js';
import { readAudit } from '../../src/promotion/audit.js';
import { readSpend } from '../../src/release/spend-ledger.js';
import type { RunningWorker } from '../../src/worker.js';
import { runHoldfast, type CliRun } from '../support/cli.js';
import { startLoop, type Loop } from '../support/loop.js';
import { logLines, MODEL, SECRETS } from '../support/project.js';
import { SERVER_KEY, startJobServer, type JobServer } from '../support/providers/job-server.js';
import { openaiProtocol } from '../support/providers/openai-server.js';
import { makeTickets } from '../support/traffic.js';

const WINDOW = '2026-W01';

/** A whole run, on a real Temporal server, whose provider loses an answer and lists nothing. */
describe('a run whose job was created and never told of', () => {
  let loop: Loop;
  let server: JobServer;
  let worker: RunningWorker;

  before(async () => {
    server = await startJobServer(openaiProtocol, { now: Date.now, isSilent: true, readsToEnd: 2 });
    loop = await startLoop({ firstWindow: WINDOW, championRows: 10 });
    loop.project.writeLog('w1.jsonl', logLines(makeTickets('w1', 80, '2025-12-29', '2026-01-05')));
    const train = {
      baseURL: server.baseURL,
      keyVariable: 'LOCAL_KEY',
      baseModel: 'small-base',
      pollSeconds: 0.2,
      listedAfterSeconds: 2,
      hyperparameters: { n_epochs: 1 },
      pricePerMillionTokens: 1_000,
      maximumCost: 100,
      monthlyCost: 1_000,
      approveAbove: 0.5,
    };
    await loop.project.configure({ train, chat: { baseURL: loop.project.endpoint.baseURL } });
    worker = await loop.startWorkerWith({ providerKey: SERVER_KEY });
  });
  after(async () => {
    await worker.stop();
    await loop.close();
    await server.close();
  });

  function holdfast(...argv: readonly string[]): Promise<CliRun> {
    const config = join(loop.project.folder, 'holdfast.yaml');
    return runHoldfast([...argv, '--config', config], {
      environment: { HOLDFAST_SPLIT_KEY: SECRETS.splitKey, LOCAL_KEY: SERVER_KEY, USER: 'ana' },
    });
  }

  async function listUntil(command: string): Promise<CliRun> {
    for (;;) {
      const list = await holdfast('jobs', 'list');
      if (list.out.includes(command)) return list;
      await new Promise((done) => setTimeout(done, 300));
    }
  }

  test('waits for approval of its cost, then with a lost job, refuses a job that nobody knows, and goes on with the right one', async () => {
    server.fail('create', { kind: 'lost', when: 'after' });
    assert.match((await holdfast('jobs', 'list')).out, /no run is parked/);
    assert.equal((await holdfast('run', '--window', WINDOW, '--detach')).code, 0);
    const costly = await listUntil('holdfast jobs approve-cost');
    assert.match(
      costly.out,
      /training would cost about \d+\.\d\d USD, and more than the 0\.50 USD/,
    );
    assert.match((await holdfast('jobs', 'retry', WINDOW)).err, /refused: .*waits for approval/);
    assert.equal(server.state.jobs.length, 0);
    const [, estimate = ''] = /about (\d+\.\d\d) USD/.exec(costly.out) ?? [];
    const command = `holdfast jobs approve-cost ${WINDOW} --cost ${estimate}`;
    assert.ok(costly.out.includes(command), costly.out);
    const unseen = await holdfast('jobs', 'approve-cost', WINDOW, '--cost', '0.01');
    assert.equal(unseen.code, 2);
    assert.match(
      unseen.err,
      new RegExp(
        `waits for approval of ${estimate} USD, and --cost says 0\\.01 USD; nothing was let`,
      ),
    );
    const [blank, words] = [
      await holdfast('jobs', 'approve-cost', WINDOW),
      await holdfast('jobs', 'approve-cost', WINDOW, '--cost', 'all'),
    ];
    assert.notEqual(blank.code, 0);
    assert.match(words.err, /--cost all: expected USD/);
    const approved = await holdfast('jobs', 'approve-cost', WINDOW, '--cost', estimate);
    assert.equal(approved.code, 0, approved.err);
    assert.match(approved.out, /goes on with a job of about \d+\.\d\d USD/);
    const list = await listUntil('holdfast jobs adopt');
    const early = await holdfast('jobs', 'approve-cost', WINDOW, '--cost', estimate);
    assert.equal(early.code, 2);
    assert.match(early.err, /run 2026-W01 does not wait for approval of its cost/);
    const promised = (await holdfast('status')).out;
    assert.match(
      promised,
      /spent {5}\d+\.\d\d USD of 1000\.00 USD in \d{4}-\d\d, 1 job by estimate/,
    );
    assert.match(
      list.out,
      /2026-W01 {2}openai-compatible: a job was asked for and the answer was lost/,
    );
    assert.match(
      (await holdfast('status')).out,
      /running {3}2026-W01 {2}parked .*\n +it waits for you/,
    );
    const unknown = await holdfast('jobs', 'adopt', WINDOW, 'ftjob-9');
    assert.equal(unknown.code, 1);
    assert.match(unknown.err, /refused: openai-compatible knows no job ftjob-9/);
    const [ours] = server.state.jobs;
    assert.ok(ours !== undefined);
    const other = '0123456789abcdef'.repeat(2);
    server.state.jobs.push({ ...ours, id: 'ftjob-2', metadata: { holdfast_run: other } });
    const foreign = await holdfast('jobs', 'adopt', WINDOW, 'ftjob-2');
    assert.equal(foreign.code, 1);
    assert.match(foreign.err, new RegExp(`refused: .*ftjob-2 as one of run key ${other}`));
    server.state.jobs.pop();
    const absent = await holdfast('jobs', 'retry', '2026-W02');
    assert.equal(absent.code, 2);
    assert.match(absent.err, /no run 2026-W02 of .* is parked; parked: 2026-W01/);
    const { parked } = JSON.parse((await holdfast('jobs', 'list', '--json')).out) as {
      parked: readonly { readonly parked: ParkedJob }[];
    };
    const adopted = await holdfast('jobs', 'adopt', WINDOW, 'ftjob-1');
    assert.equal(adopted.code, 0, adopted.err);
    assert.match(adopted.out, new RegExp(`week/${MODEL}/${WINDOW} goes on with job ftjob-1`));
    const ledger = createJobLedger(loop.project.store, parked[0]?.parked.runKey ?? '');
    while ((await ledger.read()).at(-1)?.kind !== 'ended') {
      await new Promise((done) => setTimeout(done, 100));
    }
    const kinds = (await ledger.read()).map(({ kind }) => kind);
    assert.deepEqual(kinds, [
      'parked',
      'cost-approved',
      'intended',
      'unclear',
      'parked',
      'adopted',
      'ended',
    ]);
    assert.equal(server.state.jobs.length, 1);
    const audit = await readAudit(loop.project.store, MODEL);
    assert.deepEqual(
      audit
        .filter(({ entry }) => ['cost-approved', 'job-adopted', 'retried'].includes(entry.action))
        .map(({ entry }) => [
          entry.action,
          entry.by,
          entry.subject['window'],
          entry.subject['job'],
        ]),
      [
        ['cost-approved', 'ana', WINDOW, undefined],
        ['job-adopted', 'ana', WINDOW, 'ftjob-1'],
      ],
    );
    const [entry] = await readSpend(loop.project.store, MODEL);
    assert.equal(entry?.charges[0]?.jobId, 'ftjob-1');
    assert.match(
      (await holdfast('status')).out,
      /spent {5}\d+\.\d\d USD of 1000\.00 USD in [-\d]+\n/,
    );
    assert.equal((await holdfast('audit', 'verify')).code, 0);
    await loop.client.workflow.getHandle(`run/${MODEL}/${WINDOW}`).terminate();
    await loop.client.workflow
      .getHandle(`week/${MODEL}/${WINDOW}`)
      .terminate()
      .catch(() => undefined);
  });
});
