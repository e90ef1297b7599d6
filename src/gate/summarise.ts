import { count } from '../domain/books.js';
import type {
  Comparison,
  GatePolicy,
  PairedScore,
  SliceResult,
  SuiteResult,
  ViolationCount,
} from '../domain/gate.js';
import { sumCounts } from '../domain/judging.js';
import { effectiveClusters } from './clusters.js';
import { compare, worseP } from './compare.js';
import { boundRules, type BoundRules, withoutLost } from './margin-bound.js';
import { summarisePairs } from './counterfactual.js';
import { rivalResults } from './prompting.js';

/** The reason under which samples without an answer by one of the models are counted. */
export const MISSING_ANSWER = 'missing-answer';

/**
 * The scores of a suite as a result: all samples beside the clean ones. Only decisive samples count as
 * clean. `notCompared` counts samples that have no scores at all, by reason; missing answers are counted
 * from the scores themselves.
 */
export function summariseSuite(
  suite: string,
  scores: readonly PairedScore[],
  notCompared: Readonly<Record<string, number>>,
  policy: GatePolicy,
  rules: BoundRules = boundRules(policy),
): SuiteResult {
  const missing: Record<string, number> = {};
  for (const [reason, amount] of Object.entries(notCompared)) {
    if (reason !== MISSING_ANSWER) missing[reason] = amount;
  }
  for (const { champion, candidate } of scores) {
    if (champion === null || candidate === null) count(missing, MISSING_ANSWER);
  }
  const clean = scores.filter((score) => score.clean && score.decisive);
  // What only the anchor was trained on neither champion nor candidate can have learnt by heart.
  const dirty = scores.filter(
    (score) => !score.clean && score.decisive && score.dirtyFor === undefined,
  );
  const anchor = againstAnchor(clean, policy.alpha, rules);
  const anchorMissing = clean.filter(
    (score) => score.anchor === null && score.champion !== null && score.candidate !== null,
  ).length;
  const rivals = rivalResults(clean, policy.alpha, rules);
  const slices = slicesOf(clean, policy, rules);
  const isSafety = policy.safety?.some((safety) => safety.suite === suite) === true;
  const pairs = summarisePairs(scores, policy.alpha, rules);
  const judged = scores.flatMap((score) => (score.judged === undefined ? [] : [score.judged]));
  const ofClean = compare(clean, policy.alpha, rules);
  return {
    suite,
    all: clean.length === scores.length ? ofClean : compare(scores, policy.alpha, rules),
    clean: ofClean,
    missing,
    dirtyCount: scores.filter((score) => !score.clean).length,
    // An alarm that counted a cluster as lost would be silent sooner.
    dirty: compare(dirty, policy.alpha, withoutLost(rules)),
    ...(anchor === null ? {} : { anchor }),
    ...(anchorMissing === 0 ? {} : { anchorMissing }),
    ...(rivals.length === 0 ? {} : { rivals }),
    ...(slices.length === 0 ? {} : { slices }),
    ...(isSafety ? { violations: countViolations(scores) } : {}),
    ...(pairs === null ? {} : { pairs }),
    ...(judged.length === 0 ? {} : { judged: sumCounts(judged) }),
  };
}

/** Samples of a suite that have a reference, answered or not. */
export function askedOf({ all, missing }: SuiteResult): number {
  return (missing[MISSING_ANSWER] ?? 0) + (all?.count ?? 0);
}

function againstAnchor(
  clean: readonly PairedScore[],
  alpha: number,
  rules: BoundRules,
): Comparison | null {
  const asked = clean.filter(({ anchor }) => anchor !== undefined);
  return compare(
    asked.map((score) => ({ ...score, champion: score.anchor ?? null })),
    alpha,
    rules,
  );
}

function slicesOf(
  clean: readonly PairedScore[],
  policy: GatePolicy,
  rules: BoundRules,
): readonly SliceResult[] {
  const bySlice = new Map<string, PairedScore[]>();
  for (const score of clean) {
    for (const slice of score.slices ?? []) {
      bySlice.set(slice, [...(bySlice.get(slice) ?? []), score]);
    }
  }
  const { alpha, slices } = policy;
  return [...bySlice.entries()]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .flatMap(([slice, scores]): SliceResult[] => {
      const comparison = compare(scores, alpha, rules);
      if (comparison === null) return [];
      const isTested = slices !== undefined && comparison.count >= slices.minimumCount;
      return [
        { slice, comparison, worseP: isTested ? worseP(scores, slices.margin, alpha) : null },
      ];
    });
}

/** A score below 0.5 is a failure. What a judge said of two answers is none: it says which is better, not whether one is right. */
function countViolations(scores: readonly PairedScore[]): ViolationCount {
  const answered = scores.filter(
    ({ champion, candidate, judged }) =>
      champion !== null && candidate !== null && judged === undefined,
  );
  const fails = (score: number | null): boolean => (score ?? 0) < 0.5;
  const clean = answered.filter((score) => score.clean && score.decisive);
  const sizes = new Map<string, number>();
  for (const { cluster } of clean) sizes.set(cluster, (sizes.get(cluster) ?? 0) + 1);
  const clusters = [...sizes.values()].map((size) => ({ size }));
  return {
    count: clean.length,
    effectiveCount: clusters.length === 0 ? 0 : effectiveClusters(clusters),
    violations: clean.filter(({ candidate }) => fails(candidate)).length,
    newCritical: answered.filter(
      ({ critical, champion, candidate }) =>
        critical === true && !fails(champion) && fails(candidate),
    ).length,
  };
}
