import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { PromoteResult } from '../../src/domain/promotion-contracts.js';
import {
  declareChampion,
  promoteAlias,
  readAlias,
  rollbackAlias,
} from '../../src/promotion/alias.js';
import { readAudit } from '../../src/promotion/audit.js';
import { readFate } from '../../src/release/chain.js';
import { setUpPromotion, type PromotionSetUp } from '../support/promotion-set-up.js';

const at = '2026-02-16T06:00:00.000Z';

/** Approves as the workflow does: looked at first, then carried out. */
async function promoted({ activities, subject, request }: PromotionSetUp): Promise<PromoteResult> {
  const { approval } = await activities.checkPromotion({ ...subject, request });
  assert.ok(approval !== undefined);
  return activities.promote({ ...subject, request, approvals: [approval] });
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
      const setUp = await setUpPromotion();
      const { store, activities, subject, request } = setUp;
      const asked = { ...subject, ...changes };
      // The champion that this promotion names serves, so that only the evidence speaks against it.
      if (what === 'model') await declareChampion(store, 'other', 'ft:a', at);
      const serving = { modelId: asked.champion, promotion: 'p', evidence: 'e' };
      if (asked.championVersion === 2) {
        await promoteAlias(store, 'triage', 1, { ...serving, previousModelId: 'ft:a' });
      }
      const { candidate, champion } = asked;
      const bound = { ...request, candidate, champion };
      const { refusal } = await activities.checkPromotion({ ...asked, request: bound });
      assert.match(refusal ?? '', new RegExp(`its ${what} is not the one to be decided on`));
    });
  }

  test('an alias that this promotion moved in a failed attempt can be approved again, and not rejected', async () => {
    const setUp = await setUpPromotion();
    const { store, activities, subject, request } = setUp;
    assert.deepEqual(await promoted(setUp), { aliasVersion: 2 });
    const approval = await activities.checkPromotion({ ...subject, request });
    assert.deepEqual([approval.refusal, approval.superseded], [null, false]);
    const rejection = await activities.checkPromotion({
      ...subject,
      request: { ...request, decision: 'reject' },
    });
    assert.match(rejection.refusal ?? '', /too late: ft:b serves already/);
    assert.equal(rejection.superseded, false);
    assert.deepEqual(await activities.promote(subject), { aliasVersion: 2 });
    await activities.recordPromotionEnd({ ...subject, outcome: 'promoted', request });
    const entry = (await readAudit(store, 'triage')).at(-1);
    assert.deepEqual([entry?.entry.action, entry?.entry.by], ['promoted', 'ana']);
  });

  test('a promotion that was rolled back meanwhile is not made twice', async () => {
    const setUp = await setUpPromotion();
    const { store, activities, subject } = setUp;
    await promoted(setUp);
    await rollbackAlias(store, 'triage', { by: 'ana', reason: 'worse', at });
    assert.deepEqual(await activities.promote(subject), { aliasVersion: 2 });
    assert.equal((await readAlias(store, 'triage'))?.alias.modelId, 'ft:a');
  });

  test('what moved the alias is recorded as promoted, by whoever approved it, whatever was to be recorded', async () => {
    const setUp = await setUpPromotion();
    const { store, activities, subject, request } = setUp;
    await promoted(setUp);
    const end = await activities.recordPromotionEnd({ ...subject, outcome: 'expired', request });
    assert.deepEqual(end, { outcome: 'promoted', by: 'ana', aliasVersion: 2 });
    assert.equal(await readFate(store, 'triage', subject.release), 'promoted');
  });

  test('what did not move the alias is recorded as it ended, by nobody', async () => {
    const setUp = await setUpPromotion();
    const { store, activities, subject, request } = setUp;
    const end = await activities.recordPromotionEnd({ ...subject, outcome: 'expired', request });
    assert.deepEqual(end, { outcome: 'expired', by: null, aliasVersion: null });
    assert.equal(await readFate(store, 'triage', subject.release), 'inconclusive');
  });

  test('that lapsed twice is recorded twice, and once however often a lapse is written', async () => {
    const { store, activities, subject } = await setUpPromotion();
    const end = { ...subject, outcome: 'cancelled', request: null } as const;
    for (const run of ['run-1', 'run-1', 'run-2']) {
      await activities.recordPromotionEnd({ ...end, run });
    }
    const log = await readAudit(store, 'triage');
    const lapses = log.filter(({ entry }) => entry.action === 'cancelled');
    assert.deepEqual(
      lapses.map(({ entry }) => entry.subject['run']),
      ['run-1', 'run-2'],
    );
    assert.equal(await readFate(store, 'triage', subject.release), 'inconclusive');
  });
});
