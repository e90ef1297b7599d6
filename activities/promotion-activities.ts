import type { PromotionActivities } from '../src/domain/contracts.js';
import type {
  ApprovalRequest,
  PromotionOutcome,
  PromotionSubject,
} from '../src/domain/promotion.js';
import type { Evidence } from '../src/domain/gate.js';
import { canonicalJson } from '../src/domain/json.js';
import type { Alias, AuditEntry } from '../src/domain/model.js';
import { recomputeDecision } from '../src/gate/evidence.js';
import { hasMoved, promoteAlias, readAlias } from '../src/promotion/alias.js';
import { appendAudit } from '../src/promotion/audit.js';
import { recordFate } from '../src/release/chain.js';
import { keys } from '../src/release/layout.js';
import { readJson, sha256Hex } from '../src/storage/objects.js';
import type { Dependencies } from './dependencies.js';

type Decided = PromotionSubject & { readonly request: ApprovalRequest };

/** The activities of the promotion workflow. */
export function createPromotionActivities(deps: Dependencies): PromotionActivities {
  return {
    checkPromotion: (input) => checkPromotion(deps, input),
    promote: (input) => promote(deps, input),
    recordPromotionEnd: (input) => recordEnd(deps, input, input.outcome, input.request),
  };
}

/**
 * Looks at what only the store knows: whether the champion is still the same, and what the evidence says.
 * An alias that this promotion moved already, in an attempt that failed afterwards, can only be approved.
 */
async function checkPromotion(
  deps: Dependencies,
  input: Decided,
): Promise<{ refusal: string | null; superseded: boolean }> {
  const isApproval = input.request.decision === 'approve';
  if (await hasMoved(deps.store, input.model, input.championVersion, aliasOf(input))) {
    const refusal = isApproval
      ? null
      : `too late: ${input.candidate} serves already; approve to complete its record, or use "holdfast rollback"`;
    return { refusal, superseded: false };
  }
  if (!isApproval) return { refusal: null, superseded: false };
  const alias = await readAlias(deps.store, input.model);
  if (alias?.version !== input.championVersion || alias.alias.modelId !== input.champion) {
    const now = alias?.alias.modelId ?? 'none';
    return {
      refusal: `superseded: the candidate was measured against ${input.champion}, but the champion is now ${now}`,
      superseded: true,
    };
  }
  return { refusal: await evidenceProblem(deps, input), superseded: false };
}

async function evidenceProblem(
  deps: Dependencies,
  input: PromotionSubject,
): Promise<string | null> {
  const evidence = await readJson<Evidence>(deps.store, keys.evidence(input.evidenceDigest));
  if (sha256Hex(canonicalJson(evidence)) !== input.evidenceDigest) {
    return 'the stored evidence is not what was decided on: its digest differs';
  }
  const foreign = foreignField(evidence, input);
  if (foreign !== null) {
    return `the evidence is about another promotion: its ${foreign} is not the one to be decided on`;
  }
  const { decision, checks } = recomputeDecision(evidence);
  if (decision === 'hold' || checks.some((check) => check.outcome === 'fail')) {
    return 'nobody can approve a candidate that failed a check';
  }
  return decision === input.decision
    ? null
    : `the evidence recomputes to ${decision}, not ${input.decision}`;
}

/** The first thing in which evidence and subject differ. */
function foreignField(evidence: Evidence, subject: PromotionSubject): string | null {
  const pairs = [
    ['model', evidence.model, subject.model],
    ['window', evidence.window, subject.window],
    ['release', evidence.release, subject.release],
    ['candidate', evidence.candidate, subject.candidate],
    ['champion', evidence.champion.modelId, subject.champion],
    ['champion version', evidence.champion.version, subject.championVersion],
  ] as const;
  return pairs.find(([, measured, asked]) => measured !== asked)?.[0] ?? null;
}

async function promote(
  deps: Dependencies,
  input: PromotionSubject,
): Promise<{ readonly aliasVersion: number | null }> {
  const { store } = deps;
  const moved = await promoteAlias(store, input.model, input.championVersion, aliasOf(input));
  return { aliasVersion: moved ? input.championVersion + 1 : null };
}

/** The alias as this promotion makes it. */
function aliasOf(input: PromotionSubject): Alias {
  return {
    modelId: input.candidate,
    promotion: input.evidenceDigest,
    evidence: input.evidenceDigest,
    previousModelId: input.champion,
  };
}

/** Audit entry and fate of a promotion's end; both can be written again without a second trace. */
async function recordEnd(
  deps: Dependencies,
  input: PromotionSubject,
  intended: PromotionOutcome['outcome'],
  request: ApprovalRequest | null,
): Promise<PromotionOutcome> {
  const { store } = deps;
  const isMoved = await hasMoved(store, input.model, input.championVersion, aliasOf(input));
  const outcome = isMoved ? 'promoted' : intended;
  const isAsDecided = (request?.decision === 'approve') === (outcome === 'promoted');
  const decided = isAsDecided ? request : null;
  const entry: AuditEntry = {
    v: 1,
    at: deps.now(),
    action: outcome,
    by: decided?.approver ?? 'holdfast',
    reason: decided?.reason ?? `the promotion was ${outcome}`,
    subject: {
      candidate: input.candidate,
      champion: input.champion,
      evidence: input.evidenceDigest,
      release: input.release,
      window: input.window,
    },
  };
  await appendAudit(store, input.model, entry);
  // An undecided candidate says nothing against its rows; only a person's no keeps them out of history.
  const fate = {
    promoted: 'promoted',
    rejected: 'rejected',
    expired: 'inconclusive',
    superseded: 'inconclusive',
  } as const;
  await recordFate(store, input.model, input.release, fate[outcome]);
  return {
    outcome,
    by: decided?.approver ?? null,
    aliasVersion: isMoved ? input.championVersion + 1 : null,
  };
}
