import { createHash } from 'node:crypto';
import type { Evidence, GatePolicy, GateResult, PairedScore } from '../domain/gate.js';
import { assertNever } from '../domain/errors.js';
import { canonicalJson } from '../domain/json.js';
import { evaluateGate } from './decide.js';
import { assertPoolIsScored } from './pool.js';
import { boundRules, type BoundRules } from './margin-bound.js';
import { summariseSuite } from './summarise.js';
import * as firstVersion from './version-1/decide.js';
import { MARGIN_RULES_2 } from './version-2/margin-bound.js';

/** What evidence is built from: everything but what follows from it. */
export type EvidenceInput = Omit<Evidence, 'v' | 'suites' | 'result'> & {
  /** Samples that were not compared, by suite and reason. */
  readonly missing: Readonly<Record<string, Readonly<Record<string, number>>>>;
};

/** Computes suites and decision from the paired scores, and puts all of it in one value. */
export function buildEvidence(input: EvidenceInput): Evidence {
  const { missing, ...rest } = input;
  assertPoolIsScored(input);
  const suites = inOrder(input.scores).map(([suite, scores]) =>
    summariseSuite(suite, scores, missing[suite] ?? {}, input.policy),
  );
  return {
    v: 3,
    ...rest,
    suites,
    result: evaluateGate(suites, input.policy, input.looks, input, input.usage),
  };
}

/**
 * The decision again, from nothing but the stored paired scores and policy, by the rules of the evidence's own
 * version.
 */
export function recomputeDecision(evidence: Evidence): GateResult {
  const { scores, policy, looks, usage } = evidence;
  const missing = new Map(evidence.suites.map((result) => [result.suite, result.missing]));
  if (evidence.v === 1) {
    const suites = inOrder(scores).map(([suite, ofSuite]) =>
      firstVersion.summariseSuite(suite, ofSuite, missing.get(suite) ?? {}, policy.alpha),
    );
    return firstVersion.evaluateGate(suites, policy);
  }
  assertPoolIsScored(evidence);
  const rules = rulesOf(evidence.v, policy);
  const suites = inOrder(scores).map(([suite, ofSuite]) =>
    summariseSuite(suite, ofSuite, missing.get(suite) ?? {}, policy, rules),
  );
  return evaluateGate(suites, policy, looks, evidence, usage);
}

function rulesOf(version: 2 | 3, policy: GatePolicy): BoundRules {
  switch (version) {
    case 2:
      return MARGIN_RULES_2;
    case 3:
      return boundRules(policy);
    default:
      return assertNever(version);
  }
}

function inOrder(
  scores: Evidence['scores'],
): readonly (readonly [string, readonly PairedScore[]])[] {
  return Object.entries(scores).sort(([a], [b]) => (a < b ? -1 : 1));
}

/** SHA-256 of the evidence's canonical JSON: what an approval is bound to. */
export function evidenceDigest(evidence: Evidence): string {
  return createHash('sha256').update(canonicalJson(evidence)).digest('hex');
}
