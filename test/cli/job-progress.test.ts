import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import type { RunningWorker } from '../../src/worker.js';
import { runHoldfast, type CliRun } from '../support/cli.js';
import { startLoop, type Loop } from '../support/loop.js';
import { logLines, MODEL, SECRETS } from '../support/project.js';
import { makeTickets } from '../support/traffic.js';

const WINDOW = '2026-W01';

/** A whole run, on a real Temporal server, with a trainer of one's own that says how far it is and waits for a file. */
describe('a job whose trainer says how far it is', () => {
  let loop: Loop;
  let worker: RunningWorker;
  let go: string;

  before(async () => {
    loop = await startLoop({ firstWindow: WINDOW, championRows: 10 });
    loop.project.writeLog('w1.jsonl', logLines(makeTickets('w1', 80, '2025-12-29', '2026-01-05')));
    go = join(loop.project.folder, 'go');
    const progress = { share: 0.4, step: 120, loss: 0.312345, note: 'planted-text' };
    const result = { modelId: 'local:one' };
    const script = [
      `printf '%s' '${JSON.stringify(progress)}' > progress.part && mv progress.part progress.json`,
      `while [ ! -e '${go}' ]; do sleep 0.2; done`,
      `printf '%s' '${JSON.stringify(result)}' > result.part && mv result.part result.json`,
    ].join('; ');
    const train = {
      provider: 'command',
      command: ['/bin/sh', '-c', script],
      keyVariable: 'LOCAL_KEY',
      baseModel: 'small-base',
      pollSeconds: 0.2,
      pricePerMillionTokens: 0,
      maximumCost: 0,
    };
    await loop.project.configure({ train, chat: { baseURL: loop.project.endpoint.baseURL } });
    worker = await loop.startWorkerWith({});
  });
  after(async () => {
    await worker.stop();
    await loop.close();
  });

  function holdfast(...argv: readonly string[]): Promise<CliRun> {
    const config = join(loop.project.folder, 'holdfast.yaml');
    return runHoldfast([...argv, '--config', config], {
      environment: { HOLDFAST_SPLIT_KEY: SECRETS.splitKey, LOCAL_KEY: 'k', USER: 'ana' },
    });
  }

  test('is shown by its numbers and without its words, and goes on', async () => {
    assert.equal((await holdfast('run', '--window', WINDOW, '--detach')).code, 0);
    let status = await holdfast('status');
    while (!status.out.includes('% done')) {
      await new Promise((done) => setTimeout(done, 300));
      status = await holdfast('status');
    }
    assert.match(
      status.out,
      /running {3}2026-W01 {2}fine-tuning .*\n {10}40 % done, step 120, loss 0\.3123\n/,
    );
    const told = await holdfast('status', '--json');
    const { temporal } = JSON.parse(told.out) as {
      readonly temporal: { readonly running: readonly { readonly progress?: object }[] };
    };
    assert.deepEqual(temporal.running[0]?.progress, { share: 0.4, step: 120, loss: 0.312345 });
    const handle = loop.client.workflow.getHandle(`week/${MODEL}/${WINDOW}`);
    const { raw } = await handle.describe();
    assert.ok(!JSON.stringify(raw.pendingActivities).includes('planted-text'));
    writeFileSync(go, '');
    const story = async (): Promise<string> => {
      const { raw: now } = await handle.describe();
      return now.pendingActivities?.map(({ activityType }) => activityType?.name).join() ?? '';
    };
    while ((await story()).includes('pollTune')) await new Promise((done) => setTimeout(done, 200));
    const history = await handle.fetchHistory();
    const results = (history.events ?? []).flatMap(
      ({ activityTaskCompletedEventAttributes: done }) =>
        (done?.result?.payloads ?? []).map(({ data }) => Buffer.from(data ?? []).toString('utf8')),
    );
    const ended = results.find((text) => text.includes('local:one'));
    assert.match(ended ?? '', /"progress":\{"share":0\.4,"step":120,"loss":0\.312345\}/);
    await loop.client.workflow.getHandle(`run/${MODEL}/${WINDOW}`).terminate();
    await handle.terminate().catch(() => undefined);
  });
});
