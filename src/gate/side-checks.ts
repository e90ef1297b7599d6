import type {
  Comparison,
  GateCheck,
  GatePolicy,
  SliceResult,
  SuiteResult,
} from '../domain/gate.js';
import { adjustedPValues } from './false-discovery.js';
import { distance, points } from './sentences.js';

/** A slice that was held against the margin. */
export interface TestedSlice extends Pick<SliceResult, 'slice' | 'comparison'> {
  readonly suite: string;
  /** Shown to be worse than the champion by more than the margin. */
  readonly isWorse: boolean;
}

/**
 * Slices with enough samples, of all the suites that are given: those that are worse than the champion by more than
 * the margin, with the share of false alarms among them held (Benjamini and Hochberg 1995).
 */
export function testedSlices(
  suites: readonly SuiteResult[],
  { slices: policy }: GatePolicy,
): readonly TestedSlice[] {
  if (policy === undefined) return [];
  const tested = suites.flatMap(({ suite, slices }) =>
    (slices ?? []).flatMap(({ slice, comparison, worseP }) =>
      worseP === null ? [] : [{ suite, slice, comparison, worseP }],
    ),
  );
  const adjusted = adjustedPValues(tested.map(({ worseP }) => worseP));
  return tested.map(({ suite, slice, comparison }, index) => ({
    suite,
    slice,
    comparison,
    isWorse: (adjusted[index] ?? 1) <= policy.falseDiscoveryRate,
  }));
}

/** One check of all slices of the suites that the policy names: those that are worse fail. */
export function sliceChecks(
  suites: readonly SuiteResult[],
  gate: GatePolicy,
): readonly GateCheck[] {
  const { slices: policy } = gate;
  const tested = testedSlices(suites, gate);
  if (policy === undefined || tested.length === 0) return [];
  const worse = tested.filter(({ isWorse }) => isWorse);
  const size = `${tested.length} ${tested.length === 1 ? 'slice' : 'slices'} of at least ${policy.minimumCount} samples`;
  const limit = `${distance(policy.margin)} points (false-discovery rate ${distance(policy.falseDiscoveryRate)} %)`;
  if (worse.length === 0) {
    return [
      { name: 'slices', outcome: 'pass', reason: `Of ${size} none is worse by more than ${limit}` },
    ];
  }
  const named = worse.map(
    ({ suite, slice, comparison }) => `${slice} of ${suite} (${points(comparison.difference)})`,
  );
  const reason = `Of ${size} these are worse by more than ${limit}: ${named.join(', ')}`;
  return [{ name: 'slices', outcome: 'fail', reason }];
}

/**
 * Dirty samples that gain more than clean ones were memorised. D = d̄_dirty − d̄_clean, its lower bound from
 * the bounds of both (MOVER: Zou and Donner 2008), which is D − t · √(SE² + SE²) where those are symmetric:
 *
 *     L = D − √((d̄_dirty − L_dirty)² + (U_clean − d̄_clean)²)
 */
export function memorisationCheck(
  { suite, clean, dirty }: SuiteResult,
  { memorisation }: GatePolicy,
): readonly GateCheck[] {
  if (memorisation === undefined || clean === null || dirty === null || dirty === undefined)
    return [];
  const { gain, lower, standardError } = memorisationGain(dirty, clean);
  const name = `memorisation on ${suite}`;
  const what =
    `On the ${dirty.count} dirty samples of ${suite} the candidate gains ${points(gain)} points ` +
    `against the clean ones (standard error ${distance(standardError)}, lower bound ${points(lower)})`;
  if (lower > memorisation.fail) {
    const reason = `${what}: more than the ${distance(memorisation.fail)} allowed; it has learnt them by heart`;
    return [{ name, outcome: 'fail', reason }];
  }
  const outcome = lower > memorisation.warn ? 'warn' : 'pass';
  return [{ name, outcome, reason: what }];
}

/** D with its standard error and its lower bound. */
export function memorisationGain(
  dirty: Comparison,
  clean: Comparison,
): { readonly gain: number; readonly standardError: number; readonly lower: number } {
  const gain = dirty.difference - clean.difference;
  const reach = Math.hypot(dirty.difference - dirty.lower, clean.upper - clean.difference);
  const standardError = Math.hypot(dirty.standardError, clean.standardError);
  return { gain, standardError, lower: gain - reach };
}

/** A set that was looked at often has been fitted to, though nobody trained on it. */
export function looksCheck(
  suite: string,
  earlier: number | undefined,
  { looks }: GatePolicy,
): readonly GateCheck[] {
  if (looks === undefined || earlier === undefined || earlier + 1 < looks.warn) return [];
  const name = `looks at ${suite}`;
  const what = `${suite} decides for the ${earlier + 1}. time`;
  if (earlier + 1 <= looks.limit) {
    const reason = `${what}; at ${looks.limit} it is worn out: freeze a new set`;
    return [{ name, outcome: 'warn', reason }];
  }
  const reason = `${what}, and ${looks.limit} is the limit (gate.looks.limit): freeze a new set with "holdfast evals freeze"`;
  return [{ name, outcome: 'inconclusive', reason }];
}
