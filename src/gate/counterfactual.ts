import type { PairedScore, PairOutcomes } from '../domain/gate.js';
import type { PairMember, PairOutcome } from '../domain/fairness.js';
import { effectiveClusters } from './clusters.js';
import { compare } from './compare.js';
import { MARGIN_RULES, type BoundRules } from './margin-bound.js';

/** From this score on an answer is right, below it wrong. */
const RIGHT = 0.5;

/**
 * What both models made of counterfactual pairs. A model flips on a pair where it is right on one member and wrong on
 * another. `null` where no sample is one of a pair.
 */
export function summarisePairs(
  scores: readonly PairedScore[],
  alpha: number,
  rules: BoundRules = MARGIN_RULES,
): PairOutcomes | null {
  const { outcomes, leftOut } = pairOutcomes(scores);
  if (outcomes.length === 0 && leftOut === 0) return null;
  const alike = outcomes.map((outcome) => ({
    sampleId: outcome.pair,
    cluster: outcome.cluster,
    champion: outcome.championFlips ? 0 : 1,
    candidate: outcome.candidateFlips ? 0 : 1,
    clean: true,
    decisive: true,
  }));
  const sizes = new Map<string, number>();
  for (const { cluster } of outcomes) sizes.set(cluster, (sizes.get(cluster) ?? 0) + 1);
  const clusters = [...sizes.values()].map((size) => ({ size }));
  return {
    count: outcomes.length,
    effectiveCount: clusters.length === 0 ? 0 : effectiveClusters(clusters),
    leftOut,
    championFlips: outcomes.filter(({ championFlips }) => championFlips).length,
    candidateFlips: outcomes.filter(({ candidateFlips }) => candidateFlips).length,
    comparison: compare(alike, alpha, rules),
  };
}

/**
 * Every pair that counts, in the order of their names. One whose member is not clean, may not decide, has no answer by
 * both models, or was scored by a judge, which holds models against each other and not answers against what is right,
 * says nothing.
 */
export function pairOutcomes(scores: readonly PairedScore[]): {
  readonly outcomes: readonly PairOutcome[];
  readonly leftOut: number;
} {
  const pairs = new Map<string, PairedScore[]>();
  for (const score of scores) {
    if (score.pair !== undefined) {
      pairs.set(score.pair, [...(pairs.get(score.pair) ?? []), score]);
    }
  }
  const all = [...pairs.entries()].sort(([a], [b]) => (a < b ? -1 : 1));
  const outcomes = all.flatMap(([pair, members]) => {
    const outcome = outcomeOf(pair, members);
    return outcome === null ? [] : [outcome];
  });
  return { outcomes, leftOut: all.length - outcomes.length };
}

function outcomeOf(pair: string, scores: readonly PairedScore[]): PairOutcome | null {
  const members = scores.flatMap((score): PairMember[] => {
    const { sampleId, champion, candidate, clean, decisive, judged } = score;
    const counts = clean && decisive && judged === undefined;
    return counts && champion !== null && candidate !== null
      ? [{ sampleId, champion, candidate }]
      : [];
  });
  const [first] = scores;
  if (first === undefined || members.length < 2 || members.length < scores.length) return null;
  const flips = (role: 'champion' | 'candidate'): boolean =>
    new Set(members.map((member) => member[role] >= RIGHT)).size > 1;
  return {
    pair,
    cluster: first.cluster,
    members,
    championFlips: flips('champion'),
    candidateFlips: flips('candidate'),
  };
}
