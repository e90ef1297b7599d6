import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { createPromotionActivities } from '../../activities/promotion-activities.js';
import type { ArrivedDecision } from '../../src/domain/promotion-contracts.js';
import type { DecisionRequest, DecisionStatement } from '../../src/domain/promotion.js';
import { readAlias, rollbackAlias } from '../../src/promotion/alias.js';
import { readAudit } from '../../src/promotion/audit.js';
import { signDecision } from '../../src/promotion/decision-signature.js';
import { statement, testApprover, type TestApprover } from '../support/approvers.js';
import { setUpPromotion, type PromotionSetUp } from '../support/promotion-set-up.js';

const ana = testApprover('ana', 1);
const ben = testApprover('ben', 2);
const eve = testApprover('eve', 3);
const keyed = { approvers: [ana.configured, ben.configured] };

function sign(
  { subject }: PromotionSetUp,
  by: TestApprover,
  changes: Partial<DecisionStatement> = {},
): DecisionRequest {
  const said = statement({
    candidate: subject.candidate,
    champion: subject.champion,
    evidence: subject.evidenceDigest,
    approver: by.name,
    nonce: `${by.name.charCodeAt(0).toString(16)}`.padEnd(32, '0'),
    ...changes,
  });
  return signDecision(said, by.key);
}

function arrived(
  { subject }: PromotionSetUp,
  request: DecisionRequest,
  more: Partial<ArrivedDecision> = {},
): ArrivedDecision {
  return { ...subject, request, attempt: 'run/update-1', ...more };
}

/** Refused for this reason, with nothing recorded but the refusal. */
async function assertRefused(
  setUp: PromotionSetUp,
  decision: ArrivedDecision,
  reason: RegExp,
): Promise<void> {
  const before = await readAudit(setUp.store, 'triage');
  const { refusal, approval } = await setUp.activities.checkPromotion(decision);
  assert.match(refusal ?? 'accepted', reason);
  assert.equal(approval, undefined);
  const entries = (await readAudit(setUp.store, 'triage')).slice(before.length);
  assert.deepEqual(
    entries.map(({ entry }) => [entry.action, entry.reason]),
    [['refused', refusal]],
  );
  assert.equal((await readAlias(setUp.store, 'triage'))?.version, 1);
}

describe('a signed decision', () => {
  test('of an approver counts, is kept as it came, and moves the alias', async () => {
    const setUp = await setUpPromotion({ approval: keyed });
    const decision = arrived(setUp, sign(setUp, ana));
    const { refusal, approval, stillNeeded, identities } =
      await setUp.activities.checkPromotion(decision);
    assert.deepEqual([refusal, stillNeeded, identities], [null, 0, 'signed']);
    assert.ok(approval !== undefined);
    const approvals = [approval];
    assert.deepEqual(await setUp.activities.promote({ ...decision, approvals }), {
      aliasVersion: 2,
    });
    const end = { ...setUp.subject, outcome: 'promoted', request: decision.request } as const;
    assert.equal((await setUp.activities.recordPromotionEnd({ ...end, approvals })).by, 'ana');
    const audit = await readAudit(setUp.store, 'triage');
    assert.deepEqual(
      audit.map(({ entry }) => [entry.action, entry.by, entry.subject['identity'] ?? null]),
      [
        ['champion-declared', 'configuration', null],
        ['approved', 'ana', 'signed'],
        ['promoted', 'ana', 'signed'],
      ],
    );
  });

  test('that is not what an approver signed is refused, and the attempt is in the audit log', async () => {
    const setUp = await setUpPromotion({ approval: keyed });
    const genuine = sign(setUp, ana);
    const later = '2026-03-16T07:00:00.000Z';
    const table: readonly (readonly [DecisionRequest, RegExp])[] = [
      [sign(setUp, { ...eve, name: 'ana' }), /^forged: .*ana's key/],
      [{ ...genuine, reason: 'read it twice' }, /^forged: /],
      [{ ...genuine, decision: 'reject' }, /^forged: /],
      [{ ...genuine, expires: later }, /^forged: /],
      [{ ...genuine, nonce: 'f'.repeat(32) }, /^forged: /],
      [{ ...genuine, approver: 'ben' }, /^forged: .*ben's key/],
      [sign(setUp, eve), /^not on the list of approvers/],
      [{ ...genuine, approver: 'eve' }, /^not on the list of approvers/],
      [setUp.request, /^unsigned: approvers have keys/],
      [
        sign(setUp, ana, { expires: '2026-02-16T06:00:00.000Z' }),
        /^too late: this signed decision/,
      ],
      [sign(setUp, ana, { evidence: 'f'.repeat(64) }), /^stale: the evidence under review/],
      [sign(setUp, ana, { champion: 'ft:z' }), /^stale: the candidate was measured against ft:a/],
      [sign(setUp, ana, { championVersion: 2 }), /^stale: .*version 1 of the champion/],
      [sign(setUp, ana, { candidate: 'ft:c' }), /^unknown candidate/],
      [sign(setUp, ana, { model: 'other' }), /about the model triage/],
    ];
    for (const [index, [request, reason]] of table.entries()) {
      await assertRefused(setUp, arrived(setUp, request, { attempt: `run/${index}` }), reason);
    }
    assert.equal((await setUp.activities.checkPromotion(arrived(setUp, genuine))).refusal, null);
  });

  test('counts once: sent again it is refused as replayed, the same attempt told twice is not', async () => {
    const setUp = await setUpPromotion({ approval: keyed });
    const request = sign(setUp, ana);
    const first = await setUp.activities.checkPromotion(arrived(setUp, request));
    const retried = await setUp.activities.checkPromotion(arrived(setUp, request));
    assert.deepEqual(retried, first);
    const replay = arrived(setUp, request, { attempt: 'run/update-2' });
    await assertRefused(setUp, replay, /^replayed: .*each counts once/);
    const reused = sign(setUp, ana, { reason: 'another reason' });
    await assertRefused(setUp, arrived(setUp, reused), /^replayed: /);
  });

  test('counts once across promotions: a nonce of another one is refused', async () => {
    const first = await setUpPromotion({ approval: keyed });
    const nonce = 'a'.repeat(32);
    await first.activities.checkPromotion(arrived(first, sign(first, ana, { nonce })));
    const second = await first.another('ft:c');
    const request = sign(second, ana, { nonce });
    await assertRefused(second, arrived(second, request), /^replayed: /);
  });

  test('that was in time when its step was tried first is not late when the step is tried again', async () => {
    let now = '2026-02-16T06:00:00.000Z';
    const setUp = await setUpPromotion({ approval: keyed }, () => now);
    const decision = arrived(setUp, sign(setUp, ana));
    assert.equal((await setUp.activities.checkPromotion(decision)).refusal, null);
    now = '2026-02-16T09:00:00.000Z';
    assert.equal((await setUp.activities.checkPromotion(decision)).refusal, null);
    const late = sign(setUp, ben);
    await assertRefused(setUp, arrived(setUp, late), /^too late: this signed decision was valid/);
  });

  test('after a rollback is refused, with what serves now', async () => {
    const setUp = await setUpPromotion({ approval: keyed });
    const waiting = await setUp.another('ft:c');
    const decision = arrived(setUp, sign(setUp, ana));
    const { approval } = await setUp.activities.checkPromotion(decision);
    assert.ok(approval !== undefined);
    await setUp.activities.promote({ ...decision, approvals: [approval] });
    await rollbackAlias(setUp.store, 'triage', { by: 'ana', reason: 'worse', at: 'now' });
    const request = sign(waiting, ben);
    const { refusal, superseded } = await waiting.activities.checkPromotion(
      arrived(waiting, request),
    );
    assert.equal(superseded, true);
    assert.match(
      refusal ?? '',
      /^superseded: .*against ft:a \(version 1\), but the champion is now ft:a \(version 3\): it was promoted or rolled back since/,
    );
  });

  test('is refused where the worker knows no key, instead of being taken for a claim', async () => {
    const setUp = await setUpPromotion({ approval: { approvers: ['ana'] } });
    await assertRefused(setUp, arrived(setUp, sign(setUp, ana)), /^signed, but .* names no key/);
  });
});

describe('several approvals', () => {
  const two = { ...keyed, required: 2 };

  test('are needed where the configuration says so, each by somebody else', async () => {
    const setUp = await setUpPromotion({ approval: two });
    const first = await setUp.activities.checkPromotion(arrived(setUp, sign(setUp, ana)));
    assert.deepEqual([first.refusal, first.stillNeeded, first.required], [null, 1, 2]);
    assert.ok(first.approval !== undefined);
    const again = sign(setUp, ana, { nonce: 'b'.repeat(32) });
    const twice = await setUp.activities.checkPromotion(
      arrived(setUp, again, { attempt: 'run/2', approvals: [first.approval] }),
    );
    assert.equal(twice.stillNeeded, 1, 'one person does not count twice');
    const second = await setUp.activities.checkPromotion(
      arrived(setUp, sign(setUp, ben), { attempt: 'run/3', approvals: [first.approval] }),
    );
    assert.equal(second.stillNeeded, 0);
    assert.ok(second.approval !== undefined && twice.approval !== undefined);
    const { activities, subject } = setUp;
    const alone = await activities.promote({ ...subject, approvals: [first.approval] });
    assert.match(alone.refusal ?? '', /1 of 2 approvals/);
    const doubled = [first.approval, twice.approval];
    assert.match(
      (await activities.promote({ ...subject, approvals: doubled })).refusal ?? '',
      /1 of 2/,
    );
    const both = [first.approval, second.approval];
    assert.equal((await activities.promote({ ...subject, approvals: both })).aliasVersion, 2);
    const end = { ...subject, outcome: 'promoted', request: sign(setUp, ben) } as const;
    assert.equal((await activities.recordPromotionEnd({ ...end, approvals: both })).by, 'ana, ben');
  });

  test('are read again before the alias moves: without records that hold, nothing is promoted', async () => {
    const setUp = await setUpPromotion({ approval: keyed });
    const { activities, subject } = setUp;
    assert.match((await activities.promote(subject)).refusal ?? '', /0 of 1 approvals/);
    const made = [{ id: 'c'.repeat(32), approver: 'ana' }];
    assert.match(
      (await activities.promote({ ...subject, approvals: made })).refusal ?? '',
      /is not in the store/,
    );
    const rejection = sign(setUp, ana, { decision: 'reject' });
    const rejected = await activities.checkPromotion(arrived(setUp, rejection));
    assert.ok(rejected.approval !== undefined);
    assert.match(
      (await activities.promote({ ...subject, approvals: [rejected.approval] })).refusal ?? '',
      /ana does not count: it is a rejection/,
    );
    const other = await setUp.another('ft:c');
    const elsewhere = await other.activities.checkPromotion(arrived(other, sign(other, ben)));
    assert.ok(elsewhere.approval !== undefined);
    assert.match(
      (await activities.promote({ ...subject, approvals: [elsewhere.approval] })).refusal ?? '',
      /ben does not count: unknown candidate/,
    );
    assert.equal((await readAlias(setUp.store, 'triage'))?.version, 1);
  });
});

describe('whoever started a run', () => {
  test('may not approve its candidate where the configuration says so, and may reject it', async () => {
    const setUp = await setUpPromotion({ approval: { ...keyed, submitterMayApprove: false } });
    const own = { submitter: 'Ana ' };
    await assertRefused(
      setUp,
      arrived(setUp, sign(setUp, ana), own),
      /^ana started this run, and approval\.submitterMayApprove is false/,
    );
    const rejection = sign(setUp, ana, { decision: 'reject', nonce: 'd'.repeat(32) });
    const rejected = await setUp.activities.checkPromotion(
      arrived(setUp, rejection, { ...own, attempt: 'run/2' }),
    );
    assert.equal(rejected.refusal, null);
    const colleague = arrived(setUp, sign(setUp, ben), { ...own, attempt: 'run/3' });
    assert.equal((await setUp.activities.checkPromotion(colleague)).refusal, null);
  });

  test('may approve it otherwise', async () => {
    const setUp = await setUpPromotion({ approval: keyed });
    const own = arrived(setUp, sign(setUp, ana), { submitter: 'ana' });
    assert.equal((await setUp.activities.checkPromotion(own)).refusal, null);
  });
});

describe('a reminder', () => {
  test('goes to the address that the worker was started with, and to no other', async () => {
    const posted: (readonly [string, object])[] = [];
    const reminders = { url: 'https://hooks.example.org/holdfast', everyHours: 24 };
    const { deps } = await setUpPromotion({ approval: { ...keyed, reminders } });
    const postJson = async (url: string, body: object): Promise<void> => {
      posted.push([url, body]);
    };
    const activities = createPromotionActivities({ ...deps, postJson });
    const reminder = {
      event: 'decision-awaited',
      model: 'triage',
      window: '2026-W01',
      candidate: 'ft:b',
      champion: 'ft:a',
      release: 'r'.repeat(64),
      evidence: 'e'.repeat(64),
      promotion: 'promotion/triage/e',
      deadline: '2026-02-20T06:00:00.000Z',
      approvals: 0,
      required: 1,
      reminder: 1,
    } as const;
    assert.deepEqual(await activities.sendReminder(reminder), { sent: true });
    assert.deepEqual(posted, [[reminders.url, reminder]]);
    const without = await setUpPromotion({ approval: keyed });
    assert.deepEqual(await without.activities.sendReminder(reminder), { sent: false });
  });
});
