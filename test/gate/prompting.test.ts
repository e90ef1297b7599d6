import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { AskedRivals, GateCheck, GatePolicy, PairedScore } from '../../src/domain/gate.js';
import { compare } from '../../src/gate/compare.js';
import { evaluateGate } from '../../src/gate/decide.js';
import { promptingVerdict, rivalResults } from '../../src/gate/prompting.js';
import { summariseSuite } from '../../src/gate/summarise.js';
import { createRandom } from '../support/random.js';
import { pair } from './reference-values.js';

const POLICY: GatePolicy = {
  superiorityOn: 'holdout',
  alpha: 0.05,
  minimumDifference: 0.01,
  maximumMissing: 0.02,
  guards: [],
  prompting: { examples: [2, 8, 32], maximumTokens: 8000, margin: 0.02 },
};
const ASKED: AskedRivals = {
  suite: 'holdout',
  rows: Array.from({ length: 32 }, (_, index) => `row-${index}`),
  tokens: 900,
};

/** Samples of which each model gets the first so many right. */
function scoresOf(
  count: number,
  right: { champion: number; candidate: number; rivals: Readonly<Record<string, number>> },
): readonly PairedScore[] {
  return Array.from({ length: count }, (_, index) => {
    const score = (share: number): number => Number(index < share * count);
    const rivals = Object.entries(right.rivals).map(([size, share]) => [size, score(share)]);
    return pair(`s${index}`, score(right.champion), score(right.candidate), {
      rivals: Object.fromEntries(rivals) as Record<string, number>,
    });
  });
}

function checkOf(
  scores: readonly PairedScore[],
  asked: AskedRivals | undefined = ASKED,
  policy: GatePolicy = POLICY,
): GateCheck | undefined {
  const suites = [summariseSuite('holdout', scores, {}, policy)];
  const { checks } = evaluateGate(
    suites,
    policy,
    {},
    asked === undefined ? {} : { prompting: asked },
  );
  return checks.find(({ name }) => name === 'training against prompting on holdout');
}

describe('a rival that is only prompted', () => {
  const helps = { 2: 0.7, 8: 0.9, 32: 0.5 };

  test('is told to be enough where training adds nothing to the best number of examples', () => {
    const found = checkOf(scoresOf(400, { champion: 0.6, candidate: 0.8, rivals: helps }));
    assert.equal(found?.outcome, 'warn');
    assert.match(
      found?.reason ?? '',
      /^With 8 examples .* scores 90\.0 % on holdout, the candidate 80\.0 % \(clean, n = 400; a difference of -10\.0 points, one-sided 98\.3 % bounds .* that hold for all 3 prompts at once\): prompting would have done/,
    );
  });

  test('is told to be beaten where the candidate is better than every number of examples', () => {
    const found = checkOf(scoresOf(400, { champion: 0.6, candidate: 0.97, rivals: helps }));
    assert.equal(found?.outcome, 'pass');
    assert.match(
      found?.reason ?? '',
      /^With 8 examples .*training bought more than a prompt with 2, 8 or 32$/,
    );
  });

  test('that is as good as the candidate leaves it open, and says what would decide it', () => {
    // As many right, but not the same ones.
    const scores = scoresOf(400, { champion: 0.6, candidate: 0.9, rivals: { 8: 0.9 } }).map(
      (score, index) =>
        index < 20
          ? { ...score, rivals: { 8: 0 } }
          : index >= 380
            ? { ...score, rivals: { 8: 1 } }
            : score,
    );
    const found = checkOf(scores);
    assert.equal(found?.outcome, 'pass');
    assert.match(
      found?.reason ?? '',
      /whether training bought more than such a prompt, which is better than without, is not shown; about [\d,]+ samples like these would decide it$/,
    );
  });

  test('that is no better than the champion is not told to be enough, though the candidate is worse', () => {
    const scores = scoresOf(400, { champion: 0.6, candidate: 0.4, rivals: { 2: 0.6, 8: 0.6 } });
    const suite = summariseSuite('holdout', scores, {}, POLICY);
    assert.equal(promptingVerdict(suite, POLICY)?.kind, 'open');
  });

  test('decides nothing: the decision is the same without it', () => {
    const scores = scoresOf(400, { champion: 0.6, candidate: 0.8, rivals: helps });
    const without = scores.map((score) => ({ ...score, rivals: {} }));
    const decisions = [scores, without].map((given) => {
      const suites = [summariseSuite('holdout', given, {}, POLICY)];
      return evaluateGate(suites, POLICY, {}, { prompting: ASKED }).decision;
    });
    assert.deepEqual(decisions, ['promote', 'promote']);
  });

  test('is compared on clean samples that decide alone', () => {
    const scores = scoresOf(100, { champion: 0.5, candidate: 0.5, rivals: { 8: 0.5 } });
    const marked = [
      ...scores,
      pair('dirty', 0, 0, { clean: false, rivals: { 8: 1 } }),
      pair('confirmed', 0, 0, { decisive: false, rivals: { 8: 1 } }),
    ];
    const [found] = summariseSuite('holdout', marked, {}, POLICY).rivals ?? [];
    assert.equal(found?.againstChampion?.count, 100);
    assert.equal(found.againstChampion.difference, 0);
  });

  test('with too many answers missing counts for nothing', () => {
    const scores = scoresOf(400, { champion: 0.6, candidate: 0.8, rivals: helps }).map(
      (score, index) =>
        index % 40 === 0 ? { ...score, rivals: { ...score.rivals, 8: null } } : score,
    );
    const found = checkOf(scores);
    assert.match(
      found?.reason ?? '',
      /^With 2 examples .*training bought more than a prompt with 2 or 32; with 8 examples too many answers are missing$/,
    );
    const suite = summariseSuite('holdout', scores, {}, POLICY);
    assert.deepEqual(
      suite.rivals?.map(({ missing }) => missing),
      [0, 10, 0],
    );
  });

  test('that was refused, or had too few rows, is told as such', () => {
    const none = scoresOf(100, { champion: 0.5, candidate: 0.6, rivals: {} });
    const refused = checkOf(none, { ...ASKED, rows: [], tokens: 0 });
    assert.equal(refused?.outcome, 'warn');
    assert.match(refused?.reason ?? '', /is not known; of 32 examples no row fit the 8,000 tokens/);
    const some = scoresOf(400, { champion: 0.6, candidate: 0.9, rivals: { 2: 0.7 } });
    const limited = checkOf(some, {
      ...ASKED,
      rows: ASKED.rows.slice(0, 11),
      refused: { 8: 'status-400' },
    });
    assert.match(
      limited?.reason ?? '',
      /a prompt with 2; of 32 examples only 11 fit the 8,000 tokens of gate\.prompting; with 8 examples the champion was not let answer \(status-400\)$/,
    );
  });

  test('that was not to be asked is no check', () => {
    const scores = scoresOf(100, { champion: 0.5, candidate: 0.6, rivals: {} });
    const suites = [summariseSuite('holdout', scores, {}, POLICY)];
    assert.equal(suites[0]?.rivals, undefined);
    const { checks } = evaluateGate(suites, POLICY);
    assert.deepEqual(
      checks.map(({ name }) => name),
      ['superiority on holdout'],
    );
  });
});

describe('the best of several prompts', () => {
  test('has the bounds of alpha shared among them', () => {
    const scores = scoresOf(200, {
      champion: 0.5,
      candidate: 0.6,
      rivals: { 1: 0.5, 2: 0.6, 4: 0.7 },
    });
    const [, , third] = rivalResults(scores, 0.05);
    const alone = compare(
      scores.map((score) => ({ ...score, candidate: score.rivals?.['4'] ?? null })),
      0.05 / 3,
    );
    assert.deepEqual(third?.againstChampion, alone);
  });

  test('is told to be enough in at most 5 % of weeks in which none is better than the champion', () => {
    const random = createRandom(11);
    const sizes = ['1', '2', '4', '8'];
    const rounds = 300;
    let corrected = 0;
    let uncorrected = 0;
    for (let round = 0; round < rounds; round += 1) {
      const scores = Array.from({ length: 120 }, (_, index) =>
        pair(`s${index}`, Number(random() < 0.5), 0, {
          rivals: Object.fromEntries(sizes.map((size) => [size, Number(random() < 0.5)])),
        }),
      );
      const suite = summariseSuite('holdout', scores, {}, POLICY);
      if (promptingVerdict(suite, POLICY)?.kind === 'prompting') corrected += 1;
      const rivals = rivalResults(scores, POLICY.alpha * sizes.length);
      const plain = { ...suite, rivals };
      if (promptingVerdict(plain, POLICY)?.kind === 'prompting') uncorrected += 1;
    }
    // Two standard errors of 5 % in 300 rounds are 2.5 points.
    assert.ok(corrected / rounds <= 0.075, `${corrected}`);
    assert.ok(uncorrected / rounds > 0.085, `${uncorrected}`);
  });
});
