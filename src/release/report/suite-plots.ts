import type { Comparison, Evidence, GatePolicy, SuiteResult } from '../../domain/gate.js';
import { anchorMarginOn } from '../../gate/anchor.js';
import { decidingSuites } from '../../gate/decide.js';
import { points } from '../../gate/sentences.js';
import type { Html } from './html.js';
import { differenceAxis, drawPlot, type PlotRow } from './intervals.js';
import { counted } from './numbers.js';
import { barsOf, explainBars, pairsMargin } from './roles.js';

/**
 * Differences of a suite with their one-sided bounds, drawn on one axis; dashed: what the gate holds each against. Where
 * there are such, the candidate's difference to the anchor and that of pairs which are treated alike stand below.
 */
export function renderIntervals(suite: SuiteResult, policy: GatePolicy): Html | null {
  const bars = barsOf(suite.suite, policy);
  const rows = [
    ...differenceRow('all', 'all samples', suite.all, bars),
    ...differenceRow('clean', 'clean samples', suite.clean, bars),
    ...differenceRow('anchor', 'against the anchor', suite.anchor, anchorBars(suite, policy)),
    ...differenceRow('pairs', 'pairs alike', suite.pairs?.comparison, pairBars(suite, policy)),
  ];
  return drawPlot(rows, differenceAxis(rows));
}

function differenceRow(
  label: string,
  name: string,
  comparison: Comparison | null | undefined,
  bars: readonly number[],
): readonly PlotRow[] {
  if (comparison === null || comparison === undefined) return [];
  const { difference: value, lower, upper } = comparison;
  const spoken = `${name}: ${points(value)} points, between ${points(lower)} and ${points(upper)}`;
  return [{ label, spoken, value, lower, upper, bars }];
}

/** The anchor is held against on suites that decide alone. */
function anchorBars({ suite }: SuiteResult, policy: GatePolicy): readonly number[] {
  const margin = decidingSuites(policy).has(suite) ? anchorMarginOn(suite, policy) : null;
  return margin === null || margin === 0 ? [] : [-margin];
}

function pairBars({ suite }: SuiteResult, policy: GatePolicy): readonly number[] {
  const margin = pairsMargin(suite, policy);
  return margin === null || margin === 0 ? [] : [-margin];
}

/** What the rows below all and clean are, and what each is held against: a text for each. */
export function explainFurtherRows(
  suite: SuiteResult,
  { anchor, policy }: Evidence,
): readonly string[] {
  const texts: string[] = [];
  if (suite.anchor !== undefined) {
    const first = anchor === undefined ? '' : ` ${anchor.modelId}`;
    const samples = counted(suite.anchor.count, 'clean sample');
    const what = `Anchor: the candidate against the first champion${first} on ${samples}.`;
    texts.push([what, ...explainBars(anchorBars(suite, policy))].join(' '));
  }
  const pairs = suite.pairs?.comparison ?? null;
  if (pairs !== null) {
    const what = `Pairs: how often the members of ${counted(pairs.count, 'pair')} are treated alike.`;
    texts.push([what, ...explainBars(pairBars(suite, policy))].join(' '));
  }
  return texts;
}
