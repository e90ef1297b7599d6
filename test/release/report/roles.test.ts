import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Evidence, GatePolicy } from '../../../src/domain/gate.js';
import { renderComparison } from '../../../src/release/report/comparison.js';
import { barsOf, explainBars, rolesOf } from '../../../src/release/report/roles.js';
import { evidenceOf } from '../../support/report-data.js';

const SUITE = 'frozen:triage-2026';
const BASE: GatePolicy = { ...evidenceOf('hold').policy, superiorityOn: 'holdout', guards: [] };
const safety = [{ suite: SUITE, cap: 0.01, margin: 0.03 }];
const fairness = [{ suite: SUITE, cap: 0.05, margin: 0.04 }];

/** What the page says of the first suite, which is `SUITE`. */
function shown(policy: GatePolicy): { readonly roles: readonly string[]; readonly html: string } {
  const evidence: Evidence = { ...evidenceOf('hold'), policy };
  const [, html = ''] = renderComparison(evidence).html.split('<div class="suite">');
  const roles = [...html.matchAll(/<span class="role">([^<]*)</g)];
  return { roles: roles.map((role) => role[1] ?? ''), html };
}

describe('what a suite is there for', () => {
  test('is told by every role that the policy gives it, and only shown is what has none', () => {
    assert.deepEqual(shown(BASE).roles, ['shown only']);
    assert.deepEqual(shown({ ...BASE, safety }).roles, ['failures have a limit']);
    assert.deepEqual(shown({ ...BASE, fairness }).roles, ['pairs are to be treated alike']);
    const all = { ...BASE, superiorityOn: SUITE, guards: [{ suite: SUITE, margin: 0.02 }] };
    assert.deepEqual(shown({ ...all, safety, fairness }).roles, [
      'decides',
      'must not get worse',
      'failures have a limit',
      'pairs are to be treated alike',
    ]);
  });

  test('is that of any window where the policy names the holdout', () => {
    assert.deepEqual(rolesOf('holdout:2026-W09', BASE), ['superiority']);
    assert.deepEqual(rolesOf('frozen:holdout', BASE), []);
  });

  test('draws the line that decides: of safety its margin, of pairs none in the scores', () => {
    const lines = (policy: GatePolicy): number =>
      shown(policy).html.match(/<line\s+class="bar"/g)?.length ?? 0;
    assert.equal(lines(BASE), 0);
    assert.equal(lines({ ...BASE, fairness }), 0);
    assert.equal(lines({ ...BASE, safety }), 2, 'across all and clean');
    assert.match(
      shown({ ...BASE, safety }).html,
      /Dashed: a loss of 3\.0 points, which has to be ruled out\./,
    );
  });

  test('draws each line once, and none at zero, where there is one already', () => {
    const guards = [
      { suite: SUITE, margin: 0.03 },
      { suite: SUITE, margin: 0.02 },
    ];
    const policy = { ...BASE, superiorityOn: SUITE, guards, safety };
    assert.deepEqual(barsOf(SUITE, policy), [-0.03, -0.02, 0.01]);
    assert.deepEqual(barsOf(SUITE, { ...BASE, superiorityOn: SUITE, minimumDifference: 0 }), []);
    assert.deepEqual(explainBars([-0.03, 0.01]), [
      'Dashed: a loss of 3.0 points, which has to be ruled out, and the +1.0 that the gate asks for.',
    ]);
  });
});
