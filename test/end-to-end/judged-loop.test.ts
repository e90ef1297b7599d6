import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { Evidence } from '../../src/domain/gate.js';
import { canonicalJson } from '../../src/domain/json.js';
import { recomputeDecision } from '../../src/gate/evidence.js';
import { keys } from '../../src/release/layout.js';
import { readBytes, readJson } from '../../src/storage/objects.js';
import type { RunningWorker } from '../../src/worker.js';
import { biased, type JudgeWay, JUDGE_MODEL, startJudge } from '../support/judge-host.js';
import { failureOf, startLoop, type Loop } from '../support/loop.js';
import { logLines } from '../support/project.js';
import { makeTickets } from '../support/traffic.js';

/** Knows a ticket's topic by its words, three of ten of which begin as its queue does. */
const knowing: JudgeWay = ({ conversation, first, second }) => {
  const words = (conversation.at(-1)?.text ?? '').split(' ');
  const support = (answer: string): number =>
    words.filter((word) => word.startsWith(answer.slice(0, 2))).length;
  const [one, other] = [support(first.text), support(second.text)];
  return JSON.stringify({ better: one === other ? 'tie' : one > other ? 'first' : 'second' });
};

let way: JudgeWay = knowing;
let served = JUDGE_MODEL;
const judge = await startJudge(
  (...question) => way(...question),
  () => served,
);

describe('a week whose holdout a judge scores', () => {
  let loop: Loop;
  let worker: RunningWorker;

  before(async () => {
    loop = await startLoop({
      firstWindow: '2026-W01',
      championRows: 10,
      changes: {
        judge: judge.judge,
        select: { holdoutScorer: 'judge' },
        gate: { superiorityOn: 'holdout' },
      },
    });
    worker = await loop.startWorkerWith({ tierKeys: { JUDGE_KEY: 'judge-key' } });
    const tickets = makeTickets('w1', 400, '2025-12-29', '2026-01-05');
    loop.project.writeLog('w1.jsonl', logLines(tickets));
  });
  after(async () => {
    await worker.stop();
    await loop.close();
  });

  test('ends with a decision on its verdicts, which are asked for once and told in the report', async () => {
    const outcome = await loop.run('2026-W01');
    assert.equal(outcome.decision, 'promote');
    const { store } = loop.project;
    const evidence = await readJson<Evidence>(store, keys.evidence(outcome.evidenceDigest ?? ''));
    assert.equal(canonicalJson(recomputeDecision(evidence)), canonicalJson(evidence.result));
    assert.equal(evidence.judge?.servedAs, JUDGE_MODEL);
    const holdout = evidence.suites.find(({ suite }) => suite === 'holdout')?.judged;
    assert.ok(holdout !== undefined && holdout.consistent > 20);
    assert.equal(judge.asked.length, 2 * (holdout.pairs - holdout.equal));
    assert.equal(
      new Set(judge.asked.map(({ body }) => JSON.stringify(body))).size,
      judge.asked.length,
    );
    const report = keys.report('triage', '2026-W01', outcome.evidenceDigest ?? '');
    const page = Buffer.from(await readBytes(store, report)).toString();
    assert.match(page, /Compared by a judge/);
    assert.match(page, /What answers take/);
  });

  test('ends without a promotion by a judge that looks at the order, and stops where the judge is another', async () => {
    const { length } = judge.asked;
    way = biased;
    const tickets = makeTickets('w2', 300, '2026-01-05', '2026-01-12');
    loop.project.writeLog('w2.jsonl', logLines(tickets));
    const outcome = await loop.run('2026-W02');
    assert.equal(outcome.decision, 'inconclusive');
    assert.ok(judge.asked.length > length);
    served = 'judge-8b-2026-06-01';
    loop.project.writeLog('w3.jsonl', logLines(makeTickets('w3', 300, '2026-01-12', '2026-01-19')));
    assert.match(
      await failureOf(loop.run('2026-W03')),
      /answered as judge-8b-2026-06-01, and its first verdicts are those of judge-7b-2026-01-15/,
    );
  });
});
