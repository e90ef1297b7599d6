import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { createJobLedger } from '../../activities/job-ledger.js';
import type { JobEvent } from '../../src/domain/job-machine.js';
import type { ParkedJob } from '../../src/domain/job.js';
import type { RunningWorker } from '../../src/worker.js';
import { runHoldfast, type CliRun } from '../support/cli.js';
import { startLoop, type Loop } from '../support/loop.js';
import { logLines, MODEL, SECRETS } from '../support/project.js';
import { SERVER_KEY, startJobServer, type JobServer } from '../support/providers/job-server.js';
import { NEBIUS_BASE, nebiusProtocol } from '../support/providers/nebius-server.js';
import { makeTickets } from '../support/traffic.js';

const WINDOW = '2026-W01';

/** A whole run, on a real Temporal server, at a provider that serves the base model under a name that nobody said. */
describe('a run whose job is done and gave no model', () => {
  let loop: Loop;
  let server: JobServer;
  let worker: RunningWorker;

  before(async () => {
    server = await startJobServer(nebiusProtocol, { now: Date.now, readsToEnd: 2 });
    loop = await startLoop({ firstWindow: WINDOW, championRows: 10 });
    loop.project.writeLog('w1.jsonl', logLines(makeTickets('w1', 80, '2025-12-29', '2026-01-05')));
    const train = {
      provider: 'nebius',
      baseURL: server.baseURL,
      keyVariable: 'LOCAL_KEY',
      baseModel: NEBIUS_BASE,
      pollSeconds: 0.2,
      listedAfterSeconds: 2,
      hyperparameters: { n_epochs: 1, lora: true },
      pricePerMillionTokens: 1_000,
      maximumCost: 100,
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

  test('waits until its model is named, refuses a name that does not answer, and goes on with one that does', async () => {
    assert.equal((await holdfast('run', '--window', WINDOW, '--detach')).code, 0);
    let list = await holdfast('jobs', 'list');
    while (!list.out.includes('--model NAME')) {
      await new Promise((done) => setTimeout(done, 300));
      list = await holdfast('jobs', 'list');
    }
    for (const told of [
      /2026-W01 {2}nebius: job ftjob-1 is done and paid for, but nebius makes no model of its checkpoint/,
      /under the name that it is asked by:\n +holdfast jobs adopt 2026-W01 ftjob-1 --model NAME\n/,
      /names it by now:\n +holdfast jobs adopt 2026-W01 ftjob-1\n/,
      /pay for another job:\n +holdfast jobs retry 2026-W01\n/,
    ]) {
      assert.match(list.out, told);
    }
    const adopt = (model: string): Promise<CliRun> =>
      holdfast('jobs', 'adopt', WINDOW, 'ftjob-1', '--model', model);
    const absent = await adopt('nobody');
    assert.equal(absent.code, 1);
    assert.match(absent.err, /refused: nobody does not answer \(.*; the run stays parked/);
    const { parked } = JSON.parse((await holdfast('jobs', 'list', '--json')).out) as {
      parked: readonly { readonly parked: ParkedJob }[];
    };
    const named = await adopt('local-linear-1');
    assert.equal(named.code, 0, named.err);
    assert.match(named.out, /goes on with job ftjob-1, whose model is local-linear-1/);
    const ledger = createJobLedger(loop.project.store, parked[0]?.parked.runKey ?? '');
    let events: readonly JobEvent[] = [];
    while (events.at(-1)?.kind !== 'ended') {
      await new Promise((done) => setTimeout(done, 100));
      events = await ledger.read();
    }
    assert.deepEqual(
      events.map((event) => ('as' in event ? event.as : event.kind)),
      ['intended', 'created', 'parked', 'adopted', 'succeeded'],
    );
    assert.equal(server.state.jobs.length, 1);
    await loop.client.workflow.getHandle(`run/${MODEL}/${WINDOW}`).terminate();
    await loop.client.workflow
      .getHandle(`week/${MODEL}/${WINDOW}`)
      .terminate()
      .catch(() => undefined);
  });
});
