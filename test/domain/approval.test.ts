import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { refusalOf } from '../../src/domain/approval.js';
import type { PromotionStatus } from '../../src/domain/promotion.js';

const status: PromotionStatus = {
  stage: 'awaiting-approval',
  deadline: '2026-01-08T00:00:00.000Z',
  decidedBy: null,
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
const request = {
  decision: 'approve',
  candidate: 'ft:b',
  evidence: 'e'.repeat(64),
  champion: 'ft:a',
  approver: 'operator',
  reason: 'looked at the report',
};

describe('a decision', () => {
  test('that fits is accepted', () => {
    assert.equal(refusalOf(request, status, []), null);
    assert.equal(refusalOf({ ...request, decision: 'reject' }, status, ['operator']), null);
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
    for (const [wrong, message] of table) assert.match(refusalOf(wrong, status, []) ?? '', message);
  });

  test('that is no object is told what a decision is', () => {
    for (const wrong of [undefined, null, 'approve', [request], 3]) {
      assert.match(refusalOf(wrong, status, []) ?? '', /one JSON object/);
    }
  });

  test('by someone who is not on the list is refused', () => {
    assert.match(refusalOf(request, status, ['somebody-else']) ?? '', /not on the list/);
  });

  test('after the end says what the end was', () => {
    const table = {
      expired: /too late.*2026-01-08/,
      superseded: /superseded/,
      promoted: /already decided.*promoted by operator/,
      rejected: /already decided.*rejected by operator/,
      deciding: /another decision/,
    } as const;
    for (const [stage, message] of Object.entries(table)) {
      const ended = { ...status, stage: stage as keyof typeof table, decidedBy: 'operator' };
      assert.match(refusalOf(request, ended, []) ?? '', message);
    }
  });
});
