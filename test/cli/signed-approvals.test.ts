import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { DecisionRequest, PromotionStatus } from '../../src/domain/promotion.js';
import { STATUS_QUERY } from '../../src/domain/workflow-names.js';
import { readAlias, rollbackAlias } from '../../src/promotion/alias.js';
import { readAudit } from '../../src/promotion/audit.js';
import {
  ana,
  ben,
  eve,
  paste,
  signedDecision,
  startSignedLoop,
  type SignedLoop,
  type Waiting,
} from '../support/signed-loop.js';
import { startWebhook, type Webhook } from '../support/webhook.js';

/**
 * Signed approvals on a real Temporal server and a real worker: each refusal through the command line, and
 * through the Update that the dialog of Temporal's UI sends.
 */
describe('signed approvals', () => {
  let signed: SignedLoop;
  let webhook: Webhook;
  before(async () => {
    webhook = await startWebhook();
    const reminders = { url: webhook.url, everyHours: 24 };
    signed = await startSignedLoop({ submitterMayApprove: false, required: 2, reminders });
  });
  after(async () => {
    await signed.close();
    await webhook.close();
  });

  /** Sent both ways, refused both ways with the same reason; nothing moved. */
  async function assertRefusedBothWays(
    waiting: Waiting,
    requests: readonly [DecisionRequest | object, DecisionRequest | object],
    reason: RegExp,
  ): Promise<void> {
    const before = await readAlias(signed.loop.project.store, 'triage');
    const [commanded, pasted] = requests;
    const run = await signed.sendByCommand(commanded);
    assert.equal(run.code, 1, run.err + run.out);
    assert.match(run.err, new RegExp(`^refused: ${reason.source}`));
    assert.match(
      (await paste(waiting, pasted)).refused ?? 'accepted',
      new RegExp(`^${reason.source}`),
    );
    assert.deepEqual(await readAlias(signed.loop.project.store, 'triage'), before);
  }

  async function refusals(): Promise<readonly string[]> {
    const audit = await readAudit(signed.loop.project.store, 'triage');
    return audit.filter(({ entry }) => entry.action === 'refused').map(({ entry }) => entry.reason);
  }

  test('forged, altered, unsigned, stale, expired and by the wrong person are refused, and noted down', async () => {
    const waiting = await signed.open({ candidate: 'ft:forged', submitter: 'ben' });
    const other = await signed.open({ candidate: 'ft:forged-too', window: '2026-W02' });
    const good = signedDecision(waiting, ana);
    const { decision, candidate, evidence, champion, approver, reason } = good;
    const unsigned = { decision, candidate, evidence, champion, approver, reason };
    const past = new Date(Date.now() - 1_000).toISOString();
    const foreign = { evidence: other.subject.evidenceDigest };
    const byHandler: readonly (readonly [object, RegExp])[] = [
      [
        signedDecision(waiting, { ...eve, name: 'ana' }),
        /forged: the signature is not that of ana's key/,
      ],
      [{ ...good, reason: 'rubber-stamped' }, /forged: /],
      [{ ...good, decision: 'reject' }, /forged: /],
      [{ ...good, approver: 'ben' }, /forged: the signature is not that of ben's key/],
      [unsigned, /unsigned: approvers have keys, and only a signed decision counts/],
      [signedDecision(waiting, eve), /not on the list of approvers/],
      [
        signedDecision(waiting, ben),
        /ben started this run, and approval\.submitterMayApprove is false/,
      ],
    ];
    const noted = (await refusals()).length;
    for (const [request, why] of byHandler)
      await assertRefusedBothWays(waiting, [request, request], why);
    assert.equal((await refusals()).length, noted + 2 * byHandler.length);
    const byValidator: readonly (readonly [object, RegExp])[] = [
      [
        signedDecision(waiting, ana, { expires: past }),
        /too late: this signed decision was valid until/,
      ],
      [signedDecision(waiting, ana, foreign), /stale: the evidence under review is /],
      [
        signedDecision(waiting, ana, { champion: 'ft:z' }),
        /stale: the candidate was measured against/,
      ],
      [signedDecision(waiting, ana, { championVersion: 7 }), /stale: .* version 1 of the champion/],
      [
        signedDecision(waiting, ana, { model: 'other' }),
        /this promotion is about the model triage/,
      ],
    ];
    for (const [request, why] of byValidator)
      await assertRefusedBothWays(waiting, [request, request], why);
    assert.equal((await refusals()).length, noted + 2 * byHandler.length);
    assert.match(
      (await paste(waiting, { ...good, candidate: 'ft:x' })).refused ?? '',
      /^unknown candidate: this promotion is about ft:forged/,
    );
    const status = await waiting.handle.query<PromotionStatus>(STATUS_QUERY);
    assert.deepEqual([status.stage, status.approvals], ['awaiting-approval', []]);
    await waiting.handle.terminate();
    await other.handle.terminate();
  });

  test('the command line cannot sign for somebody else either', async () => {
    const waiting = await signed.open({ candidate: 'ft:lent' });
    const approve = ['approve', 'ft:lent', '--reason', 'read it'] as const;
    const lent = await signed.holdfast(
      ...approve,
      '--key',
      signed.keyFile(eve),
      '--approver',
      'ana',
    );
    assert.deepEqual([lent.code, /refused: forged: /.test(lent.err)], [1, true], lent.err);
    const stranger = await signed.holdfast(
      ...approve,
      '--key',
      signed.keyFile(eve),
      '--approver',
      'eve',
    );
    assert.match(stranger.err, /refused: not on the list of approvers/);
    const keyless = await signed.holdfast(...approve);
    assert.deepEqual(
      [keyless.code, /has to be signed: name your key/.test(keyless.err)],
      [2, true],
    );
    await waiting.handle.terminate();
  });

  test('a webhook is told of what waits, by ids and digests, and stops nothing while it is broken', async () => {
    const waiting = await signed.open({ candidate: 'ft:told', remindEveryHours: 24 });
    const { subject, workflowId } = waiting;
    const reminder = await webhook.next();
    const { deadline } = await waiting.handle.query<PromotionStatus>(STATUS_QUERY);
    assert.deepEqual(reminder, {
      event: 'decision-awaited',
      model: 'triage',
      window: subject.window,
      candidate: 'ft:told',
      champion: subject.champion,
      release: subject.release,
      evidence: subject.evidenceDigest,
      promotion: workflowId,
      deadline,
      approvals: 0,
      required: 1,
      reminder: 1,
    });
    await waiting.handle.terminate();
    webhook.breaks();
    const untold = await signed.open({ candidate: 'ft:untold', remindEveryHours: 24 });
    await webhook.next();
    const rejection = signedDecision(untold, ana, { decision: 'reject' });
    assert.equal((await paste(untold, rejection)).status?.stage, 'rejected');
  });

  test('doubled and replayed ones are refused', async () => {
    const waiting = await signed.open({ candidate: 'ft:twice' });
    const first = signedDecision(waiting, ana);
    const accepted = await paste(waiting, first);
    assert.deepEqual(accepted.status?.approvals, ['ana'], accepted.refused ?? '');
    assert.equal(accepted.status.identities, 'signed');
    await assertRefusedBothWays(
      waiting,
      [first, signedDecision(waiting, ana)],
      /doubled: ana has approved already; 1 more have to/,
    );
    // The same promotion under another id, as whoever reaches Temporal could start it.
    await waiting.handle.terminate();
    const again = await signed.open({ candidate: 'ft:twice', id: 'promotion/triage/again' });
    await assertRefusedBothWays(again, [first, first], /replayed: this decision was sent before/);
    const reused = signedDecision(again, ben, { nonce: (first as { nonce?: string }).nonce ?? '' });
    await assertRefusedBothWays(again, [reused, reused], /replayed: /);
    await again.handle.terminate();
  });

  test('those after the deadline are refused', async () => {
    const waiting = await signed.open({ candidate: 'ft:late', deadlineHours: 2 / 3600 });
    const request = signedDecision(waiting, ana);
    await waiting.handle.result();
    const run = await signed.sendByCommand(request);
    assert.equal(run.code, 1);
    assert.match(run.err, /^refused: too late: the deadline has passed/);
    await assert.rejects(paste(waiting, request), /already completed/);
  });

  test('two approvers promote, by the command line and by what --print wrote; then all is decided', async () => {
    const waiting = await signed.open({ candidate: 'ft:good', submitter: 'carl' });
    const stale = await signed.open({ candidate: 'ft:waits', window: '2026-W02' });
    const approve = ['approve', 'ft:good', '--reason', 'read the report', '--key'] as const;
    const first = await signed.holdfast(...approve, signed.keyFile(ana));
    assert.equal(first.code, 0, first.err);
    assert.match(first.out, /approved by ana; approvals: 1 of 2: ana\nidentities are proved/);
    const status = await signed.holdfast('status');
    assert.match(status.out, /1 of 2 approvals: ana\n +identities are proved/);
    const printed = await signed.holdfast(...approve, signed.keyFile(ben), '--print');
    assert.equal(printed.code, 0, printed.err);
    assert.match(printed.err, /Send an Update, decide/);
    const promoted = await paste(waiting, JSON.parse(printed.out) as object);
    assert.deepEqual(
      [promoted.status?.stage, promoted.status?.decidedBy],
      ['promoted', 'ana, ben'],
      promoted.refused ?? '',
    );
    await waiting.handle.result();
    const again = await signed.sendByCommand(signedDecision(waiting, ana));
    assert.match(again.err, /^refused: already decided: the candidate was promoted by ana, ben/);

    // What waits was measured against the champion before, and is superseded: both ways, one promotion each.
    const alsoStale = await signed.open({ candidate: 'ft:waits-too', window: '2026-W03' });
    const superseded =
      /superseded: the candidate was measured against .* \(version 1\), but the champion is now ft:good \(version 2\)/;
    const run = await signed.sendByCommand(signedDecision(stale, ana));
    assert.match(run.err, superseded);
    assert.match(
      (await paste(alsoStale, signedDecision(alsoStale, ben))).refused ?? '',
      superseded,
    );
    for (const { handle } of [stale, alsoStale]) {
      assert.equal(((await handle.result()) as { outcome: string }).outcome, 'superseded');
    }
  });

  test('after a rollback a decision on either side of it is refused', async () => {
    const { store } = signed.loop.project;
    const before = [
      await signed.open({ candidate: 'ft:of-old', window: '2026-W04' }),
      await signed.open({ candidate: 'ft:of-old-too', window: '2026-W05' }),
    ] as const;
    await rollbackAlias(store, 'triage', {
      by: 'ana',
      reason: 'worse',
      at: new Date().toISOString(),
    });
    const now = await readAlias(store, 'triage');
    assert.deepEqual([now?.version, now?.alias.modelId], [3, signed.championId]);
    const why =
      /superseded: .* \(version 1\), but the champion is now .* \(version 3\): it was promoted or rolled back since/;
    const run = await signed.sendByCommand(signedDecision(before[0], ana));
    assert.equal(run.code, 1);
    assert.match(run.err, why);
    assert.match((await paste(before[1], signedDecision(before[1], ana))).refused ?? '', why);
    const rolledBack = await signed.sendByCommand(
      signedDecision({ subject: { ...before[0].subject, candidate: 'ft:good' } }, ana),
    );
    assert.match(
      rolledBack.err,
      /^refused: already decided: the candidate was promoted by ana, ben/,
    );
    assert.equal((await readAlias(store, 'triage'))?.version, 3);
  });

  test('the audit log of all that holds, and names its first broken link once it is changed', async () => {
    const holds = await signed.holdfast('audit', 'verify', '--json');
    assert.equal(holds.code, 0, holds.out);
    const { head, entries, chainedFrom } = JSON.parse(holds.out) as {
      readonly head: string;
      readonly entries: number;
      readonly chainedFrom: number;
    };
    assert.ok(entries > 20);
    assert.equal(chainedFrom, 1);
    assert.equal((await signed.holdfast('audit', 'verify', '--known', head)).code, 0);
    const unknown = await signed.holdfast('audit', 'verify', '--known', 'f'.repeat(64));
    assert.deepEqual([unknown.code, /was cut or written anew/.test(unknown.out)], [1, true]);
    const restore = signed.loop.tamper('audit/triage/000005.json', (text) =>
      text.replace('"refused"', '"expired"'),
    );
    const broken = await signed.holdfast('audit', 'verify');
    assert.equal(broken.code, 1);
    assert.match(broken.out, /broken at entry 6: .* not that of entry 5/);
    restore();
    assert.match((await signed.holdfast('audit', 'verify')).out, /holds: \d+ entries\nlast entry/);
  });
});
