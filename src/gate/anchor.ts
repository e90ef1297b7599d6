import type { AskedAnchor, GateCheck, GatePolicy, SuiteResult } from '../domain/gate.js';
import { distance, measuredAgainst } from './sentences.js';
import { couldNotRun, withinMargin } from './suite-checks.js';

/**
 * Many small losses within the margin add up; against the first champion they show. `asked`: where it was to answer. A
 * suite with clean samples that it was to answer and did not is a check that could not run, and that is a failed check. On
 * one that only a judge scores it is told that nothing compares the anchor.
 */
export function anchorCheck(
  result: SuiteResult,
  policy: GatePolicy,
  asked?: AskedAnchor,
): readonly GateCheck[] {
  const { suite, anchor, anchorMissing = 0, clean } = result;
  const margin = anchorMarginOn(suite, policy);
  if (margin === null) return [];
  const name = `not worse than the anchor on ${suite}`;
  if (anchor === undefined) {
    if (asked === undefined || clean === null) return [];
    if (asked.suites.includes(suite)) return [{ name, ...couldNotRun(silence(suite, asked)) }];
    return result.judged === undefined
      ? []
      : [{ name, outcome: 'warn', reason: judgedOnly(suite, asked) }];
  }
  const compared = anchor.count + anchorMissing;
  if (anchorMissing > policy.maximumMissing * compared) {
    const reason =
      `The anchor answered ${anchor.count} of ${compared} clean samples of ${suite}, and ` +
      `${distance(policy.maximumMissing)} % may be missing; answers to the others would decide it`;
    return [{ name, outcome: 'inconclusive', reason }];
  }
  const what = measuredAgainst('than the anchor on', suite, anchor);
  return [{ name, ...withinMargin(anchor, margin, what) }];
}

/**
 * How much worse than the anchor is still the same on a suite: never less than what a single week may lose there, which its
 * guard says. `null` where the policy says nothing of anchors.
 */
export function anchorMarginOn(suite: string, { anchorMargin, guards }: GatePolicy): number | null {
  if (anchorMargin === undefined) return null;
  const guarded = guards.filter((guard) => guard.suite === suite).map(({ margin }) => margin);
  return Math.max(anchorMargin, ...guarded);
}

function judgedOnly(suite: string, { modelId }: AskedAnchor): string {
  return (
    `The anchor ${modelId} is not compared on ${suite}: a judge compares champion and candidate only, so small losses that ` +
    'add up do not show there; a guard on a set that has references shows them'
  );
}

function silence(suite: string, { modelId, refused = {} }: AskedAnchor): string {
  const why = refused[suite] === undefined ? '' : ` (${refused[suite]})`;
  return (
    `The anchor ${modelId} answered none of the clean samples of ${suite}${why}: serve it again, or say ` +
    'gate.anchor: off if it is gone for good and run the window again with --reopen'
  );
}
