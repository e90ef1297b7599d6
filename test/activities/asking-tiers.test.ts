import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { askTier, tiersOf } from '../../activities/asking-tiers.js';
import { findingsOf, isUnknown, suspectedRows } from '../../activities/suspecting.js';
import type { StepContext } from '../../activities/dependencies.js';
import type { NearPair } from '../../src/contamination/rephrase/scan-suspects.js';
import type { ContaminationSample } from '../../src/contamination/scan-examples.js';
import type { ChatAnswer } from '../../src/domain/chat.js';
import type { Configuration } from '../../src/domain/configuration.js';
import type { StepInput } from '../../src/domain/contracts.js';
import { NO_DETECTION } from '../../src/domain/detection.js';
import { ConfigError } from '../../src/domain/errors.js';
import type { Finding } from '../../src/domain/finding.js';
import type { RephrasingTier, TierAnswer, TierQuestion } from '../../src/domain/tier.js';
import { createTestDependencies } from '../support/dependencies.js';

const INPUT = { manifestKey: 'windows/triage/2026-W01/000001/manifest.json' } as StepInput;
const LIMITS = { texts: 10, maximum: 10 };

function pair(exampleId: string, score = 0): NearPair {
  return {
    exampleId,
    sampleSet: 'mail',
    sampleId: 's',
    stretch: `text of ${exampleId}`,
    prompt: 'p',
    score,
  };
}

function scripted(
  answers: readonly TierAnswer[],
  isPairwise = true,
): {
  readonly tier: RephrasingTier;
  readonly asked: readonly TierQuestion[];
} {
  const asked: TierQuestion[] = [];
  const compare = async (question: TierQuestion): Promise<readonly TierAnswer[]> => {
    asked.push(question);
    return answers;
  };
  return { tier: { name: 'judge', version: '1', isPairwise, compare }, asked };
}

const ANSWERS: readonly TierAnswer[] = [
  { verdict: 'suspect', score: 0.9 },
  { verdict: 'clear', score: 0.1 },
  { verdict: 'unknown', score: null },
];

describe('asking tiers', () => {
  test('a suspect and what a tier could not tell are findings, what is clear is none', async () => {
    const { deps } = await createTestDependencies();
    const { tier, asked } = scripted(ANSWERS);
    const pairs = [pair('a', 3), pair('b', 2), pair('c', 1)];
    const findings = await askTier(deps, INPUT, tier, pairs, LIMITS);
    assert.deepEqual(
      findings.map(({ exampleId, level, rules, score }) => [exampleId, level, rules, score]),
      [
        ['a', 'suspect', ['judge'], 0.9],
        ['c', 'suspect', ['judge', 'tier-unknown'], undefined],
      ],
    );
    assert.equal(asked[0]?.otherTexts, 7);
  });

  test('what a tier can tell is asked for once, whatever it would say the second time', async () => {
    const { deps } = await createTestDependencies();
    const pairs = [pair('a', 3), pair('b', 2)];
    const first = await askTier(deps, INPUT, scripted(ANSWERS.slice(0, 2)).tier, pairs, LIMITS);
    const { tier, asked } = scripted(ANSWERS.slice(0, 2).reverse());
    assert.deepEqual(await askTier(deps, INPUT, tier, pairs, LIMITS), first);
    assert.equal(asked.length, 0);
  });

  for (const isPairwise of [true, false]) {
    test(`a host that was down is asked again, and what is known stands (pair by pair: ${isPairwise})`, async () => {
      const { deps } = await createTestDependencies();
      const pairs = [pair('a', 3), pair('b', 2), pair('c', 1)];
      const [suspect, clear, unknown] = ANSWERS as [TierAnswer, TierAnswer, TierAnswer];
      const askedOf = async (answers: readonly TierAnswer[]): Promise<readonly string[]> => {
        const { tier, asked } = scripted(answers, isPairwise);
        const findings = await askTier(deps, INPUT, tier, pairs, LIMITS);
        const told = findings.map((each) => `${each.exampleId}${isUnknown(each) ? '?' : ''}`);
        return [...told, `asked ${asked.map((question) => question.pairs.length).join()}`];
      };
      assert.deepEqual(await askedOf([unknown, unknown, unknown]), ['a?', 'b?', 'c?', 'asked 3']);
      assert.deepEqual(await askedOf([suspect, unknown, clear]), ['a', 'b?', 'asked 3']);
      const last = isPairwise ? [suspect] : [clear, suspect, suspect];
      assert.deepEqual(await askedOf(last), ['a', 'b', `asked ${last.length}`]);
      assert.deepEqual(await askedOf([]), ['a', 'b', 'asked ']);
    });
  }

  test('pairs beyond the limit are not asked about, and unknown', async () => {
    const { deps } = await createTestDependencies();
    const { tier, asked } = scripted([{ verdict: 'clear', score: 0 }]);
    const pairs = [pair('far', 1), pair('near', 2)];
    const findings = await askTier(deps, INPUT, tier, pairs, { texts: 10, maximum: 1 });
    assert.deepEqual(asked[0]?.texts, ['text of near']);
    assert.deepEqual(
      findings.map((finding) => [finding.exampleId, isUnknown(finding)]),
      [['far', true]],
    );
  });

  test('a tier that leaves a pair without an answer is no tier', async () => {
    const { deps } = await createTestDependencies();
    const { tier } = scripted([]);
    await assert.rejects(askTier(deps, INPUT, tier, [pair('a')], LIMITS), /without an answer/);
  });

  test('a host that the worker has no key for is not asked', async () => {
    const { deps } = await createTestDependencies();
    const judge = {
      baseURL: 'http://elsewhere.example.org/v1',
      model: 'm',
      keyVariable: 'KEY',
      concurrency: 1,
    };
    const tiers = { maximumPairs: 5, judge };
    assert.throws(() => tiersOf(deps, { ...NO_DETECTION, tiers }), ConfigError);
  });
});

describe('what becomes of rows that a tier speaks of', () => {
  const finding = (exampleId: string, rules: readonly string[]): Finding => ({
    exampleId,
    sampleSet: 'mail',
    sampleId: 's',
    level: 'suspect',
    coverage: 0,
    field: 'prompt',
    tokenShare: 0,
    idfScore: 0,
    levelShare: 0,
    longestRun: 0,
    similarity: 0,
    rules,
    exampleSpans: [],
    sampleSpans: [],
  });
  const findings = [finding('suspected', ['judge']), finding('untold', ['judge', 'tier-unknown'])];
  const configured = (action: 'quarantine' | 'review'): Configuration =>
    ({
      detection: { ...NO_DETECTION, rephrasings: { ...NO_DETECTION.rephrasings, action } },
    }) as Configuration;

  test('both are quarantined; where suspects are for review, what is unknown is quarantined still', () => {
    const rows = (action: 'quarantine' | 'review'): readonly string[] => [
      ...suspectedRows(findings, new Map(), configured(action)).keys(),
    ];
    assert.deepEqual(rows('quarantine'), ['suspected', 'untold']);
    assert.deepEqual(rows('review'), ['untold']);
  });

  test('an unknown answer of one tier stands where the other is clear, and gives way where it suspects', async () => {
    const prompt = 'Which of the 7 queues does the lost parcel of Ms Miller belong in, please?';
    const example = {
      id: 'e',
      parts: ['Ms Miller has lost her parcel; say what queue, of seven, to put it in.'],
    };
    const sample = { set: 'mail', id: 's', prompt, options: [], reference: null };
    const host = { baseURL: 'http://127.0.0.1/v1', model: 'm', keyVariable: 'KEY', concurrency: 1 };
    const verdictsOf = async (content: string): Promise<readonly boolean[]> => {
      const { deps } = await createTestDependencies();
      const answer = { content, finishReason: null, promptTokens: 0, completionTokens: 0 };
      const context: StepContext = {
        ...deps,
        embeddingsFor: () => ({ embed: async (texts) => texts.map(() => null) }),
        judgeFor: () => ({ complete: async () => answer }),
      };
      const tiers = { embeddings: host, judge: host, maximumPairs: 5 };
      const configuration = { ...deps.startedWith, detection: { ...NO_DETECTION, tiers } };
      const found = await findingsOf(context, INPUT, configuration, [example], [[sample]]);
      return found.map(isUnknown);
    };
    assert.deepEqual(await verdictsOf('{"same": false}'), [true]);
    assert.deepEqual(await verdictsOf('{"same": true}'), [false]);
  });

  test('a part of the samples takes from another neither its pairs nor the nearest of an example', async () => {
    const { deps } = await createTestDependencies();
    const answer = { content: '{"same": true}', finishReason: null };
    const complete = async (): Promise<ChatAnswer> => ({
      ...answer,
      promptTokens: 0,
      completionTokens: 0,
    });
    const judge = {
      baseURL: 'http://127.0.0.1/v1',
      model: 'm',
      keyVariable: 'KEY',
      concurrency: 1,
    };
    const detection = { ...NO_DETECTION, tiers: { judge, maximumPairs: 1 } };
    const configuration = { ...deps.startedWith, detection };
    const example = {
      id: 'e',
      parts: ['Ms Miller has lost her parcel; say what queue, of seven, to put it in.'],
    };
    const sample = (set: string, prompt: string): ContaminationSample => ({
      set,
      id: 's',
      prompt,
      options: [],
      reference: null,
    });
    const own = sample(
      'mail',
      'Which of the 7 queues does the lost parcel of Ms Miller belong in?',
    );
    const earlier = sample(
      'holdout:2026-W01',
      'Of seven, say what queue to put it in: her parcel has Ms Miller lost.',
    );
    const suspected = async (
      parts: readonly (readonly ContaminationSample[])[],
    ): Promise<readonly (readonly [string, boolean])[]> => {
      const context: StepContext = { ...deps, judgeFor: () => ({ complete }) };
      const found = await findingsOf(context, INPUT, configuration, [example], parts);
      return found.map((finding) => [finding.sampleSet, isUnknown(finding)]);
    };
    assert.deepEqual(await suspected([[own, earlier]]), [['holdout:2026-W01', false]]);
    assert.deepEqual(await suspected([[own], [earlier]]), [
      ['holdout:2026-W01', false],
      ['mail', false],
    ]);
  });
});
