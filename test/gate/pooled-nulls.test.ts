import assert from 'node:assert/strict';
import { test } from 'node:test';
import { seededRandom } from '../../src/demo/seeded-random.js';
import type { GatePolicy } from '../../src/domain/gate.js';
import { POOLED_SUITE } from '../../src/domain/pool.js';
import { simulateNullWeeks } from '../bench/pooled-nulls.js';

const POLICY: GatePolicy = {
  superiorityOn: POOLED_SUITE,
  pool: { windows: 104, difference: 0.15 },
  alpha: 0.05,
  minimumDifference: 0.01,
  maximumMissing: 0.02,
  guards: [],
  assumedDiscordance: 0.3,
};

test('equal models are promoted in at most 6 % of pools, and in more where each week looks at what is collected', (t) => {
  const rates = simulateNullWeeks(
    { weeks: 4000, clusters: [8, 20], largest: 1, discordance: 0.3, shared: 0, alike: 0.9 },
    POLICY,
    seededRandom(11),
  );
  t.diagnostic(JSON.stringify(rates));
  assert.ok(rates.pools > 500);
  assert.ok(rates.promoted / rates.pools <= 0.06);
  assert.ok(rates.promoted / rates.pools >= 0.02);
  assert.ok(rates.peeked / rates.pools > 0.08);
});
