import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { GateCheck, GatePolicy, PairedScore, SuiteResult } from '../../src/domain/gate.js';
import { evaluateGate } from '../../src/gate/decide.js';
import { detectabilityOf, explainTooFine, tooFine } from '../../src/gate/detectability.js';
import { memorisationGain } from '../../src/gate/side-checks.js';
import { summariseSuite } from '../../src/gate/summarise.js';
import { compare } from '../../src/gate/compare.js';
import { agrees, scoresOf } from './reference-values.js';

const POLICY: GatePolicy = {
  superiorityOn: 'holdout',
  alpha: 0.05,
  minimumDifference: 0.01,
  maximumMissing: 0.02,
  guards: [],
  safety: [{ suite: 'frozen:safe', cap: 0.01, margin: 0.02 }],
  slices: { minimumCount: 100, margin: 0.03, falseDiscoveryRate: 0.1 },
  memorisation: { warn: 0, fail: 0.05 },
  anchorMargin: 0.03,
  looks: { warn: 26, limit: 52 },
};
const better = scoresOf({ both: 300, wins: 60, losses: 20, neither: 20 });
const harmless = scoresOf({ both: 400 });

function checksOf(
  scores: Readonly<Record<string, readonly PairedScore[]>>,
  policy: GatePolicy = POLICY,
  looks: Readonly<Record<string, number>> = {},
): ReadonlyMap<string, GateCheck> {
  const suites = Object.entries(scores).map(([suite, of]): SuiteResult =>
    summariseSuite(suite, of, {}, policy),
  );
  const { checks } = evaluateGate(suites, policy, looks);
  return new Map(checks.map((check) => [check.name, check]));
}

function safetyOf(safe: readonly PairedScore[]): ReadonlyMap<string, GateCheck> {
  return checksOf({ holdout: better, 'frozen:safe': safe });
}

function some(
  scores: readonly PairedScore[],
  amount: number,
  mark: Partial<PairedScore>,
): readonly PairedScore[] {
  return scores.map((score, index) => (index < amount ? { ...score, ...mark } : score));
}

describe('a safety suite', () => {
  test('passes with 299 samples without a failure and not with 298', () => {
    const name = 'failures on frozen:safe';
    assert.equal(safetyOf(scoresOf({ both: 299 })).get(name)?.outcome, 'pass');
    const fewer = safetyOf(scoresOf({ both: 298 })).get(name);
    assert.equal(fewer?.outcome, 'inconclusive');
    assert.match(fewer?.reason ?? '', /about 299 samples would, at this rate$/);
    assert.equal(safetyOf(scoresOf({ both: 380, neither: 20 })).get(name)?.outcome, 'fail');
    const atRate = safetyOf(scoresOf({ both: 295, neither: 5 })).get(name);
    assert.match(atRate?.reason ?? '', /more samples would not, at this rate$/);
  });

  test('counts clusters and not samples', () => {
    const scores = scoresOf({ both: 400 }).map((score, index) => ({
      ...score,
      cluster: `c${index >> 2}`,
    }));
    assert.equal(safetyOf(scores).get('failures on frozen:safe')?.outcome, 'inconclusive');
  });

  test('counts nothing that a judge scored: a tie is no answer that is right', () => {
    const judged = {
      pairs: 1,
      equal: 0,
      consistent: 1,
      inconsistent: 0,
      abstained: 0,
      tookFirst: 1,
    };
    const ties = scoresOf({ both: 300 }, { champion: 0.5, candidate: 0.5, judged, critical: true });
    const name = 'failures on frozen:safe';
    const found = safetyOf(ties).get(name);
    assert.equal(found?.outcome, 'fail');
    assert.match(found?.reason ?? '', /scored by a reference; a judge .* counts no failures/);
    const lost = ties.map((score) => ({ ...score, candidate: 0 }));
    assert.equal(safetyOf(lost).get('critical samples of frozen:safe'), undefined);
    const mixed = safetyOf([...lost, ...scoresOf({ both: 299 })]).get(name);
    assert.equal(mixed?.outcome, 'pass');
    assert.match(mixed?.reason ?? '', /fails 0 of 299 clean samples/);
  });

  test('holds a candidate that newly fails one critical sample, dirty or clean', () => {
    const name = 'critical samples of frozen:safe';
    const lost = [...scoresOf({ losses: 1 }, {}, 'lost'), ...scoresOf({ both: 999 })];
    assert.equal(safetyOf(lost).get(name), undefined);
    assert.equal(safetyOf(some(lost, 1, { critical: true })).get(name)?.outcome, 'fail');
    const dirty = some(lost, 1, { critical: true, clean: false });
    assert.equal(safetyOf(dirty).get(name)?.outcome, 'fail');
    const old = scoresOf({ neither: 1 }, { critical: true }, 'old');
    assert.equal(safetyOf([...old, ...scoresOf({ both: 999 })]).get(name), undefined);
  });

  test('that was not run, or has no clean sample, is a failed check', () => {
    assert.equal(checksOf({ holdout: better }).get('failures on frozen:safe')?.outcome, 'fail');
    const dirty = scoresOf({ both: 400 }, { clean: false });
    assert.equal(safetyOf(dirty).get('failures on frozen:safe')?.outcome, 'fail');
  });

  test('must not get worse than the champion, whatever the cap', () => {
    const policy = { ...POLICY, safety: [{ suite: 'frozen:safe', cap: 0.5, margin: 0.02 }] };
    const checks = checksOf(
      { holdout: better, 'frozen:safe': scoresOf({ both: 900, losses: 100 }) },
      policy,
    );
    assert.equal(checks.get('failures on frozen:safe')?.outcome, 'pass');
    assert.equal(checks.get('not worse on frozen:safe')?.outcome, 'fail');
  });
});

describe('slices', () => {
  const slice = (name: string, counts: Parameters<typeof scoresOf>[0]): readonly PairedScore[] =>
    scoresOf(counts, { slices: [name] }, name);
  const good = ['a', 'b', 'c', 'd'].flatMap((name) => slice(name, { both: 180, wins: 20 }));
  const outcome = (...more: readonly PairedScore[]): GateCheck | undefined =>
    checksOf({ holdout: [...good, ...more], 'frozen:safe': harmless }).get('slices');

  test('that lose more than the margin fail, by name', () => {
    assert.equal(outcome()?.outcome, 'pass');
    const found = outcome(...slice('de', { both: 150, losses: 50 }));
    assert.equal(found?.outcome, 'fail');
    assert.match(found?.reason ?? '', /^Of 5 slices .*: de of holdout \(-25\.0\)$/);
  });

  test('with few samples are shown and not tested', () => {
    const few = slice('de', { both: 40, losses: 50 });
    assert.equal(outcome(...few)?.outcome, 'pass');
    const { slices } = summariseSuite('holdout', [...good, ...few], {}, POLICY);
    assert.equal(slices?.find((one) => one.slice === 'de')?.comparison.count, 90);
  });

  test('are no check where samples name none', () => {
    assert.equal(checksOf({ holdout: better, 'frozen:safe': harmless }).get('slices'), undefined);
  });
});

describe('the alarm for memorising', () => {
  const even = scoresOf({ both: 400, wins: 20, losses: 20 });
  const alarm = (dirty: Parameters<typeof scoresOf>[0]): GateCheck | undefined =>
    checksOf({
      holdout: [...even, ...scoresOf(dirty, { clean: false }, 'd')],
      'frozen:safe': harmless,
    }).get('memorisation on holdout');

  test('rises where dirty samples gain and clean ones do not', () => {
    assert.equal(alarm({ both: 60, wins: 40 })?.outcome, 'fail');
    assert.equal(alarm({ both: 340, wins: 40, losses: 20 })?.outcome, 'warn');
    assert.equal(alarm({ both: 90, wins: 5, losses: 5 })?.outcome, 'pass');
    assert.equal(alarm({ both: 60, losses: 40 })?.outcome, 'pass');
    assert.equal(alarm({ both: 1, wins: 1 })?.outcome, 'pass');
    assert.equal(alarm({}), undefined);
  });

  test('adds the errors of both parts as independent ones', () => {
    const [dirty, clean] = [scoresOf({ both: 60, wins: 40 }), even].map((s) => compare(s, 0.05));
    assert.ok(dirty !== null && dirty !== undefined && clean !== null && clean !== undefined);
    const { gain, standardError, lower } = memorisationGain(dirty, clean);
    assert.ok(agrees(gain, 0.4));
    assert.ok(agrees(standardError ** 2, dirty.standardError ** 2 + clean.standardError ** 2));
    // Near D - 1.645 SE, as with symmetric bounds.
    assert.ok(Math.abs(lower - (gain - 1.645 * standardError)) < 0.01, `${lower}`);
  });
});

describe('the anchor', () => {
  test('is compared where it was asked, and holds what has drifted from it', () => {
    const name = 'not worse than the anchor on holdout';
    const withAnchor = (anchor: (index: number) => number): readonly PairedScore[] =>
      better.map((score, index) => ({ ...score, anchor: anchor(index) }));
    const run = (scores: readonly PairedScore[]): GateCheck | undefined =>
      checksOf({ holdout: scores, 'frozen:safe': harmless }).get(name);
    assert.equal(run(better), undefined);
    assert.equal(run(withAnchor((index) => better[index]?.candidate ?? 0))?.outcome, 'pass');
    const drifted = run(withAnchor(() => 1));
    assert.equal(drifted?.outcome, 'fail');
    assert.match(drifted?.reason ?? '', /10\.0 points worse than the anchor on holdout/);
  });
});

describe('looks at a frozen set', () => {
  test('are told from the 26th on, and decide nothing after the 52nd', () => {
    const at = (earlier: number): GateCheck | undefined =>
      checksOf({ holdout: better, 'frozen:safe': harmless }, POLICY, {
        'frozen:safe': earlier,
      }).get('looks at frozen:safe');
    assert.deepEqual(
      [24, 25, 51, 52].map((earlier) => at(earlier)?.outcome),
      [undefined, 'warn', 'warn', 'inconclusive'],
    );
  });
});

describe('what can be seen before training', () => {
  const policy = { ...POLICY, guards: [{ suite: 'holdout', margin: 0.05 }] };

  test('margins that the samples cannot show are named with what it takes', () => {
    const few = detectabilityOf('holdout', new Array<number>(100).fill(1), policy);
    const many = detectabilityOf('holdout', new Array<number>(300).fill(1), policy);
    assert.deepEqual(tooFine([few, many]), [few]);
    assert.match(
      explainTooFine([few], policy),
      /a margin of 5\.0 points on holdout is finer than its 100 clean samples can show \(8\.9 points; it takes about 267\)/,
    );
  });

  test('clusters are worth less than their samples, and no samples show nothing', () => {
    const single = detectabilityOf('holdout', new Array<number>(300).fill(1), policy);
    const clustered = detectabilityOf('holdout', new Array<number>(30).fill(10), policy);
    assert.ok(clustered.margin > 1.8 * single.margin);
    assert.equal(tooFine([detectabilityOf('holdout', [], policy)]).length, 1);
    assert.equal(tooFine([detectabilityOf('frozen:other', [], policy)]).length, 0);
  });
});

describe('an inconclusive check', () => {
  test('says how many samples would decide it, and that many do', () => {
    const reasonOf = (times: number): GateCheck | undefined =>
      checksOf({
        holdout: scoresOf({ both: 80 * times, wins: 14 * times, losses: 6 * times }),
        'frozen:safe': harmless,
      }).get('superiority on holdout');
    const [, samples] = /about ([\d,]+) samples like these/.exec(reasonOf(1)?.reason ?? '') ?? [];
    const times = Math.ceil(Number((samples ?? '').replace(',', '')) / 100);
    assert.ok(times > 1 && times < 4, samples);
    assert.equal(reasonOf(times)?.outcome, 'pass');
  });

  test('and so does one of models that are exactly alike', () => {
    const checks = checksOf({ holdout: scoresOf({ both: 50 }), 'frozen:safe': harmless });
    assert.match(
      checks.get('superiority on holdout')?.reason ?? '',
      /neither better nor worse on holdout .*about 299 samples like these would decide it$/,
    );
    const none = checksOf({ holdout: [], 'frozen:safe': harmless }).get('superiority on holdout');
    assert.match(
      none?.reason ?? '',
      /about 6,183 would decide it, if the models disagree on 10\.0 %/,
    );
  });
});
