import type { ParkedReminder } from './parked.js';
import type {
  ApprovalTerms,
  CountedApproval,
  DecisionRequest,
  PromotionOutcome,
  PromotionSubject,
} from './promotion.js';

/** A decision as it arrived, with the approvals that count already. */
export interface ArrivedDecision extends PromotionSubject {
  readonly request: DecisionRequest;
  /** Names the one Update that brought it; absent in what earlier versions sent. */
  readonly attempt?: string;
  readonly approvals?: readonly CountedApproval[];
  /** Who started the run, as far as known. */
  readonly submitter?: string | null;
}

/** What was found of a decision; what comes after `superseded` is absent in results of earlier versions. */
export interface CheckedDecision extends ApprovalTerms {
  /** Why it does not count, in a sentence, or `null`. */
  readonly refusal: string | null;
  /** The refusal is final: the alias has moved since the candidate was measured. */
  readonly superseded: boolean;
  readonly approval?: CountedApproval;
  /** How many approvals are missing behind this one. */
  readonly stillNeeded?: number;
}

/** What the alias is moved by; the approvals are ids of records in the store. */
export type PromoteInput = PromotionSubject &
  Partial<Pick<ArrivedDecision, 'request' | 'attempt' | 'approvals' | 'submitter'>>;

export interface PromoteResult {
  /** The alias's new version, or `null` when it was not moved. */
  readonly aliasVersion: number | null;
  /** Why it was not, where that is not another promotion that was first. */
  readonly refusal?: string;
}

/**
 * How many reminders a workflow may send. Each costs its workflow's history up to eleven events (an activity,
 * a timer, and the two workflow tasks after them: 3 + 2 + 2 * 3), and Temporal ends a workflow with more than
 * 51,200 of them; https://docs.temporal.io/workflow-execution/limits. 1,000 * 11 leaves room for decisions.
 */
export const MAXIMUM_REMINDERS = 1000;

/** What a webhook is told of a candidate that waits: ids, digests and counts. */
export interface Reminder {
  readonly event: 'decision-awaited';
  readonly model: string;
  readonly window: string;
  readonly candidate: string;
  readonly champion: string;
  readonly release: string;
  readonly evidence: string;
  /** Id of the workflow `promotion`. */
  readonly promotion: string;
  /** ISO 8601. */
  readonly deadline: string;
  readonly approvals: number;
  readonly required: number;
  /** Counted from 1. */
  readonly reminder: number;
}

/** How a promotion is to end. */
export interface PromotionEnd extends PromotionSubject {
  readonly outcome: PromotionOutcome['outcome'];
  /** What was decided, or what a decision was about to do when it failed. */
  readonly request: DecisionRequest | null;
  readonly approvals?: readonly CountedApproval[];
  /** Names the workflow's run, since a promotion that lapsed may be opened, and lapse, again. */
  readonly run?: string;
}

/** What the promotion workflow needs. */
export interface PromotionActivities {
  /** Who decides, whether alias and evidence allow it, and whether it was sent before; all of it is recorded. */
  checkPromotion(input: ArrivedDecision): Promise<CheckedDecision>;
  /** Moves the alias, where enough recorded approvals hold. */
  promote(input: PromoteInput): Promise<PromoteResult>;
  /**
   * Audit entry and fate. Where this promotion moved the alias, whatever was told of that, it ends as
   * promoted: the outcome is what was written down.
   */
  recordPromotionEnd(input: PromotionEnd): Promise<PromotionOutcome>;
  /** Tells the webhook of the worker's configuration; false where it names none. */
  sendReminder(input: Reminder | ParkedReminder): Promise<{ readonly sent: boolean }>;
}
