import assert from 'node:assert/strict';
import { after, describe, test } from 'node:test';
import { decide } from '../../activities/deciding.js';
import { estimateCost } from '../../activities/estimating.js';
import { evaluate } from '../../activities/evaluating.js';
import { writeReport } from '../../activities/reporting.js';
import { HOLDOUT_SUITE } from '../../activities/samples.js';
import { windowLines } from '../../src/cli/run-story.js';
import { describeAsking } from '../../src/domain/asking.js';
import type { ChatClient } from '../../src/domain/chat.js';
import type { EvaluateResult } from '../../src/domain/contracts.js';
import type { Evidence } from '../../src/domain/gate.js';
import { canonicalJson } from '../../src/domain/json.js';
import { recomputeDecision } from '../../src/gate/evidence.js';
import { readAsked } from '../../src/release/load-report.js';
import { renderReport } from '../../src/release/report.js';
import { readBytes, readJson } from '../../src/storage/objects.js';
import { createDataPath, type BuiltWindow, type DataPath } from '../support/data-path.js';
import { reportData } from '../support/report-data.js';
import { honest, startJudge } from '../support/judge-host.js';
import { logLines } from '../support/project.js';
import { makeTickets, toLogLine } from '../support/traffic.js';

const NEVER = new AbortController().signal;
const TICKETS = makeTickets('w1', 220, '2025-12-29', '2026-01-05');
/** The candidate's prompts cost twice as much, its answers four times. */
const PRICES = [
  { model: 'candidate', prompt: 2, completion: 8 },
  { prompt: 1, completion: 2 },
];

const open: DataPath[] = [];
after(() => {
  for (const path of open.splice(0)) path.close();
});

/** Takes 100 tokens to ask and 20 to answer, on a day. */
function clientOn(day: string): ChatClient {
  return {
    complete: async ({ model }) => ({
      content: model,
      finishReason: 'stop',
      promptTokens: 100,
      completionTokens: 20,
      measured: { latencyMs: 10, day },
    }),
  };
}

async function windowWith(changes: object): Promise<[DataPath, BuiltWindow]> {
  const path = await createDataPath({ gate: { superiorityOn: 'holdout' }, ...changes });
  open.push(path);
  Object.assign(path.deps, { chatFor: () => clientOn('2026-11-27') });
  path.writeLog('w1.jsonl', logLines(TICKETS));
  return [path, await path.build(0)];
}

interface Decided {
  readonly evidence: Evidence;
  readonly key: string;
  readonly digest: string;
  readonly count: number;
}

async function decided(
  { deps }: DataPath,
  { input, release }: BuiltWindow,
  candidate = 'candidate',
): Promise<Decided> {
  const answers: EvaluateResult[] = [];
  for (const suite of ['frozen:tickets', HOLDOUT_SUITE]) {
    for (const role of ['champion', 'candidate'] as const) {
      answers.push(await evaluate(deps, { ...input, release, candidate, role, suite }, NEVER));
    }
  }
  const asked = { ...input, release, candidate, answers };
  const { evidenceKey: key, evidenceDigest: digest } = await decide(deps, asked);
  const evidence = await readJson<Evidence>(deps.store, key);
  const count = Object.values(evidence.scores).reduce((sum, each) => sum + each.length, 0);
  return { evidence, key, digest, count };
}

async function reportOf(
  { deps }: DataPath,
  { input, release }: BuiltWindow,
  evidenceKey: string,
): Promise<string> {
  const { key } = await writeReport(deps, { ...input, release, evidenceKey });
  return Buffer.from(await readBytes(deps.store, key))
    .toString()
    .replace(/<style>.*?<\/style>/gs, '')
    .replace(/<[^>]*>/g, ' ')
    .replace(/\s+/g, ' ');
}

describe('what asking costs', () => {
  test('is told of each model, in the report and by the run, by the price of its name', async () => {
    const [path, window] = await windowWith({ chat: { prices: PRICES } });
    const { key, digest, count } = await decided(path, window);
    assert.ok(count > 40, String(count));
    const tokens = { promptTokens: 100 * count, completionTokens: 20 * count };
    const [ofCandidate, ofOthers] = PRICES.map(({ prompt, completion }) => ({
      prompt,
      completion,
    }));
    assert.deepEqual(await readAsked(path.deps.store, digest), [
      {
        role: 'champion',
        modelId: 'champion',
        ...tokens,
        answers: count,
        kept: 0,
        price: ofOthers,
      },
      {
        role: 'candidate',
        modelId: 'candidate',
        ...tokens,
        answers: count,
        kept: 0,
        price: ofCandidate,
      },
    ]);
    // 100 · 1 + 20 · 2 and 100 · 2 + 20 · 8 millionths of a USD.
    const [ours, others] = [140e-6 * count, 360e-6 * count].map(
      (usd) => Math.ceil(usd * 100) / 100,
    );
    const text = await reportOf(path, window, key);
    assert.match(text, /1,000 answers cost/);
    assert.match(
      text,
      /champion \d+ 10 ms 10 ms 120\.0 0\.14 USD candidate \d+ 10 ms 10 ms 120\.0 0\.36 USD/,
    );
    assert.match(text, /2\.57 \(2\.57 to 2\.57\)/);
    assert.ok(
      text.includes(
        `champion, the champion: ${count} answers; ${100 * count} tokens`.replaceAll(
          /(\d)(?=(\d{3})+\b)/g,
          '$1,',
        ),
      ),
      text,
    );
    assert.ok(
      text.includes(`${ours?.toFixed(2)} USD`) && text.includes(`${others?.toFixed(2)} USD`),
    );
    const all = (Math.ceil(500e-6 * count * 100) / 100).toFixed(2);
    assert.ok(text.includes(`${all} USD altogether.`), text);
    const lines = await linesOf(path, window, digest);
    assert.deepEqual(lines, [`asking cost ${all} USD for ${2 * count} answers`]);
  });

  test('counts what was kept from earlier days, and says so', async () => {
    const [path, window] = await windowWith({ chat: { prices: PRICES } });
    const { count } = await decided(path, window);
    Object.assign(path.deps, { chatFor: () => clientOn('2026-11-28') });
    const { digest } = await decided(path, window, 'candidate-2');
    const asked = await readAsked(path.deps.store, digest);
    assert.deepEqual(
      asked.map(({ modelId, answers, kept }) => [modelId, answers, kept]),
      [
        ['champion', count, count],
        ['candidate-2', count, 0],
      ],
    );
    const [line] = await linesOf(path, window, digest);
    assert.match(line ?? '', new RegExp(`, of which ${count} were kept from earlier days$`));
  });

  test('is tokens alone where no price is configured, and decides nothing', async () => {
    const [path, window] = await windowWith({});
    const { evidence, key, digest } = await decided(path, window);
    const [priced, pricedWindow] = await windowWith({ chat: { prices: PRICES } });
    const other = await decided(priced, pricedWindow);
    assert.equal(canonicalJson(other.evidence.result), canonicalJson(evidence.result));
    assert.equal(evidence.prices, undefined);
    assert.equal(other.evidence.prices, undefined);
    const text = await reportOf(path, window, key);
    assert.match(text, /What that cost is told where chat\.prices says what tokens cost/);
    assert.doesNotMatch(text, /USD/);
    assert.deepEqual(await linesOf(path, window, digest), []);
  });

  test('is part of the evidence where a limit rests on it, and recomputes', async () => {
    for (const [cost, outcome] of [
      [3, 'pass'],
      [2, 'fail'],
    ] as const) {
      const gate = { superiorityOn: 'holdout', limits: { cost } };
      const [path, window] = await windowWith({ chat: { prices: PRICES }, gate });
      const { evidence } = await decided(path, window);
      const check = evidence.result.checks.find(({ name }) => name === 'cost on holdout');
      assert.equal(check?.outcome, outcome);
      assert.match(
        check.reason,
        /^1,000 answers of the candidate on holdout cost 0\.36 USD, of the champion 0\.14 USD: 2\.57 times as much/,
      );
      assert.equal(canonicalJson(recomputeDecision(evidence)), canonicalJson(evidence.result));
      const { prices, ...without } = evidence;
      assert.ok(prices !== undefined);
      assert.notDeepEqual(recomputeDecision(without), evidence.result);
    }
  });

  test('is told where no answers of both models were measured, too', async () => {
    const [path, window] = await windowWith({ chat: { prices: PRICES } });
    const { evidence, digest } = await decided(path, window);
    const asked = await readAsked(path.deps.store, digest);
    const page = (more: object): string => renderReport({ ...reportData(), evidence, ...more });
    assert.match(page({ asked, usage: {} }), /Who was asked/);
    assert.doesNotMatch(page({ usage: {} }), /Who was asked|What answers take/);
  });

  test('holds the judge’s replies, too, also those that were kept', async () => {
    const judge = await startJudge(honest);
    const path = await createDataPath({
      gate: { superiorityOn: 'holdout' },
      select: { holdoutScorer: 'judge' },
      judge: { ...judge.judge, price: { prompt: 10, completion: 20 } },
    });
    open.push(path);
    Object.assign(path.deps, {
      judgeFor: () => judge.client,
      chatFor: () => clientOn('2026-11-27'),
    });
    path.writeLog(
      'w1.jsonl',
      TICKETS.map((ticket) => toLogLine(ticket, 'x', {})),
    );
    const window = await path.build(0);
    const { digest } = await decided(path, window);
    const [, , judged] = await readAsked(path.deps.store, digest);
    assert.ok(judged !== undefined && judge.asked.length > 60);
    assert.deepEqual([judged.role, judged.answers], ['judge', judge.asked.length]);
    const { length: replies } = judge.asked;
    assert.deepEqual([judged.promptTokens, judged.completionTokens], [40 * replies, 5 * replies]);
    const [line] = await linesOf(path, window, digest);
    assert.match(line ?? '', /answers; of others no price or no count of tokens is known$/);
  });
});

describe('what asking will cost', () => {
  const free = { providerFor: () => ({ models: async () => null }) as never };

  test('is told before training, at most, by the dearest price', async () => {
    const chat = { prices: PRICES, maximumTokens: 50, answersPerSample: 2, temperature: 1 };
    const [path, { input, release }] = await windowWith({ chat });
    const { asking } = await estimateCost({ ...path.deps, ...free }, { ...input, release }, NEVER);
    assert.ok(asking !== undefined);
    assert.ok(asking.answers > 150 && asking.answers % 4 === 0, String(asking.answers));
    assert.equal(asking.replies, 0);
    // Answers alone at 50 tokens and 8 USD a million, and no question has over 200 tokens.
    const answersAlone = (asking.answers * 50 * 8) / 1e6;
    assert.ok(asking.cost > answersAlone, JSON.stringify(asking));
    assert.ok(
      asking.cost < answersAlone + (asking.answers * 200 * 2) / 1e6,
      JSON.stringify(asking),
    );
    assert.match(describeAsking(asking), /^at most [\d,]+ answers, about \d+\.\d\d USD if all are/);
  });

  test('is more with a judge, and with examples in prompts', async () => {
    const judge = { baseURL: 'http://127.0.0.1:1/v1', model: 'judge-2026-01-01' };
    const estimated = async (
      changes: object,
    ): Promise<{ answers: number; replies: number; cost: number }> => {
      const [path, { input, release }] = await windowWith({ chat: { prices: PRICES }, ...changes });
      const deps = { ...path.deps, ...free };
      const { asking } = await estimateCost(deps, { ...input, release }, NEVER);
      return asking ?? assert.fail();
    };
    const plain = await estimated({});
    const prompting = {
      superiorityOn: 'holdout',
      prompting: { examples: [2, 4], maximumTokens: 1000 },
    };
    const beside = await estimated({ gate: prompting });
    assert.ok(beside.answers > 1.9 * plain.answers && beside.cost > 2 * plain.cost);
    const judged = await estimated({
      judge: { ...judge, price: { prompt: 1, completion: 1 } },
      select: { holdoutScorer: 'judge' },
    });
    assert.ok(judged.replies > 60 && judged.cost > plain.cost);
    const unpriced = await estimated({ judge, select: { holdoutScorer: 'judge' } });
    assert.equal(unpriced.replies, 0);
  });

  test('is not told where no price is configured', async () => {
    const [path, { input, release }] = await windowWith({});
    const estimate = await estimateCost({ ...path.deps, ...free }, { ...input, release }, NEVER);
    assert.ok(!('asking' in estimate));
  });
});

/** The line of what asking cost, as a run tells it. */
async function linesOf(
  { deps }: DataPath,
  { input, release }: BuiltWindow,
  evidenceDigest: string,
): Promise<readonly string[]> {
  const outcome = {
    window: input.window.id,
    release,
    decision: 'hold',
    candidate: 'candidate',
    evidenceDigest,
    promotionId: null,
    trainRows: 1,
  } as const;
  return (await windowLines(outcome, input.model, deps.store, null, 'claims'))
    .map((line) => line.trim().replace(/\s+/g, ' '))
    .filter((line) => line.startsWith('asking cost'));
}
