import type { ConfigReference } from './config-reference.js';
import type { Decision } from './gate.js';

/** What a promotion is about; its id is `promotion/<model>/<evidence digest's first 16 digits>`. */
export interface PromotionSubject extends ConfigReference {
  readonly window: string;
  readonly release: string;
  readonly candidate: string;
  readonly champion: string;
  readonly championVersion: number;
  readonly evidenceDigest: string;
  readonly decision: Decision;
}

/** Input of the workflow `promotion`. */
export interface PromotionInput extends PromotionSubject {
  readonly deadlineHours: number;
  readonly approvers: readonly string[];
  readonly reasons: readonly string[];
}

/** The one JSON object of the Update `decide`. */
export interface ApprovalRequest {
  readonly decision: 'approve' | 'reject';
  readonly candidate: string;
  /** Digest of the evidence the person looked at. */
  readonly evidence: string;
  /** The champion it was measured against. */
  readonly champion: string;
  readonly approver: string;
  readonly reason: string;
}

export interface PromotionOutcome {
  readonly outcome: 'promoted' | 'rejected' | 'expired' | 'superseded';
  readonly by: string | null;
  readonly aliasVersion: number | null;
}

/** Answer of the query `status` of a promotion, and of an accepted Update `decide`. */
export interface PromotionStatus {
  readonly stage:
    'awaiting-approval' | 'deciding' | 'promoted' | 'rejected' | 'expired' | 'superseded';
  readonly subject: PromotionSubject;
  readonly deadline: string;
  readonly decidedBy: string | null;
}
