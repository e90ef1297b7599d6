import type { Evidence } from '../src/domain/gate.js';
import { canonicalJson } from '../src/domain/json.js';
import type { PromotionSubject } from '../src/domain/promotion.js';
import { recomputeDecision } from '../src/gate/evidence.js';
import { keys } from '../src/release/layout.js';
import type { ObjectStore } from '../src/storage/object-store.js';
import { readJson, sha256Hex } from '../src/storage/objects.js';

/** Why the stored evidence does not let anybody approve this promotion, or `null`. It is recomputed. */
export async function evidenceProblem(
  store: ObjectStore,
  input: PromotionSubject,
): Promise<string | null> {
  const evidence = await readJson<Evidence>(store, keys.evidence(input.evidenceDigest));
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
