import type { Identities } from './approver.js';
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

/** Who may decide on a promotion, as far as the page of its workflow tells; the worker's configuration decides. */
export interface ApprovalTerms {
  /** How many approvers have to approve; one where absent. */
  readonly required?: number;
  /** `claims` where absent. */
  readonly identities?: Identities;
  /** How often a webhook is reminded while nobody has decided; never where absent. */
  readonly remindEveryHours?: number;
}

/** Input of the workflow `promotion`. */
export interface PromotionInput extends PromotionSubject, ApprovalTerms {
  readonly deadlineHours: number;
  readonly approvers: readonly string[];
  readonly reasons: readonly string[];
  /** Who started the run, as far as known: a claim. */
  readonly submitter?: string | null;
}

/** The one JSON object of the Update `decide`, where approvers are bare names. */
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

/** Separates what holdfast's approvers sign from whatever else their keys may sign, and versions it. */
export const DECISION_DOMAIN = 'holdfast/decision/v1';

/** What an approver signs: its canonical JSON (UTF-8) is the message. */
export interface DecisionStatement extends ApprovalRequest {
  readonly domain: typeof DECISION_DOMAIN;
  readonly model: string;
  /** Version of the champion alias that the candidate was measured against. */
  readonly championVersion: number;
  /** ISO 8601 in UTC; sent later, the decision is refused. */
  readonly expires: string;
  /** 32 hexadecimal digits, drawn at random; a decision counts once. */
  readonly nonce: string;
}

/** A statement with its Ed25519 signature (RFC 8032), 64 bytes in base64url. */
export interface SignedDecision extends DecisionStatement {
  readonly signature: string;
}

/** What the Update `decide` takes. */
export type DecisionRequest = ApprovalRequest | SignedDecision;

/** An approval that counts: the id of its record in the store, and whose it is. */
export interface CountedApproval {
  readonly id: string;
  readonly approver: string;
}

/** Ends without a decision: nobody decided in time, something newer came, or the workflow was cancelled. */
export const LAPSES = ['expired', 'superseded', 'cancelled'] as const;
export type Lapse = (typeof LAPSES)[number];

export function isLapse(end: string): end is Lapse {
  return (LAPSES as readonly string[]).includes(end);
}

export interface PromotionOutcome {
  readonly outcome: 'promoted' | 'rejected' | Lapse;
  readonly by: string | null;
  readonly aliasVersion: number | null;
}

/** Answer of the query `status` of a promotion, and of an accepted Update `decide`. */
export interface PromotionStatus {
  readonly stage: 'awaiting-approval' | 'deciding' | PromotionOutcome['outcome'];
  readonly subject: PromotionSubject;
  readonly deadline: string;
  readonly decidedBy: string | null;
  /** Who has approved so far, and how many have to. */
  readonly approvals: readonly string[];
  readonly required: number;
  /** Whether names are proved. */
  readonly identities: Identities;
}
