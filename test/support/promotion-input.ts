import type { PromotionInput } from '../../src/domain/promotion.js';

/** What a weekly run starts a promotion with. */
export const promotionInput: PromotionInput = {
  model: 'triage',
  configDigest: 'c'.repeat(64),
  window: '2026-W01',
  release: 'r'.repeat(64),
  candidate: 'ft:b',
  champion: 'ft:a',
  championVersion: 1,
  evidenceDigest: 'e'.repeat(64),
  decision: 'promote',
  deadlineHours: 24,
  approvers: [],
  reasons: ['The candidate is better.'],
};
