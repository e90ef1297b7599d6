import { bindingProblem, expiryProblem, isSigned, shapeProblem } from '../src/domain/approval.js';
import { identitiesOf } from '../src/domain/approver.js';
import type {
  ArrivedDecision,
  CheckedDecision,
  PromoteInput,
} from '../src/domain/promotion-contracts.js';
import type { CountedApproval, PromotionSubject } from '../src/domain/promotion.js';
import { hasMoved, promotedAlias, readAlias } from '../src/promotion/alias.js';
import { appendAudit } from '../src/promotion/audit.js';
import { authorityOf } from '../src/promotion/authority.js';
import { decisionDigest, readDecision, recordDecision } from '../src/promotion/decisions.js';
import { sha256Hex } from '../src/storage/objects.js';
import { endProblem } from './checking-ends.js';
import { evidenceProblem } from './checking-evidence.js';
import type { Dependencies } from './dependencies.js';

/**
 * Looks at what only keys and store tell: who decides, whether the champion is still the same, and what the
 * evidence says. The configuration that the worker was started with says who may: what stands in Temporal or
 * in the store can be written by others. A refusal goes to the audit log; what is accepted is recorded before
 * it counts, once.
 */
export async function checkPromotion(
  deps: Dependencies,
  input: ArrivedDecision,
): Promise<CheckedDecision> {
  const rules = deps.startedWith.approval;
  const terms = { required: rules.required, identities: identitiesOf(rules.approvers) };
  const judged = await judge(deps, input);
  if (judged.refusal !== null) {
    await recordRefusal(deps, input, judged.refusal);
    return { ...judged, ...terms };
  }
  const { approval, isMoved } = judged;
  const accepted = { refusal: null, superseded: false, approval, ...terms };
  if (input.request.decision === 'reject') return { ...accepted, stillNeeded: 0 };
  await recordApproval(deps, input, approval.id);
  const approvers = new Set([...(input.approvals ?? []), approval].map((one) => one.approver));
  const stillNeeded = isMoved ? 0 : Math.max(0, rules.required - approvers.size);
  return { ...accepted, stillNeeded };
}

interface Refused {
  readonly refusal: string;
  readonly superseded: boolean;
}

type Judged =
  | Refused
  | {
      readonly refusal: null;
      readonly superseded: false;
      readonly approval: CountedApproval;
      /** The alias was moved by this promotion already, in an attempt that failed afterwards. */
      readonly isMoved: boolean;
    };

async function judge(deps: Dependencies, input: ArrivedDecision): Promise<Judged> {
  const { request } = input;
  const malformed = shapeProblem(request) ?? bindingProblem(request, input);
  if (malformed !== null) return refused(malformed);
  const authority = authorityOf(request, deps.startedWith.approval, input.submitter ?? null);
  if (authority.refusal !== null) return refused(authority.refusal);
  const id = decisionId(input);
  const known = await readDecision(deps.store, input.model, id);
  // A step that is tried again was in time when it was tried first.
  const isRetry = known !== null && known.attempt === attemptOf(input);
  const late = isRetry ? null : expiryProblem(request, Date.parse(deps.now()));
  if (late !== null) return refused(late);
  const isMoved = await hasMoved(
    deps.store,
    input.model,
    input.championVersion,
    promotedAlias(input),
  );
  const problem = await stateProblem(deps, input, isMoved);
  if (problem !== null) return problem;
  const { publicKey } = authority;
  const decision = { v: 1, request, publicKey, attempt: attemptOf(input), at: deps.now() } as const;
  if ((await recordDecision(deps.store, input.model, id, decision)) === 'replayed') {
    return refused('replayed: this decision was sent before, and each counts once; sign a new one');
  }
  const approval = { id, approver: request.approver };
  return { refusal: null, superseded: false, approval, isMoved };
}

/** What alias and evidence say against a decision. An alias that this promotion moved can only be approved. */
async function stateProblem(
  deps: Dependencies,
  input: ArrivedDecision,
  isMoved: boolean,
): Promise<Refused | null> {
  const isApproval = input.request.decision === 'approve';
  if (isMoved) {
    return isApproval
      ? null
      : refused(
          `too late: ${input.candidate} serves already; approve to complete its record, or use "holdfast rollback"`,
        );
  }
  if (!isApproval) return null;
  const alias = await readAlias(deps.store, input.model);
  if (alias?.version !== input.championVersion || alias.alias.modelId !== input.champion) {
    const now = alias === null ? 'none' : `${alias.alias.modelId} (version ${alias.version})`;
    return {
      refusal:
        `superseded: the candidate was measured against ${input.champion} (version ${input.championVersion}), ` +
        `but the champion is now ${now}: it was promoted or rolled back since`,
      superseded: true,
    };
  }
  const problem =
    (await endProblem(deps.store, input, [])) ?? (await evidenceProblem(deps.store, input));
  return problem === null ? null : refused(problem);
}

/**
 * Why a promotion may not move the alias, or `null`. Reads the recorded approvals again, since whoever can
 * write to Temporal could ask for this step alone: without enough approvals that hold, and after an end that
 * they came before, nothing is promoted.
 */
export async function approvalProblem(
  deps: Dependencies,
  input: PromoteInput,
): Promise<string | null> {
  const rules = deps.startedWith.approval;
  const names = new Set<string>();
  for (const { id } of input.approvals ?? []) {
    const recorded = await readDecision(deps.store, input.model, id);
    if (recorded === null) return `the approval ${id} is not in the store; approve again`;
    const { request } = recorded;
    const problem =
      bindingProblem(request, input) ??
      authorityOf(request, rules, input.submitter ?? null).refusal ??
      (request.decision === 'approve' ? null : 'it is a rejection');
    if (problem !== null) return `the approval of ${request.approver} does not count: ${problem}`;
    names.add(request.approver);
  }
  if (names.size < rules.required) {
    return `${names.size} of ${rules.required} approvals are there; approve again`;
  }
  return (
    (await endProblem(deps.store, input, input.approvals ?? [])) ??
    (await evidenceProblem(deps.store, input))
  );
}

/** A refused attempt, whoever it came from: its name is a claim. */
export async function recordRefusal(
  deps: Dependencies,
  input: ArrivedDecision,
  refusal: string,
): Promise<void> {
  const { request } = input;
  const isReadable = shapeProblem(request) === null;
  await appendAudit(deps.store, input.model, {
    v: 1,
    at: deps.now(),
    action: 'refused',
    by: isReadable ? request.approver : 'unknown',
    reason: refusal,
    subject: {
      ...subjectOf(input),
      attempt: attemptOf(input),
      asked: isReadable ? request.decision : null,
    },
  });
}

/** An approval that counts, with the digest of what was sent. */
async function recordApproval(
  deps: Dependencies,
  input: ArrivedDecision,
  id: string,
): Promise<void> {
  const { request } = input;
  await appendAudit(deps.store, input.model, {
    v: 1,
    at: deps.now(),
    action: 'approved',
    by: request.approver,
    reason: request.reason,
    subject: {
      ...subjectOf(input),
      id,
      digest: decisionDigest(request),
      identity: isSigned(request) ? 'signed' : 'claim',
    },
  });
}

function subjectOf(input: PromotionSubject): Readonly<Record<string, string>> {
  const { candidate, champion, evidenceDigest, release, window } = input;
  return { candidate, champion, evidence: evidenceDigest, release, window };
}

/** A signed decision is known by its nonce; a claim by the attempt that brought it. */
function decisionId(input: ArrivedDecision): string {
  const { request, evidenceDigest } = input;
  if (isSigned(request)) return request.nonce;
  return sha256Hex(`${evidenceDigest} ${attemptOf(input)}`).slice(0, 32);
}

/** Digest of the name of the attempt: an Update's id may be any text. */
function attemptOf({ attempt, request }: ArrivedDecision): string {
  return sha256Hex(attempt ?? decisionDigest(request));
}

function refused(refusal: string): Refused {
  return { refusal, superseded: false };
}
