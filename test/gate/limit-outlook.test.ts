import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Evidence, GatePolicy } from '../../src/domain/gate.js';
import type { AnswerUsage, LimitPolicy, UsagePair } from '../../src/domain/usage.js';
import { buildEvidence, recomputeDecision } from '../../src/gate/evidence.js';
import { limitOutlooks } from '../../src/gate/limit-outlook.js';
import { summariseUsage } from '../../src/gate/usage.js';
import { renderComparison } from '../../src/release/report/comparison.js';
import { createRandom, type Random } from '../support/random.js';
import { scoresOf } from './reference-values.js';

const ALPHA = 0.05;
const POLICY: GatePolicy = {
  superiorityOn: 'holdout',
  alpha: ALPHA,
  minimumDifference: 0.01,
  maximumMissing: 0.02,
  guards: [],
};

function normal(random: Random): number {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}

/** So many answers of both models, in groups of `perCluster` that are long or short together. */
function drawn(random: Random, count: number, perCluster = 1): UsagePair[] {
  const groups = Array.from({ length: Math.ceil(count / perCluster) }, () => 20 * normal(random));
  return Array.from({ length: count }, (_, index) => {
    const group = Math.floor(index / perCluster);
    const own = (): AnswerUsage => ({
      latencyMs: 100 * Math.exp(0.5 * normal(random)),
      day: '2026-11-27',
      promptTokens: Math.round(150 + (groups[group] ?? 0) + 40 * normal(random)),
      completionTokens: 10,
    });
    return { sampleId: `s${index}`, cluster: `c${group}`, champion: own(), candidate: own() };
  });
}

function evidenceOf(
  usage: readonly UsagePair[],
  limits: LimitPolicy,
  count = usage.length,
): Evidence {
  const evidence = buildEvidence({
    model: 'triage',
    window: '2026-W48',
    release: 'r'.repeat(64),
    champion: { modelId: 'one', version: 1 },
    candidate: 'two',
    policy: { ...POLICY, limits },
    scores: { holdout: scoresOf({ both: count }), other: scoresOf({ both: count }) },
    missing: {},
    lineageKnown: true,
    usage: { holdout: usage, other: usage },
    prices: { champion: { prompt: 1, completion: 1 }, candidate: { prompt: 1, completion: 1 } },
  });
  assert.deepEqual(recomputeDecision(evidence), evidence.result);
  return evidence;
}

function wantedBy(evidence: Evidence, name: string): number {
  const text = limitOutlooks(evidence).get(name) ?? '';
  const [, amount = ''] = /^About ([\d,]+) answers like these/.exec(text) ?? [];
  return Number(amount.replaceAll(',', ''));
}

/** How often so many answers, drawn in their groups from these, keep a limit. */
function shareKept(
  pairs: readonly UsagePair[],
  amount: number,
  isKept: (summary: NonNullable<ReturnType<typeof summariseUsage>>) => boolean,
): number {
  const random = createRandom(5);
  const groups = new Set(pairs.map(({ cluster }) => cluster));
  const members = [...groups].map((name) => pairs.filter(({ cluster }) => cluster === name));
  const draws = 150;
  let kept = 0;
  for (let draw = 0; draw < draws; draw += 1) {
    const sample: UsagePair[] = [];
    for (let group = 0; sample.length < amount; group += 1) {
      const one = members[Math.floor(random() * members.length)] ?? [];
      sample.push(...one.map((pair) => ({ ...pair, cluster: `g${group}` })));
    }
    if (isKept(summariseUsage(sample, ALPHA) ?? assert.fail())) kept += 1;
  }
  return kept / draws;
}

describe('what would decide a limit that is left open', () => {
  const pairs = drawn(createRandom(9), 400, 4);
  const summary = summariseUsage(pairs, ALPHA) ?? assert.fail();
  const above = (ratio: number, bound: number | null): number =>
    ratio + 0.5 * ((bound ?? assert.fail()) - ratio);

  test('is about as many answers as keep it four times of five, of tokens', () => {
    const { ratio, upper } = summary.tokens;
    const tokens = above(ratio, upper);
    const wanted = wantedBy(evidenceOf(pairs, { tokens }), 'tokens on holdout');
    // Half the reach: four times as many for the bound to be there, 2.3 of those for a power of 0.8.
    assert.ok(wanted > 3300 && wanted < 4000, String(wanted));
    const kept = shareKept(pairs, wanted, (drawn) => (drawn.tokens.upper ?? 9) <= tokens);
    assert.ok(kept > 0.7 && kept < 0.9, String(kept));
  });

  test('is about as many answers as keep it four times of five, of latency, roughly', () => {
    const { ratio, upper } = summary.latencyP95;
    const latencyP95 = above(ratio, upper);
    const wanted = wantedBy(evidenceOf(pairs, { latencyP95 }), 'latency on holdout');
    assert.ok(wanted > 2500 && wanted < 5000, String(wanted));
    const kept = shareKept(pairs, wanted, (drawn) => (drawn.latencyP95.upper ?? 9) <= latencyP95);
    assert.ok(kept > 0.6 && kept < 0.97, String(kept));
  });

  test('is told of every limit, in groups of answers, and of limits that seem to be broken, too', () => {
    const { ratio, lower } = summary.tokens;
    const tokens = above(ratio, lower);
    const evidence = evidenceOf(pairs, { tokens, cost: tokens, latencyP95: 0.01 });
    assert.deepEqual([...limitOutlooks(evidence).keys()], ['tokens on holdout', 'cost on holdout']);
    assert.match(
      limitOutlooks(evidence).get('cost on holdout') ?? '',
      /^About 3,\d\d\d answers like these in 9\d\d groups would decide it, at this ratio\.$/,
    );
  });

  test('is no number where the ratio is the limit', () => {
    const evidence = evidenceOf(pairs, { tokens: summary.tokens.ratio });
    assert.match(limitOutlooks(evidence).get('tokens on holdout') ?? '', /^No number of answers/);
  });

  test('is 59 answers at least for the slowest of twenty, and more groups than one for means', () => {
    const few = pairs.slice(0, 58).map((pair) => ({ ...pair, cluster: 'one' }));
    const outlooks = limitOutlooks(evidenceOf(few, { latencyP95: 5, tokens: 5 }));
    assert.equal(
      outlooks.get('latency on holdout'),
      'It takes at least 59 answers to have a bound.',
    );
    assert.match(outlooks.get('tokens on holdout') ?? '', /have no bound, however many/);
  });

  test('is not told where answers that were not measured leave it open', () => {
    const { ratio, upper } = summary.tokens;
    const limits = { tokens: above(ratio, upper) };
    assert.equal(limitOutlooks(evidenceOf(pairs, limits, 408)).size, 1);
    const unmeasured = evidenceOf(pairs, limits, 409);
    assert.equal(limitOutlooks(unmeasured).size, 0);
    const check = unmeasured.result.checks.find(({ name }) => name === 'tokens on holdout');
    assert.match(check?.reason ?? '', /^Both models' answers to 400 of 409 samples/);
  });

  test('stands beside the reason in the report and not in it, which stored evidence recomputes', () => {
    const { ratio, upper } = summary.tokens;
    const evidence = evidenceOf(pairs, { tokens: above(ratio, upper) });
    const check = evidence.result.checks.find(({ name }) => name === 'tokens on holdout');
    assert.match(check?.reason ?? '', /times allowed is not ruled out$/);
    assert.match(
      renderComparison(evidence).html,
      /times allowed is not ruled out\. About 3,\d{3} answers like these in \d{3} groups would decide it/,
    );
  });
});
