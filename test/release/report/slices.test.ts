import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Evidence, GatePolicy, PairedScore } from '../../../src/domain/gate.js';
import { buildEvidence } from '../../../src/gate/evidence.js';
import { renderReport } from '../../../src/release/report.js';
import { renderSlices, standingSlices } from '../../../src/release/report/slices.js';
import { scoresOf } from '../../gate/reference-values.js';
import { evidenceOf, reportData } from '../../support/report-data.js';

const SUITE = 'frozen:letters';
const POLICY: GatePolicy = {
  ...evidenceOf('hold').policy,
  superiorityOn: SUITE,
  guards: [],
  slices: { minimumCount: 100, margin: 0.03, falseDiscoveryRate: 0.1 },
};

/** A slice of which so many samples are right by both models, and so many are lost. */
function slice(name: string, both: number, losses: number): readonly PairedScore[] {
  return scoresOf({ both, losses }, { slices: [name] }, `${name}-`);
}

function evidenceOn(scores: readonly PairedScore[], policy: GatePolicy = POLICY): Evidence {
  const suites = { scores: { [SUITE]: scores, other: scores }, missing: {}, looks: {} };
  return buildEvidence({ ...evidenceOf('hold'), policy, ...suites });
}

function shown(evidence: Evidence, suite = SUITE): string {
  const found = evidence.suites.find((one) => one.suite === suite) ?? assert.fail();
  return renderSlices(found, evidence)?.html ?? '';
}

function read(page: string): string {
  return page.replace(/<[^>]*>/g, ' ').replace(/\s+/g, ' ');
}

const THREE = [...slice('few', 50, 9), ...slice('bad', 150, 50), ...slice('good', 199, 1)];

describe("a suite's slices", () => {
  test('stand by name, count and difference with bounds, and by what the gate made of each', () => {
    const text = read(shown(evidenceOn(THREE)));
    assert.match(text, /^ 3 slices: 2 tested, 1 failed /);
    assert.match(text, /bad 200 -25\.0 -30\.\d and -20\.\d ✗ failed few 59 -15\.3 .* only shown/);
    // One sample that was lost says less than a hundred of which a few were.
    const single = read(shown(evidenceOn([...THREE, ...slice('single', 0, 1)])));
    assert.match(single, /bad 200 .* few 59 .* good 200 .* single 1 -100\.0/);
    assert.match(text, /good 200 -0\.5 -\d\.\d and \+?\d\.\d ✓ passed/);
    assert.match(
      text,
      /at least 100 clean samples: .* more than 3\.0 points \(dashed\), with at most 10\.0 %/,
    );
  });

  test('fail as the check of all of them does, over the suites that decide', () => {
    const evidence = evidenceOn(THREE);
    const reason = evidence.result.checks.find(({ name }) => name === 'slices')?.reason;
    assert.match(reason ?? '', /^Of 2 slices .*: bad of frozen:letters \(-25\.0\)$/);
    const standings = (suite: string): readonly string[] => {
      const found = evidence.suites.find((one) => one.suite === suite) ?? assert.fail();
      return standingSlices(found, evidence).map((one) => `${one.slice} ${one.standing}`);
    };
    assert.deepEqual(standings(SUITE), ['bad fail', 'few shown', 'good pass']);
    // The gate holds no slices of a suite against anything that decides nothing.
    assert.deepEqual(standings('other'), ['bad shown', 'few shown', 'good shown']);
    assert.match(read(shown(evidence, 'other')), /^ 3 slices, only shown .*Only shown: tested are/);
  });

  test('beyond twenty are counted, the better ones; what failed is never left out', () => {
    const names = Array.from({ length: 26 }, (_, index) => `s${String(index).padStart(2, '0')}`);
    const page = shown(evidenceOn(names.flatMap((name, index) => slice(name, 60, index))));
    assert.equal(page.match(/<th scope="row">/g)?.length, 20);
    assert.match(read(page), /s25 85 .* s06 66 .* And 6 slices more, less surely worse, 0 of them/);
    assert.doesNotMatch(read(page), /s05/);
    const failed = shown(evidenceOn(names.flatMap((name) => slice(name, 70, 30))));
    assert.equal(failed.match(/✗ failed/g)?.length, 26);
  });

  test('are drawn on one axis, worse to the left, and their bounds end where the axis does', () => {
    const page = shown(evidenceOn([...THREE, ...slice('single', 1, 1)]));
    const row = (name: string): string => page.split('<tr').find((tr) => tr.includes(name)) ?? '';
    const dot = (name: string): number => Number(/cx="([\d.]+)"/.exec(row(name))?.[1]);
    assert.ok(dot('bad') < dot('few') && dot('few') < dot('good'));
    const ends = (name: string): number => row(name).match(/y1="6"/g)?.length ?? 0;
    assert.deepEqual([ends('bad'), ends('good'), ends('single')], [2, 2, 0]);
    for (const [, x] of page.matchAll(/ (?:x1|x2|cx)="([\d.-]+)"/g)) {
      assert.ok(Number(x) >= 0 && Number(x) <= 200, x);
    }
  });

  test('stand in the report, their names escaped; a suite without any says nothing of them', () => {
    const evidence = evidenceOn(slice('<img src=x>', 150, 2));
    const page = renderReport({ ...reportData(), evidence });
    assert.match(page, /<th scope="row">&lt;img src=x&gt;<\/th>/);
    assert.doesNotMatch(page, /<img/);
    assert.equal(shown(evidenceOn(scoresOf({ both: 100 }))), '');
  });

  test('are only shown where the policy of older evidence has no rule for them', () => {
    const { slices, ...policy } = POLICY;
    assert.ok(slices);
    assert.match(read(shown(evidenceOn(THREE, policy))), /Only shown: the policy has no rule/);
  });
});
