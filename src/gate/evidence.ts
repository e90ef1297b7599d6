import { createHash } from 'node:crypto';
import type { Evidence, GateResult, PairedScore } from '../domain/gate.js';
import { canonicalJson } from '../domain/json.js';
import { evaluateGate, summariseSuite } from './decide.js';

/** What evidence is built from: everything but what follows from it. */
export type EvidenceInput = Omit<Evidence, 'v' | 'suites' | 'result'> & {
  /** Samples that were not compared, by suite and reason. */
  readonly missing: Readonly<Record<string, Readonly<Record<string, number>>>>;
};

/** Computes suites and decision from the paired scores, and puts all of it in one value. */
export function buildEvidence(input: EvidenceInput): Evidence {
  const { missing, ...rest } = input;
  const suites = Object.entries(input.scores)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([suite, scores]) =>
      summariseSuite(suite, scores, missing[suite] ?? {}, input.policy.alpha),
    );
  return { v: 1, ...rest, suites, result: evaluateGate(suites, input.policy) };
}

/** The decision again, from nothing but the stored paired scores and policy. */
export function recomputeDecision(evidence: Evidence): GateResult {
  const missingOf = new Map(evidence.suites.map(({ suite, missing }) => [suite, missing]));
  const suites = Object.entries(evidence.scores as Record<string, readonly PairedScore[]>)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([suite, scores]) =>
      summariseSuite(suite, scores, missingOf.get(suite) ?? {}, evidence.policy.alpha),
    );
  return evaluateGate(suites, evidence.policy);
}

/** SHA-256 of the evidence's canonical JSON: what an approval is bound to. */
export function evidenceDigest(evidence: Evidence): string {
  return createHash('sha256').update(canonicalJson(evidence)).digest('hex');
}
