import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, test } from 'node:test';
import { decide } from '../../activities/deciding.js';
import { evaluate } from '../../activities/evaluating.js';
import { assertJudge } from '../../activities/judging.js';
import { HOLDOUT_SUITE } from '../../activities/samples.js';
import { parseConfigurationText } from '../../src/config/load.js';
import { readYaml } from '../../src/config/yaml-file.js';
import type { ChatClient } from '../../src/domain/chat.js';
import type { EvaluateResult } from '../../src/domain/contracts.js';
import { ConfigError } from '../../src/domain/errors.js';
import type { Evidence } from '../../src/domain/gate.js';
import { canonicalJson } from '../../src/domain/json.js';
import type { SampleVerdicts } from '../../src/domain/judging.js';
import { buildEvidence, recomputeDecision } from '../../src/gate/evidence.js';
import type { Example } from '../../src/domain/record.js';
import type { Sample } from '../../src/domain/sample.js';
import { lineageKey } from '../../src/lineage/lineage.js';
import { aliasKey } from '../../src/promotion/alias.js';
import { encodeValue } from '../../src/promotion/pointer-json.js';
import { readJson, readJsonl, writeJson } from '../../src/storage/objects.js';
import { createDataPath, type BuiltWindow, type DataPath } from '../support/data-path.js';
import { biased, honest, type JudgeWay, JUDGE_MODEL, startJudge } from '../support/judge-host.js';
import { repositoryRoot } from '../support/paths.js';
import { makeTickets, toLogLine } from '../support/traffic.js';

const NEVER = new AbortController().signal;
const TICKETS = makeTickets('w1', 240, '2025-12-29', '2026-01-05');

/** One answers well and the other doesn't; questions that begin with one of three letters both answer alike. */
const models: ChatClient = {
  complete: async ({ model, messages }) => {
    const question = messages.at(-1)?.content ?? '';
    const isAlike = /^[bdf]/.test(question);
    const content = isAlike ? 'no idea' : model === 'candidate' ? 'a good answer' : 'an answer';
    return { content, finishReason: 'stop', promptTokens: 1, completionTokens: 1 };
  },
};

interface Judged {
  readonly path: DataPath;
  readonly window: BuiltWindow;
  readonly judge: Awaited<ReturnType<typeof startJudge>>;
  readonly measure: () => Promise<readonly EvaluateResult[]>;
}

const open: DataPath[] = [];
afterEach(() => {
  for (const path of open.splice(0)) path.close();
});

/** A window whose holdout nobody gave a reference for, but for a few, with a judge. */
async function judgedWindow(
  way: JudgeWay,
  served?: (index: number) => string | null,
  changes: object = {},
): Promise<Judged> {
  const judge = await startJudge(way, served);
  const path = await createDataPath({
    judge: judge.judge,
    select: { holdoutScorer: 'judge' },
    gate: { superiorityOn: 'holdout' },
    ...changes,
  });
  open.push(path);
  Object.assign(path.deps, { judgeFor: () => judge.client, chatFor: () => models });
  const lines = TICKETS.map((ticket, index) =>
    toLogLine(ticket, 'the answer of then', index % 10 === 0 ? {} : { feedback: [] }),
  );
  path.writeLog('w1.jsonl', lines);
  const window = await path.build(0);
  const measure = (): Promise<readonly EvaluateResult[]> => measureWindow(path, window);
  return { path, window, judge, measure };
}

async function measureWindow(
  { deps }: DataPath,
  { input, release }: BuiltWindow,
): Promise<readonly EvaluateResult[]> {
  const answers: EvaluateResult[] = [];
  for (const suite of ['frozen:tickets', HOLDOUT_SUITE]) {
    for (const role of ['champion', 'candidate'] as const) {
      const asked = { ...input, release, candidate: 'candidate', role, suite };
      answers.push(await evaluate(deps, asked, NEVER));
    }
  }
  return answers;
}

async function decidedBy({ path, window, measure }: Judged): Promise<Evidence> {
  const answers = await measure();
  const { input, release } = window;
  const asked = { ...input, release, candidate: 'candidate', answers };
  const { evidenceKey } = await decide(path.deps, asked);
  return readJson<Evidence>(path.deps.store, evidenceKey);
}

const holdoutOf = ({ suites }: Evidence): Evidence['suites'][number] =>
  suites.find(({ suite }) => suite === HOLDOUT_SUITE) ?? assert.fail();

describe('a holdout that a judge scores', () => {
  test('lets all fresh records decide, whatever reference they have, and promotes the better candidate', async () => {
    const judged = await judgedWindow(honest);
    const evidence = await decidedBy(judged);
    const holdout = await judged.window.read<Example>('holdout');
    const scores = evidence.scores[HOLDOUT_SUITE] ?? [];
    assert.ok(holdout.filter(({ answer }) => answer === null).length > 40);
    assert.equal(scores.length, holdout.length);
    assert.ok(scores.every(({ decisive }) => decisive));
    assert.deepEqual(holdoutOf(evidence).missing, {});
    assert.equal(evidence.result.decision, 'promote');
    const { judged: counts } = holdoutOf(evidence);
    assert.ok(counts !== undefined && counts.equal > 5);
    assert.equal(counts.consistent, counts.pairs - counts.equal);
    assert.equal(judged.judge.asked.length, 2 * counts.consistent);
  });

  test('leaves evidence that names judge and verdicts, and that recomputes from what is stored', async () => {
    const judged = await judgedWindow(honest);
    const answers = await judged.measure();
    const evidence = await decidedBy(judged);
    assert.equal(canonicalJson(recomputeDecision(evidence)), canonicalJson(evidence.result));
    const { verdicts } = answers.at(-1) ?? {};
    assert.ok(verdicts !== undefined);
    const { rubric, ...judge } = evidence.judge ?? assert.fail();
    assert.deepEqual(judge, {
      model: JUDGE_MODEL,
      servedAs: JUDGE_MODEL,
      revision: 1,
      verdicts: { [HOLDOUT_SUITE]: verdicts.sha256 },
    });
    assert.match(rubric, /^pairwise-\d+$/);
    const said = await readJsonl<SampleVerdicts>(judged.path.deps.store, verdicts);
    assert.equal(said.length, evidence.scores[HOLDOUT_SUITE]?.length);
    // Another score is another decision: nothing of the result is taken on trust.
    const exchanged = (evidence.scores[HOLDOUT_SUITE] ?? []).map((score) => ({
      ...score,
      champion: score.candidate,
      candidate: score.champion,
    }));
    const { suites, result, ...input } = evidence;
    const missing = Object.fromEntries(suites.map((each) => [each.suite, each.missing]));
    const scores = { ...evidence.scores, [HOLDOUT_SUITE]: exchanged };
    assert.equal(result.decision, 'promote');
    assert.equal(buildEvidence({ ...input, scores, missing }).result.decision, 'hold');
  });

  test('promotes nobody by a judge that looks at the order only, and says so', async () => {
    const evidence = await decidedBy(await judgedWindow(biased));
    assert.equal(evidence.result.decision, 'inconclusive');
    const scores = evidence.scores[HOLDOUT_SUITE] ?? [];
    assert.ok(scores.every(({ champion, candidate }) => champion === 0.5 && candidate === 0.5));
    const check = evidence.result.checks.find(({ name }) => name === 'judge on holdout');
    assert.equal(check?.outcome, 'warn');
    assert.match(check.reason, /said the same in both orders of 0 \(0 %\); 100 % of its replies/);
  });

  test('is inconclusive where the judge abstains on too many', async () => {
    const evidence = await decidedBy(await judgedWindow(() => 'hard to say'));
    assert.equal(evidence.result.decision, 'inconclusive');
    const reasons = evidence.result.checks.map(({ reason }) => reason).join('\n');
    assert.match(reasons, /no verdict \(the judge abstained on \d+\)/);
    const { all, judged } = holdoutOf(evidence);
    assert.equal(all?.count, judged?.equal);
  });

  test('is not decided on where the judge becomes another version midway', async () => {
    const judged = await judgedWindow(honest, (index) => (index < 20 ? JUDGE_MODEL : 'other-8b'));
    await assert.rejects(judged.measure(), (error) => {
      assert.ok(error instanceof ConfigError);
      assert.match(error.message, /answered as other-8b/);
      return true;
    });
    const asked = judged.judge.asked.length;
    await assert.rejects(judged.measure(), ConfigError);
    assert.ok(judged.judge.asked.length <= asked + 3, 'what was said is asked again');
  });

  test('is not asked about again by an attempt that finds the verdicts', async () => {
    const judged = await judgedWindow(honest);
    const first = await judged.measure();
    const { length } = judged.judge.asked;
    assert.deepEqual(await judged.measure(), first);
    assert.equal(judged.judge.asked.length, length);
  });
});

test('a frozen set may have the judge as its scorer, too', async () => {
  const judged = await judgedWindow(honest);
  const { path } = judged;
  const evals = path.configuration.evals.map((set) => ({ ...set, scorer: 'judge' as const }));
  path.configuration = { ...path.configuration, evals };
  const window = await path.build(0, true);
  const measure = (): Promise<readonly EvaluateResult[]> => measureWindow(path, window);
  const evidence = await decidedBy({ ...judged, window, measure });
  assert.deepEqual(Object.keys(evidence.judge?.verdicts ?? {}), ['frozen:tickets', HOLDOUT_SUITE]);
  const [score] = evidence.scores['frozen:tickets'] ?? [];
  assert.ok(score?.judged !== undefined);
});

test('a judge that is the champion, or that is missing where a scorer names it, is refused by the configuration', async () => {
  await assert.rejects(
    judgedWindow(honest, undefined, {
      champion: { modelId: 'champion-1', trainedOn: ['champion.jsonl'] },
      judge: { baseURL: 'http://127.0.0.1:1/v1', model: 'champion-1' },
    }),
    /judge\.model: is the champion, and no model judges itself/,
  );
  await assert.rejects(
    judgedWindow(honest, undefined, { judge: undefined }),
    /select\.holdoutScorer: there is no judge/,
  );
});

test('a judge that was promoted to champion stops the window when it is closed, before anything is spent', async () => {
  const { path } = await judgedWindow(honest);
  const { store } = path.deps;
  const alias = { modelId: JUDGE_MODEL, promotion: null, evidence: null, previousModelId: null };
  const pointer = await store.readPointer(aliasKey('triage'));
  await store.compareAndSet(aliasKey('triage'), pointer?.version ?? 0, encodeValue(alias));
  const lineage = await readJson<object>(store, lineageKey('champion'));
  await writeJson(store, lineageKey(JUDGE_MODEL), { ...lineage, modelId: JUDGE_MODEL });
  await assert.rejects(
    path.build(0, true),
    /the judge is judge-7b-\S+, which is one of the models/,
  );
});

test('a sample that names a judge where there is none is refused', async () => {
  const { configuration } = await createDataPath();
  const sample: Sample = {
    id: 'odd',
    messages: [],
    reference: null,
    referenceOrigin: 'independent',
    options: [],
    cluster: 'odd',
    scorer: 'judge',
  };
  assert.throws(() => assertJudge(configuration, 'tickets', [sample]), /sample odd of tickets: /);
  const { judge } = await startJudge(honest);
  assertJudge({ ...configuration, judge }, 'tickets', [sample]);
  const counted = {
    ...configuration.gate,
    safety: [{ suite: 'frozen:tickets', cap: 0.01, margin: 0.02 }],
  };
  assert.throws(
    () => assertJudge({ ...configuration, judge, gate: counted }, 'tickets', [sample]),
    /sample odd of tickets is scored by a judge, which .* counts no failures: take it out/,
  );
  assertJudge({ ...configuration, judge, gate: counted }, 'other', [sample]);
});

test('a judge is given no failures to count by the configuration', async () => {
  const { judge } = await startJudge(honest);
  const file = join(repositoryRoot, 'test', 'fixtures', 'config', 'minimal.yaml');
  const minimal = readYaml(readFileSync(file, 'utf8'), 'minimal.yaml').value as object;
  const evals = [{ name: 'mail', digest: 'e'.repeat(64), scorer: 'judge' }];
  for (const suite of ['holdout', 'frozen:mail']) {
    const gate = { superiorityOn: 'holdout', safety: [{ suite, cap: 0.01 }] };
    const select = { holdoutScorer: 'judge' };
    const text = JSON.stringify({ ...minimal, judge, evals, select, gate });
    assert.throws(
      () => parseConfigurationText(text, 'holdfast.yaml'),
      /gate\.safety\[0\]\.suite: is scored by a judge, which .* counts no failures/,
    );
  }
});
