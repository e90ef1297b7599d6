import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { fc } from '../support/properties.js';
import type { Evidence, PairedScore } from '../../src/domain/gate.js';
import { canonicalJson } from '../../src/domain/json.js';
import { seededRandom } from '../../src/demo/seeded-random.js';
import { buildEvidence, evidenceDigest, recomputeDecision } from '../../src/gate/evidence.js';
import { equalSizes, simulateScores, type SimulatedDesign } from '../bench/gate-simulation.js';
import { repositoryRoot } from '../support/paths.js';
import { pair, scoresOf } from './reference-values.js';

function evidenceOf(scores: Readonly<Record<string, readonly PairedScore[]>>): Evidence {
  return buildEvidence({
    model: 'triage',
    window: '2002-W33',
    release: 'r'.repeat(64),
    champion: { modelId: 'ft:one', version: 1 },
    candidate: 'ft:two',
    policy: {
      superiorityOn: 'frozen:mail',
      alpha: 0.05,
      minimumDifference: 0.01,
      maximumMissing: 0.1,
      guards: [{ suite: 'holdout', margin: 0.05 }],
    },
    scores,
    missing: { 'frozen:mail': { 'no-reference': 2 } },
    lineageKnown: true,
  });
}

/** As it comes back from the store. */
function stored(evidence: Evidence): Evidence {
  return JSON.parse(canonicalJson(evidence)) as Evidence;
}

const promoted = evidenceOf({
  holdout: scoresOf({ both: 700, wins: 20, losses: 20 }),
  'frozen:mail': scoresOf({ both: 300, wins: 60, losses: 20 }),
});

/** A suite in clusters whose bounds leave zero in. */
const CLUSTERED: SimulatedDesign = {
  name: 'clustered',
  sizes: equalSizes(40, 10),
  shared: 0.3,
  wins: 0.2,
  losses: 0.2,
  scores: 'binary',
};

describe('evidence', () => {
  test('holds suites in the order of their names, with what was not compared', () => {
    assert.deepEqual(
      promoted.suites.map(({ suite }) => suite),
      ['frozen:mail', 'holdout'],
    );
    assert.deepEqual(promoted.suites[0]?.missing, { 'no-reference': 2 });
    assert.equal(promoted.result.decision, 'promote');
  });

  test('recomputes to the same result and digest after it was stored, whatever the scores', () => {
    const score = fc.constantFrom(0, 1, null, 0.3);
    const row = fc.tuple(score, score, fc.constantFrom('a', 'b', 'c'), fc.boolean(), fc.boolean());
    fc.assert(
      fc.property(
        fc.array(row, { maxLength: 30 }),
        fc.array(row, { maxLength: 30 }),
        (one, two) => {
          const toScores = (rows: typeof one): readonly PairedScore[] =>
            rows.map(([champion, candidate, cluster, clean, decisive], index) =>
              pair(`s${index}`, champion, candidate, { cluster, clean, decisive }),
            );
          const evidence = evidenceOf({ 'frozen:mail': toScores(one), holdout: toScores(two) });
          const back = stored(evidence);
          assert.deepEqual(recomputeDecision(back), evidence.result);
          assert.equal(evidenceDigest(back), evidenceDigest(evidence));
        },
      ),
    );
  });

  test('of version 1 recomputes by the rules it was decided by', () => {
    const path = join(repositoryRoot, 'test/fixtures/gate/evidence-version-1.json');
    const first = JSON.parse(readFileSync(path, 'utf8')) as Evidence;
    assert.equal(first.v, 1);
    assert.equal(
      evidenceDigest(first),
      '5a4292c2ba133801940d912a9f01eee651652f16da873bd37bc0ad29c73a62a9',
    );
    assert.equal(canonicalJson(recomputeDecision(first)), canonicalJson(first.result));
    // Its bounds were other ones.
    assert.notDeepEqual(recomputeDecision({ ...first, v: 2 }), first.result);
  });

  test('of version 2 recomputes', () => {
    const path = join(repositoryRoot, 'test/fixtures/gate/evidence-version-2.json');
    const before = JSON.parse(readFileSync(path, 'utf8')) as Evidence;
    const digest = 'fd3515f54b4445ebf2864ec123ddd4f0c64aa44b021f8306b3e19cecc393589e';
    assert.equal(evidenceDigest(before), digest);
    assert.equal(canonicalJson(recomputeDecision(before)), canonicalJson(before.result));
    assert.equal(before.v, 2);
  });

  test('of version 2 recomputes by the bounds for margins that it was decided by', () => {
    const path = join(repositoryRoot, 'test/fixtures/gate/evidence-version-2-clusters.json');
    const second = JSON.parse(readFileSync(path, 'utf8')) as Evidence;
    assert.equal(second.v, 2);
    assert.equal(
      evidenceDigest(second),
      'fb8ce277ca36cd18f73e7ee3eb5b462bb9b2462bdd74afeee6eec49f906565ef',
    );
    assert.equal(canonicalJson(recomputeDecision(second)), canonicalJson(second.result));
    assert.notDeepEqual(recomputeDecision({ ...second, v: 3 }), second.result);
  });

  test('is built again to the same digest as when it was written', () => {
    const path = join(repositoryRoot, 'test/fixtures/gate/evidence-version-2.json');
    const { suites, v, ...input } = JSON.parse(readFileSync(path, 'utf8')) as Evidence;
    assert.equal(v, 2);
    const missing = Object.fromEntries(suites.map((suite) => [suite.suite, suite.missing]));
    const clustered = simulateScores(CLUSTERED, seededRandom(5));
    const scores = { ...input.scores, 'frozen:clustered': clustered };
    const built = buildEvidence({ ...input, scores, missing });
    assert.equal(built.v, 3);
    assert.equal(canonicalJson(recomputeDecision(stored(built))), canonicalJson(built.result));
    assert.equal(
      evidenceDigest(built),
      '22b3aff2016b510a65bc7542014a85602db2241632531093208abe7024352cfa',
    );
  });

  test('does not take its stored result or its stored summaries on trust', () => {
    const worse = scoresOf({ both: 300, wins: 20, losses: 60 });
    const forged = { ...promoted, scores: { ...promoted.scores, 'frozen:mail': worse } };
    assert.equal(forged.result.decision, 'promote');
    assert.equal(recomputeDecision(forged).decision, 'hold');
  });

  test('has another digest when any score, mark or policy is another', () => {
    const [first, ...rest] = promoted.scores['frozen:mail'] ?? [];
    assert.ok(first !== undefined);
    const others: readonly Evidence[] = [
      {
        ...promoted,
        scores: { ...promoted.scores, 'frozen:mail': [{ ...first, champion: 0 }, ...rest] },
      },
      {
        ...promoted,
        scores: { ...promoted.scores, 'frozen:mail': [{ ...first, clean: false }, ...rest] },
      },
      { ...promoted, policy: { ...promoted.policy, alpha: 0.1 } },
      { ...promoted, candidate: 'ft:three' },
    ];
    const digests = new Set([promoted, ...others].map(evidenceDigest));
    assert.equal(digests.size, 5);
  });
});
