import type { GatePolicy } from '../../domain/gate.js';
import { distance, points } from '../../gate/sentences.js';

/** What a suite may be there for, in the order in which it is told. */
export const ROLES = {
  superiority: 'decides',
  guard: 'must not get worse',
  safety: 'failures have a limit',
  fairness: 'pairs are to be treated alike',
} as const;
export type Role = keyof typeof ROLES;

/** Every role that a policy gives a suite; none: it is only shown. */
export function rolesOf(suite: string, policy: GatePolicy): readonly Role[] {
  const { superiorityOn, guards, safety = [], fairness = [] } = policy;
  const named: Readonly<Record<Role, readonly string[]>> = {
    superiority: [superiorityOn],
    guard: guards.map((one) => one.suite),
    safety: safety.map((one) => one.suite),
    fairness: fairness.map((one) => one.suite),
  };
  const roles = Object.keys(ROLES) as Role[];
  return roles.filter((role) => named[role].some((name) => isNamed(name, suite)));
}

/** Whether a policy's name of a suite means this one: `holdout` is that of any window. */
function isNamed(name: string, suite: string): boolean {
  return suite === name || (name === 'holdout' && suite.startsWith('holdout:'));
}

/**
 * What the difference of both models on a suite is held against, −1 to 1, each once and from the left: what a candidate
 * has to be better by, and losses that have to be ruled out. Zero is left out, where every plot has a line.
 */
export function barsOf(suite: string, policy: GatePolicy): readonly number[] {
  const { superiorityOn, minimumDifference, guards, safety = [] } = policy;
  const losses = [...guards, ...safety]
    .filter((one) => isNamed(one.suite, suite))
    .map(({ margin }) => -margin);
  const bars = isNamed(superiorityOn, suite) ? [...losses, minimumDifference] : losses;
  return [...new Set(bars)].filter((bar) => bar !== 0).sort((a, b) => a - b);
}

/** How much more often than the champion a candidate may treat pairs of a suite otherwise; `null` where none is asked. */
export function pairsMargin(suite: string, { fairness = [] }: GatePolicy): number | null {
  const margins = fairness.filter((one) => isNamed(one.suite, suite)).map(({ margin }) => margin);
  return margins.length === 0 ? null : Math.min(...margins);
}

/** What dashed lines are: `Dashed: a loss of 2.0 points, which has to be ruled out.`; nothing where there are none. */
export function explainBars(bars: readonly number[]): readonly string[] {
  if (bars.length === 0) return [];
  const named = bars.map((bar) =>
    bar > 0
      ? `the ${points(bar)} that the gate asks for`
      : `a loss of ${distance(bar)} points, which has to be ruled out`,
  );
  return [`Dashed: ${named.join(', and ')}.`];
}
