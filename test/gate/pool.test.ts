import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { fc } from '../support/properties.js';
import type { Evidence, GateCheck, GatePolicy, PairedScore } from '../../src/domain/gate.js';
import { canonicalJson } from '../../src/domain/json.js';
import { type HoldoutPool, POOLED_SUITE, windowsText } from '../../src/domain/pool.js';
import { planOf } from '../../src/gate/detectability.js';
import { buildEvidence, evidenceDigest, recomputeDecision } from '../../src/gate/evidence.js';
import { clustersBySize, poolStanding } from '../../src/gate/pool.js';
import { powerPlan } from '../../src/gate/power-plan.js';
import { powerOf, samplesForDifference } from '../../src/gate/power.js';
import { scoresOf } from './reference-values.js';

const POLICY: GatePolicy = {
  superiorityOn: POOLED_SUITE,
  pool: { windows: 8, difference: 0.05 },
  alpha: 0.05,
  minimumDifference: 0.01,
  maximumMissing: 0.02,
  guards: [],
};

function poolOf(
  sizes: readonly number[],
  changes: Partial<HoldoutPool> = {},
  policy = POLICY,
): HoldoutPool {
  const samples = sizes.flatMap((size, at) =>
    new Array<{ cluster: string }>(size).fill({ cluster: `c${at}` }),
  );
  const half = Math.floor(samples.length / 2);
  const windows = [
    { window: '2026-W01', samples: half + 3, clean: half },
    { window: '2026-W02', samples: samples.length - half, clean: samples.length - half },
  ];
  const clusters = clustersBySize(samples);
  const standing = poolStanding({ clusters }, policy);
  return { span: 2, windows, clusters, leftOut: {}, ...standing, ...changes };
}

const singles = (count: number): readonly number[] => new Array<number>(count).fill(1);

function evidenceOf(
  pool: HoldoutPool | undefined,
  scores: readonly PairedScore[] | null,
  policy: GatePolicy = POLICY,
): Evidence {
  return buildEvidence({
    model: 'triage',
    window: '2026-W02',
    release: 'r'.repeat(64),
    champion: { modelId: 'ft:one', version: 1 },
    candidate: 'ft:two',
    policy,
    scores: scores === null ? {} : { [POOLED_SUITE]: scores },
    missing: {},
    lineageKnown: true,
    ...(pool !== undefined && { pool }),
  });
}

function superiority({ result }: Evidence): GateCheck {
  return result.checks[0] ?? assert.fail('no check');
}

describe('a pool of holdouts', () => {
  test('is enough from the size on at which the planned power is there, whatever its clusters', () => {
    const cluster = fc.integer({ min: 1, max: 6 });
    fc.assert(
      fc.property(fc.array(cluster, { maxLength: 250 }), (sizes) => {
        const standing = poolStanding(poolOf(sizes), POLICY);
        const power = powerOf(planOf(sizes, POLICY), 0.05);
        const count = sizes.reduce((sum, size) => sum + size, 0);
        assert.equal(standing.isEnough, power >= 0.8);
        assert.ok(standing.isEnough ? standing.wanted === count : (standing.wanted ?? 0) > count);
      }),
      { numRuns: 60 },
    );
  });

  test('of single samples takes 268 of them for five points at a tenth of discordant pairs', () => {
    assert.equal(poolStanding(poolOf(singles(267)), POLICY).isEnough, false);
    const enough = poolStanding(poolOf(singles(268)), POLICY);
    assert.deepEqual([enough.isEnough, enough.wanted], [true, 268]);
    assert.equal(poolStanding(poolOf([]), POLICY).wanted, 268);
    const clustered = poolStanding(poolOf(new Array<number>(134).fill(2)), POLICY);
    assert.equal(clustered.isEnough, false);
    assert.ok((clustered.wanted ?? 0) > 300);
  });

  test('is said how many samples it takes, which are the fewest that have the power', () => {
    fc.assert(
      fc.property(
        fc.double({ min: 0.05, max: 0.5, noNaN: true }),
        fc.double({ min: 0.03, max: 0.3, noNaN: true }),
        fc.integer({ min: 1, max: 8 }),
        (discordance, difference, size) => {
          const assumed = { discordance, correlation: 0.3, alpha: 0.05 };
          const own = powerPlan(new Array<number>(40).fill(size), assumed);
          const wanted = samplesForDifference(own, difference) ?? assert.fail();
          const power = (count: number): number =>
            powerOf(
              { ...own, count, clusterCount: Math.max(1, Math.round(count / size)) },
              difference,
            );
          assert.ok(power(wanted) >= 0.8);
          assert.ok(power(wanted - 1) < 0.8);
        },
      ),
      { numRuns: 40 },
    );
    assert.equal(samplesForDifference(planOf([], POLICY), 0), null);
  });
});

test('a pool that is enough can promote: a candidate that wins every sample of it is promoted', () => {
  const enough: number[] = [];
  for (const alpha of [0.05, 0.025, 0.01, 0.001]) {
    for (const difference of [0.3, 0.5]) {
      const policy = { ...POLICY, alpha, pool: { windows: 8, difference } };
      for (let clusterCount = 2; clusterCount <= 12; clusterCount += 1) {
        const sizes = new Array<number>(clusterCount).fill(30);
        const pool = poolOf(sizes, {}, policy);
        if (!pool.isEnough) continue;
        enough.push(clusterCount);
        const won = sizes.flatMap((size, at) =>
          scoresOf({ wins: size }, { cluster: `c${at}` }, `c${at}-`),
        );
        const { result } = evidenceOf(pool, won, policy);
        assert.equal(result.decision, 'promote', `${clusterCount} clusters at ${alpha}`);
      }
    }
  }
  assert.equal(Math.min(...enough), 5);
});

test('a pool of few clusters is said to want as many as can tell anything', () => {
  const policy = { ...POLICY, pool: { windows: 8, difference: 0.5 } };
  const { isEnough, wanted } = poolStanding(poolOf([20, 20, 20, 20]), policy);
  assert.deepEqual([isEnough, wanted], [false, 90]);
});

describe('superiority on pooled holdouts', () => {
  const better = scoresOf({ both: 180, wins: 80, losses: 20 });

  test('is inconclusive while the pool is too small, and says what is collected and what would do', () => {
    const evidence = evidenceOf(poolOf(singles(120), { leftOut: { used: 7, seen: 2 } }), null);
    const check = superiority(evidence);
    assert.equal(evidence.result.decision, 'inconclusive');
    assert.equal(
      check.reason,
      'Not looked at: 120 clean samples of fresh holdouts are collected, from 2026-W01 (60) and 2026-W02 (60), and ' +
        'about 268 would show a difference of 5.0 points; until then no model is asked them, and they stay for later ' +
        'windows; 7 more were looked at by an earlier decision',
    );
    const widest = superiority(evidenceOf(poolOf(singles(120), { span: 8 }), null));
    assert.match(widest.reason, /reaches over the 8 windows allowed \(gate\.pool\.windows\)/);
  });

  test('says which samples stand in its way, where one cluster has many of them', () => {
    const reasonOf = (sizes: readonly number[]): string =>
      superiority(evidenceOf(poolOf(sizes), null)).reason;
    const large = reasonOf([100, ...singles(268)]);
    assert.match(large, /368 clean samples .* about 2,189 would show/);
    assert.match(
      large,
      /; 100 of them are in one cluster \(near-copies, or members of one group\) and tell little .*: without them fewer would/,
    );
    assert.match(
      reasonOf([40, 50, ...singles(100)]),
      /; 90 of them are in 2 clusters \(near-copies/,
    );
    // Without them it is enough, indeed; and neither a few in a small pool nor many small ones are worth a word.
    assert.ok(poolOf(singles(268)).isEnough);
    for (const sizes of [singles(200), [9, ...singles(20)], new Array<number>(20).fill(10)]) {
      assert.doesNotMatch(reasonOf(sizes), /near-copies/);
    }
  });

  test('does not rest on scores that stand beside a pool that is too small', () => {
    const evidence = evidenceOf(poolOf(singles(120)), better);
    assert.equal(superiority(evidence).outcome, 'inconclusive');
    assert.match(superiority(evidence).reason, /^Not looked at/);
  });

  test('is decided like on any other suite once it is enough, and names the windows', () => {
    const evidence = evidenceOf(poolOf(singles(280)), better);
    assert.equal(evidence.result.decision, 'promote');
    const { name, reason } = superiority(evidence);
    assert.equal(name, 'superiority on pooled-holdout');
    assert.match(
      reason,
      /^The candidate is 21\.4 points better on pooled-holdout \(clean, n = 280.*; pooled from 2026-W01 \(140\) and 2026-W02 \(140\), once$/,
    );
    const even = evidenceOf(poolOf(singles(280)), scoresOf({ both: 240, wins: 20, losses: 20 }));
    assert.equal(even.result.decision, 'inconclusive');
    const worse = evidenceOf(poolOf(singles(280)), scoresOf({ both: 180, wins: 20, losses: 80 }));
    assert.equal(worse.result.decision, 'hold');
  });

  test('fails where it could not run: without a pool, without its suite, without any answer', () => {
    const { pool, ...unsaid } = POLICY;
    assert.ok(pool);
    const silent = better.map((score) => ({ ...score, champion: null, candidate: null }));
    for (const evidence of [
      evidenceOf(undefined, better),
      evidenceOf(poolOf(singles(280)), better, unsaid),
      evidenceOf(poolOf(singles(280)), null),
      evidenceOf(poolOf(singles(280)), silent),
    ]) {
      assert.equal(evidence.result.decision, 'hold');
      assert.match(superiority(evidence).reason, /a check that could not run is a failed check/);
    }
  });

  test('waits where the models were not asked, though the pool is enough by now', () => {
    const evidence = evidenceOf(poolOf(singles(280), { isUnasked: true }), null);
    assert.equal(superiority(evidence).outcome, 'inconclusive');
  });

  test('stands as it was decided, whatever a later plan says of its clusters', () => {
    const few = scoresOf({ both: 80, wins: 40 });
    const decided = evidenceOf(poolOf(singles(120), { isEnough: true, wanted: 120 }), few);
    assert.equal(decided.result.decision, 'promote');
    const waiting = poolOf(singles(280), { isEnough: false, wanted: 300 });
    for (const evidence of [decided, evidenceOf(waiting, null)]) {
      const back = JSON.parse(canonicalJson(evidence)) as Evidence;
      assert.deepEqual(recomputeDecision(back), evidence.result);
    }
    assert.match(superiority(evidenceOf(waiting, null)).reason, /and about 300 would show/);
  });

  test('rests on the clusters that its pool names, by the clean samples that may decide', () => {
    const pool = poolOf(singles(280));
    const others = scoresOf({ wins: 9 }, { clean: false }, 'dirty').concat(
      scoresOf({ wins: 9 }, { decisive: false }, 'shown'),
    );
    assert.equal(evidenceOf(pool, [...better, ...others]).result.decision, 'promote');
    const together = better.map((score, at) => (at < 2 ? { ...score, cluster: 'one' } : score));
    for (const scores of [
      better.slice(1),
      [...better, ...scoresOf({ wins: 1 }, {}, 'more')],
      together,
    ]) {
      assert.throws(() => evidenceOf(pool, scores), {
        name: 'InvariantError',
        message: /names other clusters than those that are scored: 280 of 1 and 2\d\d of 1/,
      });
      const stored = { ...evidenceOf(pool, better), scores: { [POOLED_SUITE]: scores } };
      assert.throws(() => recomputeDecision(stored), { name: 'InvariantError' });
    }
    assert.equal(evidenceOf(poolOf(singles(120)), better).result.decision, 'inconclusive');
  });

  test('recomputes to the same decision and digest after it was stored', () => {
    for (const evidence of [
      evidenceOf(poolOf(singles(120)), null),
      evidenceOf(poolOf(singles(280)), better),
    ]) {
      const back = JSON.parse(canonicalJson(evidence)) as Evidence;
      assert.deepEqual(recomputeDecision(back), evidence.result);
      assert.equal(evidenceDigest(back), evidenceDigest(evidence));
      const { pool, ...without } = back;
      assert.ok(pool);
      assert.equal(recomputeDecision(without).decision, 'hold');
    }
  });
});

test('windows are told by their clean samples', () => {
  const of = (...names: readonly string[]): string =>
    windowsText(names.map((window, at) => ({ window, samples: 9, clean: at })));
  assert.equal(of(), 'no window');
  assert.equal(of('a'), 'a (0)');
  assert.equal(of('a', 'b', 'c'), 'a (0), b (1) and c (2)');
});
