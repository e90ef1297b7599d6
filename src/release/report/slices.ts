import type {
  Comparison,
  Evidence,
  GatePolicy,
  SliceResult,
  SuiteResult,
} from '../../domain/gate.js';
import { decidingSuites } from '../../gate/decide.js';
import { distance, points } from '../../gate/sentences.js';
import { testedSlices } from '../../gate/side-checks.js';
import { html, type Html } from './html.js';
import { differenceAxis } from './intervals.js';
import { counted, formatCount, formatShare } from './numbers.js';
import { drawSpan } from './span.js';
import { suiteName } from './verdict.js';

/** What the gate made of a slice. */
export type SliceStanding = 'fail' | 'pass' | 'shown';

export interface StandingSlice extends Pick<SliceResult, 'slice' | 'comparison'> {
  readonly standing: SliceStanding;
}

/** Beyond so many the better ones are counted; those that failed are shown whatever their number. */
const SLICES_SHOWN = 20;

const WORDS = { fail: '✗ failed', pass: '✓ passed', shown: 'only shown' } as const;

/** A suite's slices, those that are most surely worse first, with the difference of both models on each; nothing where samples name none. */
export function renderSlices(suite: SuiteResult, evidence: Evidence): Html | null {
  const slices = standingSlices(suite, evidence);
  if (slices.length === 0) return null;
  const failed = slices.filter(({ standing }) => standing === 'fail').length;
  const shown = slices.slice(0, Math.max(SLICES_SHOWN, failed));
  const name = suiteName(suite.suite);
  return html`<details class="slices" open>
    <summary>${summaryOf(slices)}</summary>
    <div class="scroll" tabindex="0" role="region" aria-label="Slices of ${name}">
      ${renderTable(shown, evidence.policy)}
    </div>
    ${renderRest(slices.slice(shown.length))}
    <p class="small">${legendOf(slices, evidence.policy)}</p>
  </details>`;
}

/**
 * Slices as the gate tested them, over all the suites that decide: failed ones first, then those
 * that are most surely worse, by the upper bound; equals by name.
 */
export function standingSlices(
  { suite, slices = [] }: SuiteResult,
  { policy, suites }: Evidence,
): readonly StandingSlice[] {
  const deciding = decidingSuites(policy);
  const answered = suites.filter((one) => deciding.has(one.suite));
  const tested = new Map(
    testedSlices(answered, policy)
      .filter((one) => one.suite === suite)
      .map(({ slice, isWorse }) => [slice, isWorse ? 'fail' : 'pass'] as const),
  );
  return slices
    .map(({ slice, comparison }) => ({
      slice,
      comparison,
      standing: tested.get(slice) ?? ('shown' as const),
    }))
    .sort(
      (one, other) =>
        Number(other.standing === 'fail') - Number(one.standing === 'fail') ||
        one.comparison.upper - other.comparison.upper ||
        (one.slice < other.slice ? -1 : 1),
    );
}

function summaryOf(slices: readonly StandingSlice[]): string {
  const tested = slices.filter(({ standing }) => standing !== 'shown').length;
  const failed = slices.filter(({ standing }) => standing === 'fail').length;
  const what = counted(slices.length, 'slice');
  return tested === 0
    ? `${what}, only shown`
    : `${what}: ${formatCount(tested)} tested, ${formatCount(failed)} failed`;
}

function renderTable(slices: readonly StandingSlice[], { slices: policy }: GatePolicy): Html {
  const isTested = slices.some(({ standing }) => standing !== 'shown');
  const bars = !isTested || policy === undefined || policy.margin === 0 ? [] : [-policy.margin];
  const reach = differenceAxis(endsOf(slices).map((ends) => ({ ...ends, bars }))).to;
  return html`<table>
    <thead>
      <tr>
        <th scope="col">slice</th>
        <th scope="col" class="number">samples</th>
        <th scope="col" class="number">points</th>
        <th scope="col" class="number">between</th>
        <th scope="col" class="plot">
          <span class="axis">
            <span>${points(-reach)}</span> <span>same</span> <span>${points(reach)}</span>
          </span>
        </th>
        <th scope="col">gate</th>
      </tr>
    </thead>
    <tbody>
      ${slices.map((slice) => renderSlice(slice, reach, bars))}
    </tbody>
  </table>`;
}

/** Bounds of slices that are too small to be tested may be far off: what they reach would leave the others no room. */
function endsOf(slices: readonly StandingSlice[]): readonly Pick<Comparison, 'lower' | 'upper'>[] {
  const isTested = slices.some(({ standing }) => standing !== 'shown');
  return slices.map(({ standing, comparison }) => {
    const { difference, lower, upper } = comparison;
    return isTested && standing === 'shown'
      ? { lower: difference, upper: difference }
      : { lower, upper };
  });
}

function renderSlice(
  { slice, comparison, standing }: StandingSlice,
  reach: number,
  bars: readonly number[],
): Html {
  const { count, difference, lower, upper } = comparison;
  return html`<tr class="${standing}">
    <th scope="row">${slice}</th>
    <td class="number" data-name="samples">${formatCount(count)}</td>
    <td class="number" data-name="points">${points(difference)}</td>
    <td class="number" data-name="between">${points(lower)} and ${points(upper)}</td>
    <td class="plot">${drawSpan(comparison, reach, bars)}</td>
    <td>${WORDS[standing]}</td>
  </tr>`;
}

function renderRest(rest: readonly StandingSlice[]): Html | null {
  if (rest.length === 0) return null;
  const passed = rest.filter(({ standing }) => standing === 'pass').length;
  return html`<p>
    And ${counted(rest.length, 'slice')} more, less surely worse, ${formatCount(passed)} of them
    passed, the others only shown; the model card has them all.
  </p>`;
}

function legendOf(slices: readonly StandingSlice[], { slices: policy, alpha }: GatePolicy): string {
  const bounds = `Bounds are each slice's own, one-sided at ${formatShare(1 - alpha)}; a line without an end goes on.`;
  const isTested = slices.some(({ standing }) => standing !== 'shown');
  if (policy === undefined || !isTested) {
    const why =
      policy === undefined
        ? 'the policy has no rule for slices'
        : `tested are those of at least ${formatCount(policy.minimumCount)} clean samples, of suites that decide`;
    return `Only shown: ${why}. ${bounds}`;
  }
  return (
    `Tested are slices of at least ${formatCount(policy.minimumCount)} clean samples: one fails where it is shown to be worse ` +
    `than the champion by more than ${distance(policy.margin)} points (dashed), with at most ` +
    `${distance(policy.falseDiscoveryRate)} % false alarms among those that fail. One that passed is not shown to be so, ` +
    `which does not say that it is as good. ${bounds}`
  );
}
