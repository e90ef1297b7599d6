import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { createPromotionActivities } from '../../activities/promotion-activities.js';
import type { PromotionActivities } from '../../src/domain/contracts.js';
import type { ApprovalRequest, PromotionSubject } from '../../src/domain/promotion.js';
import type { ObjectStore } from '../../src/storage/object-store.js';
import { buildEvidence, evidenceDigest } from '../../src/gate/evidence.js';
import {
  declareChampion,
  promoteAlias,
  readAlias,
  rollbackAlias,
} from '../../src/promotion/alias.js';
import { readAudit } from '../../src/promotion/audit.js';
import { readFate } from '../../src/release/chain.js';
import { keys } from '../../src/release/layout.js';
import { writeJson } from '../../src/storage/objects.js';
import { createTestDependencies } from '../support/dependencies.js';
import { evidenceOf } from '../support/report-data.js';

const at = '2026-02-16T06:00:00.000Z';
const clear = Array.from({ length: 300 }, (_, n) => ({
  sampleId: `s${n}`,
  cluster: `c${n}`,
  champion: n % 3 === 0 ? 0 : 1,
  candidate: 1,
  clean: true,
  decisive: true,
}));

/** A promotion whose evidence says promote, over a champion that was just declared. */
async function setUp(): Promise<{
  readonly store: ObjectStore;
  readonly activities: PromotionActivities;
  readonly subject: PromotionSubject;
  readonly request: ApprovalRequest;
}> {
  const { deps } = await createTestDependencies();
  const { store } = deps;
  const { policy } = evidenceOf('promote');
  const evidence = buildEvidence({
    model: 'triage',
    window: '2026-W01',
    release: 'r'.repeat(64),
    champion: { modelId: 'ft:a', version: 1 },
    candidate: 'ft:b',
    policy: { ...policy, superiorityOn: 'holdout', guards: [] },
    scores: { holdout: clear },
    missing: {},
    lineageKnown: true,
  });
  assert.equal(evidence.result.decision, 'promote');
  const digest = evidenceDigest(evidence);
  await writeJson(store, keys.evidence(digest), evidence);
  await declareChampion(store, 'triage', 'ft:a', at);
  return {
    store,
    activities: createPromotionActivities(deps),
    subject: {
      model: 'triage',
      configDigest: 'c'.repeat(64),
      window: '2026-W01',
      release: 'r'.repeat(64),
      candidate: 'ft:b',
      champion: 'ft:a',
      championVersion: 1,
      evidenceDigest: digest,
      decision: 'promote',
    },
    request: {
      decision: 'approve',
      candidate: 'ft:b',
      evidence: digest,
      champion: 'ft:a',
      approver: 'ana',
      reason: 'read the report',
    },
  };
}

describe('the activities of a promotion', () => {
  for (const [what, changes] of [
    ['model', { model: 'other' }],
    ['window', { window: '2026-W02' }],
    ['release', { release: 's'.repeat(64) }],
    ['candidate', { candidate: 'ft:c' }],
    ['champion', { champion: 'ft:z', championVersion: 2 }],
    ['champion version', { championVersion: 2 }],
  ] as const) {
    test(`evidence about another ${what} approves nothing`, async () => {
      const { store, activities, subject, request } = await setUp();
      const asked = { ...subject, ...changes };
      // The champion that this promotion names serves, so that only the evidence speaks against it.
      if (what === 'model') await declareChampion(store, 'other', 'ft:a', at);
      const serving = { modelId: asked.champion, promotion: 'p', evidence: 'e' };
      if (asked.championVersion === 2) {
        await promoteAlias(store, 'triage', 1, { ...serving, previousModelId: 'ft:a' });
      }
      const { refusal } = await activities.checkPromotion({ ...asked, request });
      assert.match(refusal ?? '', new RegExp(`its ${what} is not the one to be decided on`));
    });
  }

  test('an alias that this promotion moved in a failed attempt can be approved again, and not rejected', async () => {
    const { store, activities, subject, request } = await setUp();
    assert.deepEqual(await activities.promote(subject), { aliasVersion: 2 });
    const approval = await activities.checkPromotion({ ...subject, request });
    assert.deepEqual(approval, { refusal: null, superseded: false });
    const rejection = await activities.checkPromotion({
      ...subject,
      request: { ...request, decision: 'reject' },
    });
    assert.match(rejection.refusal ?? '', /too late: ft:b serves already/);
    assert.equal(rejection.superseded, false);
    assert.deepEqual(await activities.promote(subject), { aliasVersion: 2 });
    await activities.recordPromotionEnd({ ...subject, outcome: 'promoted', request });
    const [, entry] = await readAudit(store, 'triage');
    assert.deepEqual([entry?.entry.action, entry?.entry.by], ['promoted', 'ana']);
  });

  test('a promotion that was rolled back meanwhile is not made twice', async () => {
    const { store, activities, subject } = await setUp();
    await activities.promote(subject);
    await rollbackAlias(store, 'triage', { by: 'ana', reason: 'worse', at });
    assert.deepEqual(await activities.promote(subject), { aliasVersion: 2 });
    assert.equal((await readAlias(store, 'triage'))?.alias.modelId, 'ft:a');
  });

  test('what moved the alias is recorded as promoted, by whoever approved it, whatever was to be recorded', async () => {
    const { store, activities, subject, request } = await setUp();
    await activities.promote(subject);
    const end = await activities.recordPromotionEnd({ ...subject, outcome: 'expired', request });
    assert.deepEqual(end, { outcome: 'promoted', by: 'ana', aliasVersion: 2 });
    assert.equal(await readFate(store, 'triage', subject.release), 'promoted');
  });

  test('what did not move the alias is recorded as it ended, by nobody', async () => {
    const { store, activities, subject, request } = await setUp();
    const end = await activities.recordPromotionEnd({ ...subject, outcome: 'expired', request });
    assert.deepEqual(end, { outcome: 'expired', by: null, aliasVersion: null });
    assert.equal(await readFate(store, 'triage', subject.release), 'inconclusive');
  });
});
