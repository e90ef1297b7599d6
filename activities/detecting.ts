import type { Configuration } from '../src/domain/configuration.js';
import type { StepInput } from '../src/domain/contracts.js';
import type { DetectableDifference } from '../src/domain/detectable.js';
import { ConfigError } from '../src/domain/errors.js';
import type { GatePolicy } from '../src/domain/gate.js';
import { POOLED_SUITE } from '../src/domain/pool.js';
import { anchorMarginOn } from '../src/gate/anchor.js';
import { decidingSuites } from '../src/gate/decide.js';
import type { Sample } from '../src/domain/sample.js';
import type { SuiteScorer } from '../src/domain/scorer.js';
import {
  detectabilityOf,
  detectableCap,
  explainStalledPool,
  explainTooFine,
  pairDetectabilityOf,
  tooFine,
} from '../src/gate/detectability.js';
import type { Dependencies } from './dependencies.js';
import { hitsInSuite } from './hits-in-suite.js';
import { openPool, type OpenedPool } from './pooled-holdout.js';
import { type SuiteSample, suiteScorer } from './samples.js';
import { suiteSamples } from './suite-samples.js';
import { openWindow } from './window-state.js';

/**
 * What the gate will be able to see, from the clean samples of every suite that decides, and from its counterfactual pairs
 * where these have a margin of their own, before anything is spent.
 * @throws ConfigError where a margin is finer, or a cap lower, than that, or a pool is too small and grows no more, unless
 * the configuration says otherwise.
 */
export async function detectBeforeTraining(
  deps: Dependencies,
  configuration: Configuration,
  input: StepInput,
): Promise<readonly DetectableDifference[]> {
  const policy = configuration.gate;
  const { manifest } = await openWindow(deps.store, input);
  const suites: DetectableDifference[] = [];
  for (const suite of decidingSuites(policy)) {
    const pool = suite === POOLED_SUITE ? await openPool(deps, configuration, input) : null;
    const { samples } = pool?.suite ?? (await suiteSamples(deps, configuration, input, suite));
    const { unclean } = await hitsInSuite(deps, input, suite);
    const ofSuite = suiteScorer(configuration, suite);
    const scorerOf = ({ scorer }: Sample): SuiteScorer => scorer ?? ofSuite;
    const counts = ({ sample, decisive }: SuiteSample): boolean =>
      decisive &&
      (sample.reference !== null || ['judge', 'results'].includes(scorerOf(sample))) &&
      !unclean.has(sample.id);
    const clean = samples.filter(counts).map(({ sample }) => sample);
    // A judge counts no failures, and says of no pair whether it is treated alike.
    const scored = clean.filter((sample) => scorerOf(sample) !== 'judge');
    const shown = {
      ...detectabilityOf(suite, clusterSizes(clean), policy),
      ...detectableCap(clusterSizes(scored), capsOn(suite, policy.safety), policy.alpha),
      ...poolOf(pool, policy),
    };
    // A judge compares nobody with the anchor.
    const isAnchored = manifest.anchor !== undefined && scored.length > 0;
    suites.push({ ...shown, ...(isAnchored && finerAnchorMargin(shown, policy)) });
    if (policy.fairness?.some((fairness) => fairness.suite === suite) !== true) continue;
    const pairs = wholePairs(
      samples.map(({ sample }) => sample),
      new Set(scored),
    );
    const sizes = clusterSizes(pairs);
    suites.push({
      ...pairDetectabilityOf(suite, sizes, policy),
      ...detectableCap(sizes, capsOn(suite, policy.fairness), policy.alpha),
    });
  }
  if (policy.finerMargins === 'tell') return suites;
  const fine = tooFine(suites);
  const refused = fine.length > 0 ? explainTooFine(fine, policy) : explainStalledPool(suites);
  if (refused !== null) throw new ConfigError(refused);
  return suites;
}

/** What is asked of the anchor, where samples can't show it of models that are equal. */
function finerAnchorMargin(
  { suite, margin, count }: DetectableDifference,
  policy: GatePolicy,
): Pick<DetectableDifference, 'anchorMargin'> {
  const wanted = anchorMarginOn(suite, policy);
  return wanted === null || wanted >= margin || count === 0 ? {} : { anchorMargin: wanted };
}

function capsOn(
  suite: string,
  policies: readonly { readonly suite: string; readonly cap: number }[] = [],
): readonly number[] {
  return policies.filter((each) => each.suite === suite).map(({ cap }) => cap);
}

/** How far pooled holdouts are, where the suite is of these. */
function poolOf(
  opened: OpenedPool | null,
  { pool: policy }: GatePolicy,
): Pick<DetectableDifference, 'pool'> {
  if (opened === null || policy === undefined) return {};
  return { pool: { holdouts: opened.pool, policy } };
}

/** How many samples each cluster has. */
function clusterSizes(samples: readonly Pick<Sample, 'cluster'>[]): readonly number[] {
  const sizes = new Map<string, number>();
  for (const { cluster } of samples) sizes.set(cluster, (sizes.get(cluster) ?? 0) + 1);
  return [...sizes.values()];
}

/** The first member of every pair that has two or more, all of them `scored`: no other pair can be compared. */
function wholePairs(samples: readonly Sample[], scored: ReadonlySet<Sample>): readonly Sample[] {
  const pairs = new Map<string, Sample[]>();
  for (const sample of samples) {
    if (sample.pair !== undefined)
      pairs.set(sample.pair, [...(pairs.get(sample.pair) ?? []), sample]);
  }
  return [...pairs.values()].flatMap((members) =>
    members.length > 1 && members.every((member) => scored.has(member)) ? members.slice(0, 1) : [],
  );
}
