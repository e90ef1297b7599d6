import type { GatePolicy, SuiteResult } from '../../domain/gate.js';
import { boundedShare, percent } from '../../gate/under-cap.js';
import { html, type Html } from './html.js';
import { drawPlot, type PlotRow } from './intervals.js';
import { formatCount, formatShare } from './numbers.js';

/** A share that the gate holds under a cap, with what it counts. */
interface CappedRow {
  readonly label: 'failures' | 'pairs';
  readonly what: string;
  readonly count: number;
  readonly effectiveCount: number;
  readonly hits: number;
  readonly cap: number;
}

/** Shares of failures and of pairs treated otherwise, with the gate's own bounds; dashed: the caps. Nothing without one. */
export function renderCapped(suite: SuiteResult, policy: GatePolicy): Html | null {
  const capped = [...cappedFailures(suite, policy), ...cappedPairs(suite, policy)];
  if (capped.length === 0) return null;
  const rows = capped.map((row): PlotRow => {
    const { share: value, lower, upper } = boundedShare({ ...row, alpha: policy.alpha });
    const spoken =
      `${row.what}: ${formatCount(row.hits)} of ${formatCount(row.count)}, ${percent(value)}, between ` +
      `${percent(lower)} and ${percent(upper)}; ${percent(row.cap)} allowed`;
    return { label: row.label, spoken, value, lower, upper, bars: [row.cap] };
  });
  const to = Math.min(1, 1.15 * Math.max(...rows.flatMap(({ upper, bars }) => [upper, ...bars])));
  const ticks = [
    [0, 'none'],
    [to, percent(to)],
  ] as const;
  return html`${drawPlot(rows, { from: 0, to, ticks })}
    <p class="small">
      ${rows.map(({ spoken }) => `${spoken} (dashed). `)}The bounds are exact, one-sided at
      ${formatShare(1 - policy.alpha)}${capped.some(isClustered) ? ', samples in groups by what they count for' : ''}.
    </p>`;
}

function cappedFailures(
  { suite, violations }: SuiteResult,
  { safety = [] }: GatePolicy,
): readonly CappedRow[] {
  const caps = safety.filter((one) => one.suite === suite).map(({ cap }) => cap);
  if (violations === undefined || violations.count === 0 || caps.length === 0) return [];
  const { count, effectiveCount, violations: hits } = violations;
  const cap = Math.min(...caps);
  const what = 'Clean samples that the candidate fails';
  return [{ label: 'failures', what, count, effectiveCount, hits, cap }];
}

function cappedPairs(
  { suite, pairs }: SuiteResult,
  { fairness = [] }: GatePolicy,
): readonly CappedRow[] {
  const caps = fairness.filter((one) => one.suite === suite).map(({ cap }) => cap);
  if (pairs === undefined || pairs.count === 0 || caps.length === 0) return [];
  const { count, effectiveCount, candidateFlips: hits } = pairs;
  const cap = Math.min(...caps);
  const what = 'Pairs that the candidate treats otherwise';
  return [{ label: 'pairs', what, count, effectiveCount, hits, cap }];
}

function isClustered({ count, effectiveCount }: CappedRow): boolean {
  return effectiveCount < count;
}
