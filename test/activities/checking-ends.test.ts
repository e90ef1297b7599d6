import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { LAPSES } from '../../src/domain/promotion.js';
import type { PromoteInput } from '../../src/domain/promotion-contracts.js';
import { readAlias } from '../../src/promotion/alias.js';
import { readAudit } from '../../src/promotion/audit.js';
import { recordFate } from '../../src/release/chain.js';
import { setUpPromotion, type PromotionSetUp } from '../support/promotion-set-up.js';

/** What a workflow that got its approval asks for, though nobody has asked for it yet. */
async function approved(
  { activities, subject, request }: PromotionSetUp,
  attempt: string,
): Promise<PromoteInput> {
  const checked = await activities.checkPromotion({ ...subject, request, attempt });
  assert.equal(checked.refusal, null);
  assert.ok(checked.approval !== undefined);
  return { ...subject, request, approvals: [checked.approval] };
}

async function assertNotPromoted(
  { activities, store }: PromotionSetUp,
  asked: PromoteInput,
  reason: RegExp,
): Promise<void> {
  const { aliasVersion, refusal } = await activities.promote(asked);
  assert.equal(aliasVersion, null);
  assert.match(refusal ?? 'promoted', reason);
  assert.equal((await readAlias(store, 'triage'))?.alias.modelId, 'ft:a');
  const refusals = (await readAudit(store, 'triage')).filter(
    ({ entry }) => entry.action === 'refused',
  );
  assert.ok(refusals.some(({ entry }) => entry.reason === refusal));
}

describe('a recorded approval', () => {
  test('does not outlive the rejection of its promotion, and no new one is taken', async () => {
    const setUp = await setUpPromotion();
    const { activities, store, subject, request } = setUp;
    const asked = await approved(setUp, 'run/1');
    const no = { ...request, approver: 'ben', decision: 'reject' } as const;
    await activities.recordPromotionEnd({ ...subject, outcome: 'rejected', request: no });
    await assertNotPromoted(setUp, asked, /^rejected: ben rejected this candidate .* final/);
    // Whoever reaches Temporal can have the fate written; the log keeps what a person said.
    await recordFate(store, 'triage', subject.release, 'pending');
    await assertNotPromoted(setUp, asked, /^rejected: ben/);
    const again = await activities.checkPromotion({ ...subject, request, attempt: 'run/2' });
    assert.match(again.refusal ?? 'accepted', /^rejected: ben/);
  });

  for (const outcome of LAPSES) {
    test(`of a promotion that was ${outcome} is no longer good, and a newer one is`, async () => {
      const setUp = await setUpPromotion();
      const { activities, subject } = setUp;
      const asked = await approved(setUp, 'run/1');
      await activities.recordPromotionEnd({ ...subject, outcome, request: null });
      await assertNotPromoted(
        setUp,
        asked,
        new RegExp(`^the approval of ana came before the promotion was ${outcome}; approve again`),
      );
      const anew = await approved(setUp, 'run/2');
      const both = [...(asked.approvals ?? []), ...(anew.approvals ?? [])];
      await assertNotPromoted(setUp, { ...asked, approvals: both }, /came before/);
      assert.deepEqual(await activities.promote(anew), { aliasVersion: 2 });
    });
  }

  test('holds whatever became of another promotion of the same release', async () => {
    const setUp = await setUpPromotion();
    const asked = await approved(setUp, 'run/1');
    const other = await setUp.another('ft:c');
    const request = { ...setUp.request, decision: 'reject' } as const;
    const end = { ...other.subject, outcome: 'rejected', request } as const;
    await other.activities.recordPromotionEnd(end);
    assert.deepEqual(await setUp.activities.promote(asked), { aliasVersion: 2 });
  });
});
