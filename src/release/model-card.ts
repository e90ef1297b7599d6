import { total } from '../domain/books.js';
import type { Evidence, PairedScore, SuiteResult } from '../domain/gate.js';
import { scoreInterval } from '../gate/score-interval.js';
import { points } from '../gate/sentences.js';
import { EXAMPLE_KINDS } from './choose-examples.js';
import { plain } from './markdown.js';
import { cut, EXAMPLE_HEADINGS, textsOf } from './report/examples.js';
import type { ReportData } from './report/data.js';
import { counted, formatCount, formatShare } from './report/numbers.js';
import { poolSentence } from './report/pool.js';
import { toolSentences } from './report/tools.js';
import { trainingFacts } from './report/training.js';
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

function scoresTable(evidence: Evidence): string {
  const { scores, policy } = evidence;
  const pooled = poolSentence(evidence);
  const notes = [...(pooled === null ? [] : [pooled]), ...toolSentences(evidence)];
  const note = notes.flatMap((sentence) => ['', plain(sentence)]);
  const rows = Object.entries(scores)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .flatMap(([suite, ofSuite]) => rowsOfSuite(suite, ofSuite, policy.alpha));
  if (rows.length === 0) return ['No clean sample was answered.', ...note].join('\n');
  const confidence = formatShare(1 - 2 * policy.alpha);
  return [
    `| on | samples | score | ${confidence} interval |`,
    '|---|---:|---:|---|',
    ...rows,
    '',
    'Clean samples only: none of them, nor a near-copy, is in what either model was trained on by us.',
    ...note,
  ].join('\n');
}

function rowsOfSuite(
  suite: string,
  scores: readonly PairedScore[],
  alpha: number,
): readonly string[] {
  return groupsOf(suite, scores).flatMap(({ name, scores: group }) => {
    const slices = [...new Set(group.flatMap((score) => score.slices ?? []))].sort();
    return [
      ...scoreRow(name, group, alpha),
      ...slices.flatMap((slice) => {
        const ofSlice = group.filter((score) => score.slices?.includes(slice) === true);
        return scoreRow(`${name}, ${slice}`, ofSlice, alpha);
      }),
    ];
  });
}

/** Clean samples that are scored in one way. */
interface ScoredGroup {
  readonly name: string;
  readonly kind: 'scored' | 'judged' | 'undecided';
  readonly scores: readonly PairedScore[];
}

/**
 * The clean samples of a suite: those that are held against a reference, those of which a judge said which answer is
 * better and nothing of either being right, and those whose references come from an answer of one of the models.
 */
function groupsOf(suite: string, scores: readonly PairedScore[]): readonly ScoredGroup[] {
  const clean = scores.filter((score) => score.clean);
  const decisive = clean.filter((score) => score.decisive);
  const name = suiteName(suite);
  const groups: readonly ScoredGroup[] = [
    { name, kind: 'scored', scores: decisive.filter(({ judged }) => judged === undefined) },
    {
      name: `${name}, preferred by a judge`,
      kind: 'judged',
      scores: decisive.filter(({ judged }) => judged !== undefined),
    },
    {
      name: `${name}, references from a model's own answer (decide nothing)`,
      kind: 'undecided',
      scores: clean.filter((score) => !score.decisive),
    },
  ];
  return groups.filter((group) => group.scores.length > 0);
}

function scoreRow(name: string, scores: readonly PairedScore[], alpha: number): readonly string[] {
  const interval = scoreInterval(
    scores.flatMap(({ cluster, candidate }) =>
      candidate === null ? [] : [{ cluster, score: candidate }],
    ),
    alpha,
  );
  if (interval === null) return [];
  const { count, mean, lower, upper } = interval;
  const bounds = `${formatShare(lower)} to ${formatShare(upper)}`;
  return [`| ${plain(name)} | ${formatCount(count)} | ${formatShare(mean)} | ${bounds} |`];
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
    .flatMap(([suite, scores]) => groupsOf(suite, scores).flatMap(failureLines));
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

function failureLines({ name, kind, scores }: ScoredGroup): readonly string[] {
  if (kind === 'undecided') return [];
  const answered = scores.flatMap(({ champion, candidate }) =>
    champion === null || candidate === null ? [] : [{ champion, candidate }],
  );
  const left = scores.length - answered.length;
  const unanswered =
    left === 0 ? '' : `; ${counted(left, 'sample')} without an answer by one of the models`;
  const what = kind === 'judged' ? preferencesOf(answered) : wrongOf(answered);
  return [`- ${plain(name)}: ${what}${unanswered}`];
}

interface AnsweredPair {
  readonly champion: number;
  readonly candidate: number;
}

function wrongOf(answered: readonly AnsweredPair[]): string {
  const wrong = answered.filter(({ candidate }) => candidate < 0.5);
  const also = wrong.filter(({ champion }) => champion < 0.5).length;
  return (
    `wrong on ${formatCount(wrong.length)} of ${counted(answered.length, 'clean sample')}, ` +
    `on ${formatCount(also)} of which the champion is wrong, too`
  );
}

function preferencesOf(answered: readonly AnsweredPair[]): string {
  const preferred = (side: number): string =>
    formatCount(
      answered.filter(({ champion, candidate }) => Math.sign(candidate - champion) === side).length,
    );
  return (
    `of ${counted(answered.length, 'clean sample')} the judge prefers the champion's answer on ${preferred(-1)}, ` +
    `this model's on ${preferred(1)}, and neither on ${preferred(0)}`
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
    ...(policy.unseenClusters === 'lost'
      ? [
          '- Lower bounds of changes, of samples in groups or with graded scores, count a group that is lost as a whole.',
        ]
      : []),
  ].join('\n');
}

function provenanceOf(data: MeasuredRun): string {
  const { evidence, manifest, training } = data;
  return [
    `- evidence \`${data.evidenceDigest ?? ''}\``,
    `- release \`${data.release}\``,
    `- configuration \`${manifest.configDigest}\``,
    ...trainingFacts(training).map(([name, text]) => `- ${name} ${plain(text)}`),
    `- champion ${plain(evidence.champion.modelId)}, version ${evidence.champion.version} of the alias`,
    `- holdfast ${manifest.versions.holdfast}`,
  ].join('\n');
}
