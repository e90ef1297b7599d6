import { instantMs } from './instant.js';
import {
  DECISION_DOMAIN,
  type DecisionRequest,
  type DecisionStatement,
  type PromotionStatus,
  type PromotionSubject,
  type SignedDecision,
} from './promotion.js';

/** What every decision says. */
const TEXTS = ['candidate', 'evidence', 'champion', 'approver', 'reason'] as const;

/** What a signed one says as well. */
const SIGNED = ['domain', 'model', 'championVersion', 'expires', 'nonce', 'signature'] as const;

const KNOWN: readonly string[] = ['decision', ...TEXTS, ...SIGNED];
const LONGEST = { reason: 2000, approver: 200 } as const;
const LONGEST_ID = 1000;

const NONCE = /^[0-9a-f]{32}$/;
/** 64 bytes in base64url; the last digit holds two bits of them, and its other four are 0. */
const SIGNATURE = /^[A-Za-z0-9_-]{85}[AQgw]$/;

/** Whether a decision is signed; its shape was looked at before. */
export function isSigned(request: DecisionRequest): request is SignedDecision {
  return 'signature' in request;
}

/**
 * Why a decision is refused without looking at keys or store, in one sentence, or `null` where it may go on.
 * Pure, so that Temporal's validator can call it: shape, stage, deadline, and what the decision is bound to.
 * One that is refused here leaves no trace. `nowMs`: milliseconds since 1970.
 */
export function refusalOf(request: unknown, status: PromotionStatus, nowMs: number): string | null {
  const shape = shapeProblem(request);
  if (shape !== null) return shape;
  const asked = request as DecisionRequest;
  return (
    stageProblem(status, nowMs) ??
    bindingProblem(asked, status.subject) ??
    expiryProblem(asked, nowMs) ??
    doubledProblem(asked, status)
  );
}

function stageProblem(status: PromotionStatus, nowMs: number): string | null {
  const { candidate } = status.subject;
  switch (status.stage) {
    case 'awaiting-approval':
      return nowMs < instantMs(status.deadline)
        ? null
        : `too late: the deadline was ${status.deadline}`;
    case 'deciding':
      return 'another decision on this candidate is being carried out';
    case 'expired':
      return `too late: the deadline was ${status.deadline}`;
    case 'superseded':
      return `superseded: a newer candidate than ${candidate} waits for approval, or the champion has changed`;
    case 'cancelled':
      return `cancelled: somebody cancelled the promotion of ${candidate} in Temporal`;
    case 'promoted':
    case 'rejected':
      return `already decided: ${candidate} was ${status.stage} by ${status.decidedBy ?? 'someone'}`;
  }
}

/** Why a decision is not about this promotion, or `null`. */
export function bindingProblem(request: DecisionRequest, subject: PromotionSubject): string | null {
  if (request.candidate !== subject.candidate) {
    return `unknown candidate: this promotion is about ${subject.candidate}`;
  }
  if (request.evidence !== subject.evidenceDigest) {
    return `stale: the evidence under review is ${subject.evidenceDigest}; read the report again`;
  }
  if (request.champion !== subject.champion) {
    return `stale: the candidate was measured against ${subject.champion}`;
  }
  if (!isSigned(request)) return null;
  if (request.model !== subject.model) return `this promotion is about the model ${subject.model}`;
  if (request.championVersion === subject.championVersion) return null;
  return `stale: the candidate was measured against version ${subject.championVersion} of the champion`;
}

/** Why a signed decision comes too late, or `null`. */
export function expiryProblem(request: DecisionRequest, nowMs: number): string | null {
  if (!isSigned(request) || nowMs < instantMs(request.expires)) return null;
  return `too late: this signed decision was valid until ${request.expires}; sign a new one`;
}

function doubledProblem(request: DecisionRequest, status: PromotionStatus): string | null {
  const { approvals, required } = status;
  if (request.decision !== 'approve' || !approvals.includes(request.approver)) return null;
  return `doubled: ${request.approver} has approved already; ${required - approvals.length} more have to`;
}

/** Why something is no decision, or `null`. What is read of it afterwards is there and of its type. */
export function shapeProblem(request: unknown): string | null {
  if (typeof request !== 'object' || request === null || Array.isArray(request)) {
    return 'a decision is one JSON object with decision, candidate, evidence, champion, approver, reason';
  }
  const fields = request as Readonly<Record<string, unknown>>;
  const unknown = Object.keys(fields).find((name) => !KNOWN.includes(name));
  if (unknown !== undefined) return `a decision has no ${JSON.stringify(unknown.slice(0, 40))}`;
  if (fields['decision'] !== 'approve' && fields['decision'] !== 'reject') {
    return '"decision" has to be "approve" or "reject"';
  }
  for (const name of TEXTS) {
    const problem = textProblem(name, fields[name]);
    if (problem !== null) return problem;
  }
  return SIGNED.some((name) => name in fields) ? signedShapeProblem(fields) : null;
}

function textProblem(name: (typeof TEXTS)[number], value: unknown): string | null {
  if (typeof value !== 'string' || value.trim() === '') return `"${name}" has to be a text`;
  const longest = name === 'reason' || name === 'approver' ? LONGEST[name] : LONGEST_ID;
  return value.length > longest ? `"${name}" is longer than ${longest} characters` : null;
}

function signedShapeProblem(fields: Readonly<Record<string, unknown>>): string | null {
  const missing = SIGNED.find((name) => !(name in fields));
  if (missing !== undefined) {
    return `"${missing}" is missing: a signed decision is sent whole, as \`holdfast approve --print\` wrote it`;
  }
  const { domain, model, championVersion, expires, nonce, signature } = fields;
  if (domain !== DECISION_DOMAIN) return `"domain" has to be "${DECISION_DOMAIN}"`;
  if (typeof model !== 'string') return '"model" has to be a text';
  if (!Number.isSafeInteger(championVersion)) return '"championVersion" has to be a whole number';
  if (typeof expires !== 'string' || Number.isNaN(instantMs(expires))) {
    return '"expires" has to be a time in UTC, such as 2026-03-14T06:00:00.000Z';
  }
  if (typeof nonce !== 'string' || !NONCE.test(nonce)) {
    return '"nonce" has to be 32 hexadecimal digits';
  }
  if (typeof signature !== 'string' || !SIGNATURE.test(signature)) {
    return '"signature" has to be 64 bytes in base64url, without padding';
  }
  return null;
}

/** A signed decision without its signature. */
export function statementOf(decision: SignedDecision): DecisionStatement {
  const statement: DecisionStatement & { signature?: string } = { ...decision };
  delete statement.signature;
  return statement;
}
