import { total } from '../domain/books.js';
import type { Evidence, PairedScore, SuiteResult } from '../domain/gate.js';
import { scoreInterval } from '../gate/score-interval.js';
import { points } from '../gate/sentences.js';
import { EXAMPLE_KINDS } from './choose-examples.js';
import { plain } from './markdown.js';
import { cut, EXAMPLE_HEADINGS, textsOf } from './report/examples.js';
import type { ReportData } from './report/data.js';
import { counted, formatCount, formatShare } from './report/numbers.js';
import { suiteName, verdictOf } from './report/verdict.js';

/** A run whose candidate was measured. */
export type MeasuredRun = ReportData & { readonly evidence: Evidence };

export function isMeasured(data: ReportData): data is MeasuredRun {
  return data.evidence !== null;
}

/**
 * The model card of a candidate, in Markdown, for whoever builds on the model: what it does how often, how it
 * fails, and what changed since the champion before it. It holds nothing but what was measured and stored; the
 * same data gives the same bytes.
 */
export function renderModelCard(data: MeasuredRun): string {
  const { evidence } = data;
  const sections = [
    `# ${plain(evidence.candidate)}`,
    summaryOf(data),
    `## What it does how often\n\n${scoresTable(evidence)}`,
    `## What changed since ${plain(evidence.champion.modelId)}\n\n${changesTable(evidence)}`,
    `## How it fails\n\n${failuresOf(data)}`,
    `## What it was trained on\n\n${trainingOf(data)}`,
    `## What these figures do not say\n\n${limitsOf(evidence)}`,
    `## Where this comes from\n\n${provenanceOf(data)}`,
  ];
  return `${sections.join('\n\n')}\n`;
}

function summaryOf(data: MeasuredRun): string {
  const { evidence, manifest } = data;
  const { word, sentence } = verdictOf(data);
  return (
    `Fine-tuned for ${plain(manifest.model)} on production logs up to ${manifest.window.to.slice(0, 10)} ` +
    `(window ${evidence.window}) and measured against ${plain(evidence.champion.modelId)}, which served then. ` +
    `The gate's answer: **${word.toLowerCase()}**. ${plain(sentence)}`
  );
}

function scoresTable({ scores, policy }: Evidence): string {
  const rows = Object.entries(scores)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .flatMap(([suite, ofSuite]) => rowsOfSuite(suite, ofSuite, policy.alpha));
  if (rows.length === 0) return 'No clean sample was answered.';
  const confidence = formatShare(1 - 2 * policy.alpha);
  return [
    `| on | samples | score | ${confidence} interval |`,
    '|---|---:|---:|---|',
    ...rows,
    '',
    'Clean samples only: none of them, nor a near-copy, is in what either model was trained on by us.',
  ].join('\n');
}

function rowsOfSuite(
  suite: string,
  scores: readonly PairedScore[],
  alpha: number,
): readonly string[] {
  const clean = scores.filter((score) => score.clean);
  const slices = [...new Set(clean.flatMap((score) => score.slices ?? []))].sort();
  const row = (name: string, of: readonly PairedScore[]): readonly string[] => {
    const interval = scoreInterval(
      of.flatMap(({ cluster, candidate }) =>
        candidate === null ? [] : [{ cluster, score: candidate }],
      ),
      alpha,
    );
    if (interval === null) return [];
    const { count, mean, lower, upper } = interval;
    const bounds = `${formatShare(lower)} to ${formatShare(upper)}`;
    return [`| ${plain(name)} | ${formatCount(count)} | ${formatShare(mean)} | ${bounds} |`];
  };
  return [
    ...row(
      isJudged(scores) ? `${suiteName(suite)}, preferred by a judge` : suiteName(suite),
      clean,
    ),
    ...slices.flatMap((slice) =>
      row(
        `${suiteName(suite)}, ${slice}`,
        clean.filter((score) => score.slices?.includes(slice) === true),
      ),
    ),
  ];
}

function changesTable({ suites }: Evidence): string {
  const rows = suites.flatMap(changeRows);
  if (rows.length === 0) return 'Nothing could be compared.';
  return [
    '| on | points | one-sided bounds | won | lost |',
    '|---|---:|---|---:|---:|',
    ...rows,
  ].join('\n');
}

function changeRows({ suite, clean, slices = [] }: SuiteResult): readonly string[] {
  const named = [
    ...(clean === null ? [] : [{ name: suiteName(suite), comparison: clean }]),
    ...slices.map(({ slice, comparison }) => ({
      name: `${suiteName(suite)}, ${slice}`,
      comparison,
    })),
  ];
  return named.map(({ name, comparison }) => {
    const { difference, lower, upper, wins, losses } = comparison;
    const bounds = `${points(lower)} to ${points(upper)}`;
    return `| ${plain(name)} | ${points(difference)} | ${bounds} | ${formatCount(wins)} | ${formatCount(losses)} |`;
  });
}

function failuresOf({ evidence, examples }: MeasuredRun): string {
  const counts = Object.entries(evidence.scores)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([suite, scores]) => failureLine(suite, scores));
  const shown = EXAMPLE_KINDS.flatMap((kind) => {
    const ofKind = examples.filter((example) => example.kind === kind);
    if (ofKind.length === 0) return [];
    const texts = ofKind.map((example) => {
      const lines = textsOf(example).map(([name, text]) => `  - ${name}: ${plain(cut(text))}`);
      return [`- ${plain(suiteName(example.suite))}, ${plain(example.sampleId)}`, ...lines].join(
        '\n',
      );
    });
    return [`### ${EXAMPLE_HEADINGS[kind]}\n\n${texts.join('\n')}`];
  });
  return [counts.join('\n'), ...shown].join('\n\n');
}

/** A judge's scores say which answer is better, and nothing of either being right. */
function isJudged(scores: readonly PairedScore[]): boolean {
  return scores.some(({ judged }) => judged !== undefined);
}

function judgedLine(suite: string, clean: readonly PairedScore[], unanswered: string): string {
  const than = (champion: number | null, candidate: number | null): number =>
    Math.sign((candidate ?? 0) - (champion ?? 0));
  const preferred = (side: number): number =>
    clean.filter(({ champion, candidate }) => than(champion, candidate) === side).length;
  return (
    `- ${plain(suiteName(suite))}: of ${counted(clean.length, 'clean sample')} the judge prefers the champion's answer on ` +
    `${formatCount(preferred(-1))}, this model's on ${formatCount(preferred(1))}, and neither on ` +
    `${formatCount(preferred(0))}${unanswered}`
  );
}

function failureLine(suite: string, scores: readonly PairedScore[]): string {
  const clean = scores.filter(({ clean, candidate }) => clean && candidate !== null);
  const wrong = clean.filter(({ candidate }) => (candidate ?? 0) < 0.5);
  const also = wrong.filter(({ champion }) => champion !== null && champion < 0.5).length;
  const missing = scores.filter(({ candidate }) => candidate === null).length;
  const unanswered = missing === 0 ? '' : `; ${counted(missing, 'answer')} missing`;
  if (isJudged(scores)) return judgedLine(suite, clean, unanswered);
  return (
    `- ${plain(suiteName(suite))}: wrong on ${formatCount(wrong.length)} of ${counted(clean.length, 'clean sample')}, ` +
    `on ${formatCount(also)} of which the champion is wrong, too${unanswered}`
  );
}

function trainingOf({ manifest, release }: MeasuredRun): string {
  const windows = Object.entries(manifest.rowsByWindow)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([window, rows]) => `${window}: ${formatCount(rows)}`);
  return (
    `${counted(total(manifest.rowsByWindow), 'row')} of release \`${release}\` (by window: ${windows.join(', ')}). ` +
    'The dataset card beside the rows says what was left out and why.'
  );
}

function limitsOf({ lineageKnown, policy }: Evidence): string {
  return [
    '- Samples are of this application; elsewhere the model may do otherwise.',
    '- A score below 0.5 counts as wrong; what a wrong answer costs is not measured.',
    lineageKnown
      ? '- What the base model was trained on by its maker is not known, and eval items may be in it.'
      : '- What the first champion was trained on is not known: clean means clean of what we trained.',
    `- Bounds are one-sided at ${formatShare(1 - policy.alpha)} each and not corrected for how many are shown.`,
  ].join('\n');
}

function provenanceOf({ evidence, evidenceDigest, manifest, release }: MeasuredRun): string {
  return [
    `- evidence \`${evidenceDigest ?? ''}\``,
    `- release \`${release}\``,
    `- configuration \`${manifest.configDigest}\``,
    `- champion ${plain(evidence.champion.modelId)}, version ${evidence.champion.version} of the alias`,
    `- holdfast ${manifest.versions.holdfast}`,
  ].join('\n');
}
