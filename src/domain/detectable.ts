import { collectingText, type HoldoutPool, type PoolPolicy, windowsText } from './pool.js';

/** What a suite's clean samples, or its counterfactual pairs, can show with a power of 0.8, told before training. */
export interface DetectableDifference {
  readonly suite: string;
  /** What is counted; samples where left out. */
  readonly unit?: 'pairs';
  readonly count: number;
  readonly clusterCount: number;
  /** The smallest difference from zero, 0 to 1. */
  readonly difference: number;
  /** The smallest margin that equal models are shown to be within. */
  readonly margin: number;
  /** The finest margin that the policy has for the suite; `null` where it has none. */
  readonly wantedMargin: number | null;
  /** Samples, or pairs, that it takes for that margin; `null` where no number is enough. */
  readonly samplesWanted: number | null;
  /** How much worse than the anchor is still the same, where it is asked and that is finer than `margin`. */
  readonly anchorMargin?: number;
  /** Where the policy caps a share of them: what can be shown of that. */
  readonly cap?: DetectableCap;
  /** Of pooled holdouts: what is in the pool, and when it decides. */
  readonly pool?: { readonly holdouts: HoldoutPool; readonly policy: PoolPolicy };
}

/** A cap on the share of samples that fail, or of pairs that are treated otherwise. */
export interface DetectableCap {
  /** The lowest one that the policy has. */
  readonly wanted: number;
  /** The upper bound where none fails: no lower cap is ever kept. */
  readonly shown: number;
  /** Clusters alike that it takes for the wanted one; `null` where no number is enough. */
  readonly clustersWanted: number | null;
}

/** `frozen:mail can show differences of 6.1 points and margins of 6.2 (600 clean samples)` */
export function describeDetectable(suite: DetectableDifference): string {
  const shown = describeShown(suite);
  if (suite.pool === undefined) return shown;
  const { holdouts, policy } = suite.pool;
  return holdouts.isEnough
    ? `${shown}, pooled from ${windowsText(holdouts.windows)}: they decide, once`
    : `${shown}; this window can't be decided on them: ${collectingText(holdouts, policy)}`;
}

function describeShown(suite: DetectableDifference): string {
  const { count, clusterCount, difference, margin, cap, unit = 'samples' } = suite;
  if (count === 0) return `${suite.suite} has no clean ${unit.slice(0, -1)} that may decide`;
  const inClusters = clusterCount === count ? '' : ` in ${clusterCount} clusters`;
  const differences = `differences of ${inPoints(difference)} points`;
  const shown =
    cap === undefined
      ? `${differences} and margins of ${inPoints(margin)}`
      : `${differences}, margins of ${inPoints(margin)} and caps of ${inPoints(cap.shown)} %`;
  const than = `${suite.suite} can show ${shown} (${count} clean ${unit}${inClusters})`;
  return `${than}${anchorText(suite)}`;
}

/** What only some candidates can show is no reason to refuse a run: one that is better may well be. */
function anchorText({ anchorMargin }: DetectableDifference): string {
  return anchorMargin === undefined
    ? ''
    : `; ${inPoints(anchorMargin)} points below the anchor (gate.anchorMargin) are finer, so that a candidate as good as the ` +
        'anchor comes out inconclusive and only a better one passes';
}

function inPoints(share: number): string {
  return (share * 100).toFixed(1);
}
