import type { LoadedConfiguration } from '../config/load.js';
import { identitiesOf, identitiesSentence, type Identities } from '../domain/approver.js';
import { total } from '../domain/books.js';
import type { WeeklyOutcome, WindowOutcome } from '../domain/contracts.js';
import { describeDetectable } from '../domain/detectable.js';
import type { Comparison, Evidence } from '../domain/gate.js';
import type { ReleaseManifest } from '../domain/manifest.js';
import { formatUsd, type Charge } from '../domain/spend.js';
import { describeAsking } from '../domain/asking.js';
import type { AskedUsage } from '../domain/usage.js';
import { readFate } from '../release/chain.js';
import { keys } from '../release/layout.js';
import { points } from '../gate/sentences.js';
import { counted, shortDigest } from '../release/report/numbers.js';
import { readAsked } from '../release/load-report.js';
import { askingCost, keptClause } from '../release/report/asked.js';
import { cutAdvice, cutSentence, cutSuites } from '../release/report/ends.js';
import { reasonList } from '../release/report/books.js';
import { suiteName } from '../release/report/verdict.js';
import { readSpend } from '../release/spend-ledger.js';
import type { ObjectStore } from '../storage/object-store.js';
import { readJson } from '../storage/objects.js';
import type { CliContext } from './context.js';
import { reportPlace } from './report-place.js';

/** Tells what a run came to, window by window, from the stored evidence. */
export async function tellOutcome(
  { windows }: WeeklyOutcome,
  loaded: LoadedConfiguration,
  store: ObjectStore,
  { output }: CliContext,
): Promise<void> {
  const { approval, model } = loaded.configuration;
  const identities = identitiesOf(approval.approvers);
  const told: (WindowOutcome & { readonly report: string | null })[] = [];
  for (const window of windows) {
    const report = await reportPlace(store, model, window);
    told.push({ ...window, report });
    for (const line of await windowLines(window, model, store, report, identities)) {
      output.line(line);
    }
  }
  if (windows.length === 0) output.line('no window was due');
  output.result({ model, windows: told });
}

/** The story of one window, a line for each thing worth knowing. */
export async function windowLines(
  outcome: WindowOutcome,
  model: string,
  store: ObjectStore,
  report: string | null,
  identities: Identities,
): Promise<readonly string[]> {
  const { window, release, decision, candidate } = outcome;
  const lines = [`${window}  ${await headline(outcome, model, store)}`];
  if (decision === 'already-decided') return lines;
  const manifest = await readJson<ReleaseManifest>(store, keys.release(release));
  lines.push(...bookLines(manifest));
  const rows = counted(total(manifest.rowsByWindow), 'training row');
  lines.push(field('release', `${shortDigest(release)}, ${rows}`));
  if (outcome.estimate !== undefined) {
    const { tokens, cost, maximumCost } = outcome.estimate;
    const estimate = `${counted(tokens, 'token')}, about ${formatUsd(cost)} (cap ${formatUsd(maximumCost)}); nothing was sent`;
    lines.push(field('estimate', estimate));
    const { asking } = outcome.estimate;
    if (asking !== undefined) lines.push(field('asking', describeAsking(asking)));
    for (const suite of outcome.estimate.detectable ?? []) {
      lines.push(field('detectable', describeDetectable(suite)));
    }
  }
  for (const { actual, estimate } of await chargesOf(store, model, release)) {
    const how = actual === null ? ' by estimate' : `, expected ${formatUsd(estimate)}`;
    lines.push(field('training cost', `${formatUsd(actual ?? estimate)}${how}`));
  }
  if (candidate !== null) lines.push(field('candidate', candidate));
  if (outcome.evidenceDigest !== null) {
    const asked = await readAsked(store, outcome.evidenceDigest);
    const evidence = await readJson<Evidence>(store, keys.evidence(outcome.evidenceDigest));
    lines.push(...askingLines(asked), ...cutLines(asked, evidence));
    lines.push(...evidenceLines(evidence));
  }
  if (report !== null) lines.push(field('report', report));
  if (outcome.promotionId !== null && candidate !== null) {
    lines.push(field('waits for', `holdfast approve ${candidate} --reason "…"`));
    lines.push(field('', identitiesSentence(identities)));
  }
  return lines;
}

/** What asking all models cost; nothing where no price is configured. */
function askingLines(asked: readonly AskedUsage[]): readonly string[] {
  const cost = askingCost(asked);
  if (cost === null) return [];
  const { usd, answers, kept, isWhole } = cost;
  const more = isWhole ? '' : '; of others no price or no count of tokens is known';
  const what = `${formatUsd(usd)} for ${counted(answers, 'answer')}${keptClause(kept)}${more}`;
  return [field('asking cost', what)];
}

/** Where many answers that the decision rests on were cut off, and what to do. */
function cutLines(asked: readonly AskedUsage[], evidence: Evidence): readonly string[] {
  return cutSuites(asked, evidence).map((suite) =>
    field('cut off', `${cutSentence(suite)}: ${cutAdvice(suite)} and run it again with --reopen`),
  );
}

async function chargesOf(
  store: ObjectStore,
  model: string,
  release: string,
): Promise<readonly Charge[]> {
  const charges = (await readSpend(store, model)).flatMap((entry) => entry.charges);
  return charges.filter((charge) => charge.release === release);
}

async function headline(
  { decision, release }: WindowOutcome,
  model: string,
  store: ObjectStore,
): Promise<string> {
  switch (decision) {
    case 'already-decided':
      return `is in the chain already: ${await readFate(store, model, release)}`;
    case 'dry-run':
      return 'dry run: the release is built, nothing was trained';
    case 'rebuilt':
      return 'rebuilt to the same digest';
    case 'nothing-to-train-on':
      return 'nothing to train on: an empty release';
    case 'promote':
    case 'hold':
    case 'inconclusive':
      return decision;
  }
}

/** One line for each step that left something out. */
function bookLines({ books }: ReleaseManifest): readonly string[] {
  return books.map(({ stage, read, kept, dropped, quarantined, deferred }) => {
    const left = [
      reasonList(dropped),
      total(quarantined) > 0 ? `quarantined: ${reasonList(quarantined)}` : '',
      deferred > 0 ? `deferred ${deferred}` : '',
    ].filter((text) => text !== '');
    return field(stage, `${read} -> ${kept}${left.length > 0 ? `  (${left.join('; ')})` : ''}`);
  });
}

function evidenceLines(evidence: Evidence): readonly string[] {
  const suites = evidence.suites.map((suite) => {
    const parts = [`clean ${change(suite.clean)}`, `all ${change(suite.all)}`];
    return field('measured', `${suiteName(suite.suite)}: ${parts.join(', ')}`);
  });
  const checks = evidence.result.checks.map((check) =>
    field(
      check.outcome === 'inconclusive' ? 'unclear' : check.outcome,
      `${check.name}: ${check.reason}`,
    ),
  );
  return [...suites, ...checks];
}

function change(comparison: Comparison | null): string {
  if (comparison === null) return 'nothing to compare';
  const { difference, lower, upper, count } = comparison;
  return `${points(difference)} points [${points(lower)}, ${points(upper)}] on ${count}`;
}

function field(name: string, value: string): string {
  return `  ${name.padEnd(14)}${value}`;
}
