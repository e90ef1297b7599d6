import type {
  ApprovalRequest,
  PromotionActivities,
  PromotionOutcome,
  PromotionSubject,
} from '../src/domain/contracts.js';
import type { Evidence } from '../src/domain/gate.js';
import { canonicalJson } from '../src/domain/json.js';
import type { AuditEntry } from '../src/domain/model.js';
import { recomputeDecision } from '../src/gate/evidence.js';
import { promoteAlias, readAlias } from '../src/promotion/alias.js';
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
    recordPromotionEnd: async (input) => {
      await recordEnd(deps, input, input.outcome, input.request);
    },
  };
}

/** Looks at what only the store knows: whether the champion is still the same, and what the evidence says. */
async function checkPromotion(
  deps: Dependencies,
  input: Decided,
): Promise<{ refusal: string | null; superseded: boolean }> {
  if (input.request.decision === 'reject') return { refusal: null, superseded: false };
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
  const { decision, checks } = recomputeDecision(evidence);
  if (decision === 'hold' || checks.some((check) => check.outcome === 'fail')) {
    return 'nobody can approve a candidate that failed a check';
  }
  return decision === input.decision
    ? null
    : `the evidence recomputes to ${decision}, not ${input.decision}`;
}

async function promote(deps: Dependencies, input: Decided): Promise<PromotionOutcome> {
  const moved = await promoteAlias(deps.store, input.model, input.championVersion, {
    modelId: input.candidate,
    promotion: input.evidenceDigest,
    evidence: input.evidenceDigest,
    previousModelId: input.champion,
  });
  if (!moved) {
    await recordEnd(deps, input, 'superseded', null);
    return { outcome: 'superseded', by: null, aliasVersion: null };
  }
  await recordEnd(deps, input, 'promoted', input.request);
  return {
    outcome: 'promoted',
    by: input.request.approver,
    aliasVersion: input.championVersion + 1,
  };
}

/** Audit entry and fate of a promotion's end; both can be written again without a second trace. */
async function recordEnd(
  deps: Dependencies,
  input: PromotionSubject,
  outcome: PromotionOutcome['outcome'],
  request: ApprovalRequest | null,
): Promise<void> {
  const entry: AuditEntry = {
    v: 1,
    at: deps.now(),
    action: outcome,
    by: request?.approver ?? 'holdfast',
    reason: request?.reason ?? `the promotion was ${outcome}`,
    subject: {
      candidate: input.candidate,
      champion: input.champion,
      evidence: input.evidenceDigest,
      release: input.release,
      window: input.window,
    },
  };
  await appendAudit(deps.store, input.model, entry);
  // An undecided candidate says nothing against its rows; only a person's no keeps them out of history.
  const fate = {
    promoted: 'promoted',
    rejected: 'rejected',
    expired: 'inconclusive',
    superseded: 'inconclusive',
  } as const;
  await recordFate(deps.store, input.model, input.release, fate[outcome]);
}
