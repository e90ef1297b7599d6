import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { refusalOf } from '../../src/domain/approval.js';
import { DECISION_DOMAIN, type PromotionStatus } from '../../src/domain/promotion.js';

const status: PromotionStatus = {
  stage: 'awaiting-approval',
  deadline: '2026-01-08T00:00:00.000Z',
  decidedBy: null,
  approvals: [],
  required: 1,
  identities: 'claims',
  subject: {
    model: 'triage',
    configDigest: 'c',
    window: '2026-W01',
    release: 'r',
    candidate: 'ft:b',
    champion: 'ft:a',
    championVersion: 1,
    evidenceDigest: 'e'.repeat(64),
    decision: 'promote',
  },
};
const now = Date.parse('2026-01-07T00:00:00.000Z');
const request = {
  decision: 'approve',
  candidate: 'ft:b',
  evidence: 'e'.repeat(64),
  champion: 'ft:a',
  approver: 'operator',
  reason: 'looked at the report',
};

/** Of the right shape only: nothing here verifies it. */
const signed = {
  ...request,
  domain: DECISION_DOMAIN,
  model: 'triage',
  championVersion: 1,
  expires: '2026-01-07T01:00:00.000Z',
  nonce: '0'.repeat(32),
  signature: `${'A'.repeat(85)}A`,
};

describe('a decision', () => {
  test('that fits is accepted', () => {
    assert.equal(refusalOf(request, status, now), null);
    assert.equal(refusalOf({ ...request, decision: 'reject' }, status, now), null);
    assert.equal(refusalOf(signed, status, now), null);
  });

  test('bound to something else is refused with what it should have been', () => {
    const table: readonly (readonly [object, RegExp])[] = [
      [{ ...request, candidate: 'ft:c' }, /unknown candidate.*ft:b/],
      [{ ...request, evidence: 'f'.repeat(64) }, /stale: the evidence/],
      [{ ...request, champion: 'ft:z' }, /stale: .*ft:a/],
      [{ ...request, decision: 'maybe' }, /"approve" or "reject"/],
      [{ ...request, reason: ' ' }, /"reason"/],
      [{ ...request, approver: 7 }, /"approver"/],
    ];
    for (const [wrong, message] of table)
      assert.match(refusalOf(wrong, status, now) ?? '', message);
  });

  test('that is no object is told what a decision is', () => {
    for (const wrong of [undefined, null, 'approve', [request], 3]) {
      assert.match(refusalOf(wrong, status, now) ?? '', /one JSON object/);
    }
  });

  test('that is signed is refused where it is bound to something else, late, or not whole', () => {
    const without: object = { ...signed, nonce: undefined };
    const table: readonly (readonly [object, RegExp])[] = [
      [{ ...signed, model: 'other' }, /about the model triage/],
      [{ ...signed, championVersion: 2 }, /stale: .*version 1 of the champion/],
      [{ ...signed, championVersion: 1.5 }, /"championVersion"/],
      [{ ...signed, domain: 'holdfast/decision/v2' }, /"domain" has to be "holdfast.decision.v1"/],
      [{ ...signed, expires: '2026-01-07T00:00:00.000Z' }, /too late: this signed decision/],
      [{ ...signed, expires: '2026-02-30T00:00:00.000Z' }, /"expires" has to be a time/],
      [{ ...signed, expires: '2026-01-08' }, /"expires" has to be a time/],
      [{ ...signed, nonce: 'N'.repeat(32) }, /"nonce" has to be 32/],
      [{ ...signed, signature: 'A'.repeat(85) + 'B' }, /"signature" has to be 64 bytes/],
      [{ ...signed, signature: '' }, /"signature" has to be 64 bytes/],
      [
        JSON.parse(JSON.stringify(without)) as object,
        /"nonce" is missing: a signed decision is sent whole/,
      ],
      [{ ...request, signature: signed.signature }, /"domain" is missing/],
    ];
    for (const [wrong, message] of table) {
      assert.match(refusalOf(wrong, status, now) ?? '', message);
    }
  });

  test('with a field that is not its own is refused, since nobody would have signed that', () => {
    for (const wrong of [
      { ...request, note: 'x' },
      { ...signed, note: 'x' },
    ]) {
      assert.match(refusalOf(wrong, status, now) ?? '', /a decision has no "note"/);
    }
  });

  test('at or after the deadline is late, even where no timer has fired yet', () => {
    const deadline = Date.parse(status.deadline);
    assert.equal(refusalOf(request, status, deadline - 1), null);
    assert.match(
      refusalOf(request, status, deadline) ?? '',
      /too late: the deadline was 2026-01-08/,
    );
  });

  test('by somebody who has approved already is refused as doubled, a rejection is not', () => {
    const once = { ...status, approvals: ['operator'], required: 3 };
    assert.match(refusalOf(request, once, now) ?? '', /doubled: operator .* already; 2 more/);
    assert.equal(refusalOf({ ...request, approver: 'ana' }, once, now), null);
    assert.equal(refusalOf({ ...request, decision: 'reject' }, once, now), null);
  });

  test('after the end says what the end was', () => {
    const table = {
      expired: /too late.*2026-01-08/,
      superseded: /superseded/,
      cancelled: /cancelled: somebody cancelled the promotion of .* in Temporal/,
      promoted: /already decided.*promoted by operator/,
      rejected: /already decided.*rejected by operator/,
      deciding: /another decision/,
    } as const;
    for (const [stage, message] of Object.entries(table)) {
      const ended = { ...status, stage: stage as keyof typeof table, decidedBy: 'operator' };
      assert.match(refusalOf(request, ended, now) ?? '', message);
    }
  });
});
