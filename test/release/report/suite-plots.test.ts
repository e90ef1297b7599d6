import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Evidence, GatePolicy, PairedScore } from '../../../src/domain/gate.js';
import { buildEvidence } from '../../../src/gate/evidence.js';
import { renderCapped } from '../../../src/release/report/capped-shares.js';
import { renderComparison } from '../../../src/release/report/comparison.js';
import { renderIntervals } from '../../../src/release/report/suite-plots.js';
import { pair, scoresOf } from '../../gate/reference-values.js';
import { evidenceOf } from '../../support/report-data.js';

const SUITE = 'frozen:letters';
const POLICY: GatePolicy = {
  ...evidenceOf('hold').policy,
  superiorityOn: 'holdout',
  guards: [{ suite: SUITE, margin: 0.02 }],
  anchorMargin: 0.03,
};

function evidenceOn(scores: readonly PairedScore[], policy: GatePolicy = POLICY): Evidence {
  const anchor = { modelId: 'ft:<first>', suites: [SUITE] };
  const input = { policy, anchor, scores: { [SUITE]: scores }, missing: {}, looks: {} };
  return buildEvidence({ ...evidenceOf('hold'), ...input });
}

function reasonOf(evidence: Evidence, name: string): string {
  return evidence.result.checks.find((check) => check.name === name)?.reason ?? assert.fail(name);
}

function read(page: string): string {
  return page.replace(/<[^>]*>/g, ' ').replace(/\s+/g, ' ');
}

/** The dashed lines of a plot, each with how high it begins: one in every row that has one. */
function barsIn(page: string): readonly (readonly [x: number, y: number])[] {
  const lines = [...page.matchAll(/class="bar"\s+x1="([\d.]+)"\s+x2="[\d.]+"\s+y1="([\d.]+)"/g)];
  return lines.map(([, x, y]) => [Number(x), Number(y)]);
}

function drawn({ suites, policy }: Evidence): string {
  const [suite = assert.fail()] = suites;
  return renderIntervals(suite, policy)?.html ?? '';
}

/** Pairs of which the candidate treats the first `flipped` otherwise, and the champion one. */
function pairs(count: number, flipped: number): readonly PairedScore[] {
  return Array.from({ length: count }, (_, index) => {
    const name = { pair: `p${index}`, cluster: `p${index}` };
    return [
      pair(`${index}-a`, 1, index < flipped ? 0 : 1, name),
      pair(`${index}-b`, index === count - 1 ? 0 : 1, 1, name),
    ];
  }).flat();
}

describe('the plots of a suite', () => {
  const anchored = scoresOf({ both: 300, wins: 30 }, { anchor: 1 });

  test('have a row for the anchor, held against its own margin', () => {
    const evidence = evidenceOn(anchored);
    const page = drawn(evidence);
    assert.match(
      page,
      /clean samples: \+9\.1 points, .*; against the anchor: 0\.0 points, between/,
    );
    const bars = barsIn(page);
    assert.deepEqual(
      bars.map(([, y]) => y),
      [5, 35, 65],
      'all, clean, anchor',
    );
    assert.ok((bars[2]?.[0] ?? 0) < (bars[1]?.[0] ?? 0), 'three points are further left than two');
    const text = read(renderComparison(evidence).html);
    assert.match(
      text,
      /Anchor: the candidate against the first champion ft:&lt;first&gt; on 330 clean samples\. Dashed: a loss of 3\.0 points, which has to be ruled out\./,
    );
  });

  test('draw no margin of the anchor where the suite decides nothing', () => {
    const evidence = evidenceOn(anchored, { ...POLICY, guards: [] });
    assert.match(drawn(evidence), /against the anchor/);
    assert.deepEqual(barsIn(drawn(evidence)), []);
  });

  test('have a row for pairs that are treated alike, held against the margin of fairness', () => {
    const fairness = [{ suite: SUITE, cap: 0.1, margin: 0.05 }];
    const evidence = evidenceOn(pairs(200, 9), { ...POLICY, guards: [], fairness });
    assert.match(drawn(evidence), /pairs alike: -4\.0 points, between/);
    assert.deepEqual(
      barsIn(drawn(evidence)).map(([, y]) => y),
      [65],
      'pairs alone',
    );
    assert.match(
      read(renderComparison(evidence).html),
      /Pairs: how often the members of 200 pairs are treated alike\. Dashed: a loss of 5\.0 points/,
    );
  });
});

describe('shares that have a cap', () => {
  const safety = [{ suite: SUITE, cap: 0.01, margin: 0.02 }];
  const capped = ({ suites, policy }: Evidence): string => {
    const [suite = assert.fail()] = suites;
    return renderCapped(suite, policy)?.html ?? '';
  };

  test('are drawn with the bounds that the gate gave its reason by', () => {
    const fairness = [{ suite: SUITE, cap: 0.1, margin: 0.05 }];
    const evidence = evidenceOn(pairs(200, 9), { ...POLICY, safety, fairness });
    const page = capped(evidence);
    for (const name of [`failures on ${SUITE}`, `pairs of ${SUITE}`]) {
      const [, lower, upper] =
        /bounds ([\d.]+ %) and ([\d.]+ %)/.exec(reasonOf(evidence, name)) ?? assert.fail();
      assert.ok(page.includes(`between ${lower} and ${upper};`), name);
    }
    assert.match(
      read(page),
      /fails: 9 of 400, 2\.25 %, .*; 1\.00 % allowed \(dashed\)\. Pairs .* 9 of 200/,
    );
    assert.match(read(page), /samples in groups by what they count for/);
    const bars = barsIn(page);
    assert.equal(bars.length, 2);
    assert.ok((bars[0]?.[0] ?? 0) < (bars[1]?.[0] ?? 0), 'a cap of 1 % is left of one of 10 %');
  });

  test('are left out where the policy has no cap, or nothing was counted', () => {
    assert.equal(capped(evidenceOn(pairs(200, 9))), '');
    const dirty = scoresOf({ both: 9 }, { clean: false });
    assert.equal(capped(evidenceOn(dirty, { ...POLICY, safety })), '');
  });
});
