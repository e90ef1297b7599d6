import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { readAudit } from '../../src/promotion/audit.js';
import type { RunningWorker } from '../../src/worker.js';
import { runHoldfast, type CliRun } from '../support/cli.js';
import { honest, startJudge } from '../support/judge-host.js';
import { startLoop, type Loop } from '../support/loop.js';
import { refuseOverBill, startPaidHost } from '../support/paid-host.js';
import { logLines, MODEL, SECRETS } from '../support/project.js';
import { makeTickets } from '../support/traffic.js';
import { startWebhook } from '../support/webhook.js';

const WINDOW = '2026-W01';
/** Answers of the chat host before its money is spent: in the middle of the candidate's. */
const FIRST_CREDIT = 150;

let baseURL = '';
const host = await startPaidHost(() => baseURL, SECRETS.chatKey ?? '');
const webhook = await startWebhook();
let isJudgePaid = false;
let ended: CliRun | null = null;
const judge = await startJudge((pair, index, response) => {
  if (isJudgePaid) return honest(pair, index, response);
  return void response.end(refuseOverBill(response, 429, 'insufficient_quota'));
});

/** A whole run on a real Temporal server, whose hosts want their bills paid while models are measured. */
describe('a run that can not be measured for want of money', () => {
  let loop: Loop;
  let worker: RunningWorker;

  before(async () => {
    loop = await startLoop({
      firstWindow: WINDOW,
      championRows: 10,
      changes: {
        chat: { baseURL: host.baseURL },
        judge: judge.judge,
        select: { holdoutScorer: 'judge' },
        approval: { reminders: { url: webhook.url, everyHours: 24 } },
      },
    });
    ({ baseURL } = loop.project.endpoint);
    loop.project.writeLog('w1.jsonl', logLines(makeTickets('w1', 100, '2025-12-29', '2026-01-05')));
    worker = await loop.startWorkerWith({ tierKeys: { JUDGE_KEY: 'judge-key' } });
  });
  after(async () => {
    await worker.stop();
    await loop.close();
    await webhook.close();
  });

  function holdfast(
    argv: readonly string[],
    onOutput: (text: string) => void = () => undefined,
  ): Promise<CliRun> {
    const config = join(loop.project.folder, 'holdfast.yaml');
    return runHoldfast([...argv, '--config', config], {
      environment: { HOLDFAST_SPLIT_KEY: SECRETS.splitKey, LOCAL_KEY: 'local-key', USER: 'ana' },
      onOutput,
    });
  }

  async function listUntil(told: string): Promise<CliRun> {
    for (;;) {
      const list = await holdfast(['jobs', 'list']);
      if (list.out.includes(told)) return list;
      assert.equal(ended, null, `the run ended, and was not parked with: ${told}`);
      await new Promise((done) => setTimeout(done, 200));
    }
  }

  async function retry(): Promise<void> {
    const { code, out, err } = await holdfast(['jobs', 'retry', WINDOW]);
    assert.equal(code, 0, err);
    assert.match(out, new RegExp(`week/${MODEL}/${WINDOW} goes on with another attempt`));
  }

  test('waits until each bill is paid, asks only for what is missing, and ends with a decision', async () => {
    while (!/workers {3}\d/u.test((await holdfast(['status'])).out)) {
      await new Promise((done) => setTimeout(done, 100));
    }
    let told = '';
    const running = holdfast(['run', '--window', WINDOW], (text) => void (told += text));
    void running.then((run) => (ended = run));
    const { host: address } = new URL(host.baseURL);
    const list = await listUntil('champion answers frozen:tickets');
    assert.equal(
      list.out,
      `${WINDOW}  champion answers frozen:tickets: POST /chat/completions of ${address} was answered with status 402\n` +
        `  is paid  holdfast jobs retry ${WINDOW}\n`,
    );
    assert.match(
      (await holdfast(['status'])).out,
      /running {3}2026-W01 {2}parked .*\n +it waits for you: holdfast jobs list says with what/,
    );
    assert.deepEqual(await webhook.next(), {
      event: 'run-parked',
      model: MODEL,
      window: WINDOW,
      run: `week/${MODEL}/${WINDOW}`,
      reason: 'unpaid',
      message: `POST /chat/completions of ${address} was answered with status 402`,
      step: 'champion answers frozen:tickets',
      reminder: 1,
    });
    const adopted = await holdfast(['jobs', 'adopt', WINDOW, 'ftjob-1']);
    assert.equal(adopted.code, 1);
    assert.match(
      adopted.err,
      /refused: the run has no job to adopt: it is parked over a bill \(champion answers .* 402\); when that is paid: `holdfast jobs retry 2026-W01`/,
    );
    const approved = await holdfast(['jobs', 'approve-cost', WINDOW, '--cost', '1']);
    assert.equal(approved.code, 2);
    assert.match(approved.err, /does not wait for approval of its cost/);

    // Whoever started the run is told within a look or two; a run that goes on at once is not.
    while (!told.includes('parked')) await new Promise((done) => setTimeout(done, 100));
    host.pay(FIRST_CREDIT);
    await retry();
    await listUntil('candidate answers frozen:tickets');
    host.pay(10_000);
    await retry();
    const judged = await listUntil('the judge');
    assert.match(
      judged.out,
      /candidate answers holdout: the judge judge-7b\S* can't be asked: POST \/chat\/completions of 127.* 429 \(insufficient_quota\)/,
    );
    isJudgePaid = true;
    await retry();
    const { code, out } = await running;
    assert.equal(code, 0);
    assert.match(out, /2026-W01 {2}parked: it waits for you, `holdfast jobs list` says with what/);
    assert.match(out, /candidate {5}ft:/);
    assert.match((await holdfast(['jobs', 'list'])).out, /no run is parked/);
  });

  test('paid for no answer twice', () => {
    const bodies = host.answered.map(({ body }) => JSON.stringify(body));
    assert.ok(bodies.length > FIRST_CREDIT);
    assert.equal(new Set(bodies).size, bodies.length);
  });

  test('has who went on, when and where in the audit log', async () => {
    const entries = (await readAudit(loop.project.store, MODEL)).map(({ entry }) => entry);
    const retried = entries.filter(({ action }) => action === 'retried');
    assert.deepEqual(
      retried.map(({ by, subject }) => [by, subject['window'], subject['step']]),
      [
        ['ana', WINDOW, 'champion answers frozen:tickets'],
        ['ana', WINDOW, 'candidate answers frozen:tickets'],
        ['ana', WINDOW, 'candidate answers holdout'],
      ],
    );
    assert.equal((await holdfast(['audit', 'verify'])).code, 0);
  });
});
