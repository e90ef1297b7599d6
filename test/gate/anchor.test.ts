import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { AskedAnchor, GateCheck, GatePolicy, PairedScore } from '../../src/domain/gate.js';
import { anchorCheck } from '../../src/gate/anchor.js';
import { evaluateGate } from '../../src/gate/decide.js';
import { readingsOf } from '../../src/gate/readings.js';
import { summariseSuite } from '../../src/gate/summarise.js';
import { scoresOf } from './reference-values.js';

const GUARD = 'frozen:guard';
const POLICY: GatePolicy = {
  superiorityOn: 'holdout',
  alpha: 0.05,
  minimumDifference: 0.01,
  maximumMissing: 0.02,
  guards: [{ suite: GUARD, margin: 0.02 }],
  memorisation: { warn: 0, fail: 0.05 },
  anchorMargin: 0.03,
};
const ASKED: AskedAnchor = { modelId: 'ft:first', suites: [GUARD] };

function checkOf(
  scores: readonly PairedScore[],
  asked: AskedAnchor | undefined = ASKED,
  policy = POLICY,
): GateCheck | undefined {
  return anchorCheck(summariseSuite(GUARD, scores, {}, policy), policy, asked)[0];
}

/** A week that loses ten of a thousand samples to its champion, and `week` times as many to the anchor. */
function driftedBy(week: number): readonly PairedScore[] {
  const lost = 10 * week;
  return [
    ...scoresOf({ neither: lost - 10, losses: 10 }, { anchor: 1 }, 'lost'),
    ...scoresOf({ both: 1000 - lost }, { anchor: 1 }, 'kept'),
  ];
}

describe('the anchor', () => {
  test('stops a drift of a point a week that every champion lets pass', () => {
    const outcomes = [1, 2, 3, 4].map((week) => {
      const target = scoresOf({ both: 300, wins: 60, losses: 20 });
      const suites = [
        summariseSuite('holdout', target, {}, POLICY),
        summariseSuite(GUARD, driftedBy(week), {}, POLICY),
      ];
      const { decision, checks } = evaluateGate(suites, POLICY, {}, { anchor: ASKED });
      const outcomeOf = (name: string): string | undefined =>
        checks.find((check) => check.name === name)?.outcome;
      return [
        decision,
        outcomeOf(`not worse on ${GUARD}`),
        outcomeOf(`not worse than the anchor on ${GUARD}`),
      ];
    });
    assert.deepEqual(outcomes, [
      ['promote', 'pass', 'pass'],
      ['promote', 'pass', 'pass'],
      ['inconclusive', 'pass', 'inconclusive'],
      ['hold', 'pass', 'fail'],
    ]);
  });

  test('that was to answer and did not is a failed check that says what to do', () => {
    const scores = scoresOf({ both: 1000 });
    const found = checkOf(scores, { ...ASKED, refused: { [GUARD]: 'status-404' } });
    assert.equal(found?.outcome, 'fail');
    assert.match(
      found?.reason ?? '',
      /^The anchor ft:first answered none of the clean samples of frozen:guard \(status-404\): .*gate\.anchor: off .*a failed check$/,
    );
    const silent = scores.map((score) => ({ ...score, anchor: null }));
    assert.equal(checkOf(silent)?.outcome, 'fail');
    assert.deepEqual(anchorCheck(summariseSuite(GUARD, scores, {}, POLICY), POLICY), []);
    assert.equal(checkOf(scores, { ...ASKED, suites: ['holdout'] }), undefined);
  });

  test('that leaves more than the allowed share unanswered decides nothing', () => {
    const scores = scoresOf({ both: 1000 }, { anchor: 1 });
    const missing = (amount: number): readonly PairedScore[] =>
      scores.map((score, index) => (index < amount ? { ...score, anchor: null } : score));
    assert.equal(checkOf(missing(20))?.outcome, 'pass');
    const found = checkOf(missing(21));
    assert.equal(found?.outcome, 'inconclusive');
    assert.match(found?.reason ?? '', /answered 979 of 1000 clean samples/);
  });

  test('is held against no finer margin than a week is on the same suite', () => {
    const wide = { ...POLICY, guards: [{ suite: GUARD, margin: 0.2 }] };
    assert.equal(checkOf(driftedBy(4), ASKED, wide)?.outcome, 'pass');
    assert.equal(checkOf(driftedBy(4))?.outcome, 'fail');
  });

  test('is asked of clean samples; what leaked to it alone is no sign of another model’s memory', () => {
    const leaked = scoresOf({ wins: 50 }, { clean: false, dirtyFor: 'anchor', anchor: 1 }, 'l');
    const scores = [...scoresOf({ both: 400, neither: 100 }, { anchor: 1 }), ...leaked];
    const suite = summariseSuite(GUARD, scores, {}, POLICY);
    assert.equal(suite.anchor?.count, 500);
    assert.equal(suite.clean?.count, 500);
    assert.equal(suite.dirtyCount, 50);
    assert.equal(suite.dirty, null);
    assert.equal(readingsOf(scores, 0.05), null);
  });
});
