import type { ApprovalRequest, PromotionStatus } from './promotion.js';

/**
 * Why a decision is refused, in one sentence, or `null` where it may go on. Pure, so that Temporal's
 * validator can call it: shape, stage, and what the decision is bound to. A refused one leaves no trace.
 */
export function refusalOf(
  request: unknown,
  status: PromotionStatus,
  approvers: readonly string[],
): string | null {
  const shape = shapeProblem(request);
  if (shape !== null) return shape;
  const { candidate, evidence, champion, approver } = request as ApprovalRequest;
  const { subject } = status;
  switch (status.stage) {
    case 'awaiting-approval':
      break;
    case 'deciding':
      return 'another decision on this candidate is being carried out';
    case 'expired':
      return `too late: the deadline was ${status.deadline}`;
    case 'superseded':
      return `superseded: a newer candidate than ${subject.candidate} waits for approval, or the champion has changed`;
    case 'promoted':
    case 'rejected':
      return `already decided: ${subject.candidate} was ${status.stage} by ${status.decidedBy ?? 'someone'}`;
  }
  if (candidate !== subject.candidate) {
    return `unknown candidate: this promotion is about ${subject.candidate}`;
  }
  if (evidence !== subject.evidenceDigest) {
    return `stale: the evidence under review is ${subject.evidenceDigest}; read the report again`;
  }
  if (champion !== subject.champion) {
    return `stale: the candidate was measured against ${subject.champion}`;
  }
  if (approvers.length > 0 && !approvers.includes(approver)) {
    return 'not on the list of approvers in the configuration';
  }
  return null;
}

function shapeProblem(request: unknown): string | null {
  if (typeof request !== 'object' || request === null || Array.isArray(request)) {
    return 'a decision is one JSON object with decision, candidate, evidence, champion, approver, reason';
  }
  const fields = request as Readonly<Record<string, unknown>>;
  if (fields['decision'] !== 'approve' && fields['decision'] !== 'reject') {
    return '"decision" has to be "approve" or "reject"';
  }
  for (const name of ['candidate', 'evidence', 'champion', 'approver', 'reason']) {
    const value = fields[name];
    if (typeof value !== 'string' || value.trim() === '') return `"${name}" has to be a text`;
    if (value.length > 2000) return `"${name}" is longer than 2000 characters`;
  }
  return null;
}
