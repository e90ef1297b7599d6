import assert from 'node:assert/strict';
import { test } from 'node:test';
import { decideBetween, trainOn, unchangedWeek } from '../support/unchanged-week.js';

test('a candidate of the same rows and the same seed is exactly as good, and the gate is inconclusive', async () => {
  const week = await unchangedWeek();
  const { result, suites } = decideBetween(week, trainOn(week, 3), trainOn(week, 3));
  assert.equal(result.decision, 'inconclusive');
  assert.equal(suites.length, 2);
  for (const { suite, clean } of suites) {
    assert.ok(clean !== null, suite);
    const { difference, lower, upper, wins, losses } = clean;
    assert.deepEqual([difference, wins, losses], [0, 0, 0]);
    assert.ok(lower < 0 && upper > 0, suite);
    for (const value of Object.values(clean)) {
      assert.ok(typeof value !== 'number' || Number.isFinite(value), suite);
    }
  }
  for (const { reason } of result.checks) assert.doesNotMatch(reason, /NaN|Infinity/);
});

test('candidates of the same rows and other seeds are not promoted', async (t) => {
  const week = await unchangedWeek();
  const champion = trainOn(week, 0);
  const decisions = Array.from(
    { length: 5 },
    (_, index) => decideBetween(week, champion, trainOn(week, index + 1)).result.decision,
  );
  t.diagnostic(decisions.join(', '));
  // At a rate of one in ten, three of five have a chance of one in a hundred.
  assert.ok(decisions.filter((decision) => decision === 'promote').length <= 2);
});
