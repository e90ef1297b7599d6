import { DEFAULT_SUSPECT_RATE } from '../contamination/rephrase/score.js';
import type { Threshold } from '../contamination/rephrase/thresholds.js';
import { assertNever } from '../domain/errors.js';
import { LEAK_LEVELS, type Level } from '../domain/finding.js';
import type { Piece } from '../release/report/excerpt.js';
import { counted, formatCount } from '../release/report/numbers.js';
import { uncountedLines } from '../release/report/uncounted.js';
import type { CheckSamples, EvalProtection } from './check-scan.js';
import type { CheckTally } from './check-tally.js';
import { placeOf } from './dataset-options.js';
import { columns, type Output } from './output.js';
import { PROTECTION } from './protection.js';
import { shareOf, type SampleHits } from './sample-hits.js';
import type { ShownFinding } from './worst-findings.js';

/** Samples that are shown at the terminal. */
export const SHOWN = 5;
const EXCERPT = 160;
const LEAD = 24;
const NAMED_SAMPLES = 10;

const NOTES: Readonly<Record<string, string>> = {
  verbatim: 'the whole sample',
  dirty: 'the sample, edited',
  partial: 'a part of it',
  kin: 'other numbers, names or options: no leak',
  suspect: 'perhaps in other words: to be looked at',
};

/** What a check came to. */
export interface CheckOutcome {
  readonly files: readonly string[];
  readonly samples: CheckSamples;
  readonly tally: CheckTally;
  readonly levels: readonly Level[];
}

/** Tells a check: what was compared, what was found at which level, the worst of it, and what is protected. */
export function tellCheck(outcome: CheckOutcome, output: Output): void {
  const { samples, tally } = outcome;
  const byLevel = tally.samplesByLevel();
  const leaked = leakedAmong(byLevel);
  output.line(
    `${counted(tally.exampleCount(), 'example')} against ${counted(samples.count, 'sample')}`,
  );
  output.line();
  output.line(
    leaked === 0
      ? 'No leak found.'
      : `${counted(leaked, 'sample')} leaked into ${counted(tally.leakyExampleCount(), 'example')}.`,
  );
  for (const line of levelLines(byLevel)) output.line(line);
  for (const line of thresholdLines(samples.thresholds())) output.line(line);
  for (const line of uncountedLines(samples.uncounted())) output.line(line);
  for (const item of tally.worst().slice(0, SHOWN)) tellFinding(item, output);
  for (const protection of samples.protection) tellProtection(protection, output);
  output.result(resultOf(outcome, byLevel));
}

/** The object of `--json`: counts of findings, of samples by what hit them, and of examples by what they hold. */
function resultOf(
  { files, samples, tally }: CheckOutcome,
  byLevel: Readonly<Record<string, number>>,
): object {
  return {
    files,
    examples: tally.exampleCount(),
    samples: samples.count,
    findings: tally.findings(),
    samplesByLevel: byLevel,
    examplesByLevel: tally.examplesByLevel(),
    leakedSamples: leakedAmong(byLevel),
    leakedExamples: tally.leakyExampleCount(),
    ...samples.uncounted(),
    suspectThresholds: samples.thresholds(),
    evals: samples.protection.map((protection) => ({
      ...protection,
      samplesByLevel: tally.samplesByLevel(protection.evalSet),
    })),
    hitSamples: tally.samples().map(hitSample),
    fullestExamples: tally.fullestExamples(),
  };
}

function hitSample({ evalSet, sampleIndex, sampleId, level, rowsByLevel }: SampleHits): object {
  return { evalSet, sampleIndex, sampleId, level, rowsByLevel };
}

function leakedAmong(byLevel: Readonly<Record<string, number>>): number {
  return LEAK_LEVELS.reduce((sum, level) => sum + (byLevel[level] ?? 0), 0);
}

function levelLines(byLevel: Readonly<Record<string, number>>): readonly string[] {
  const rows = Object.entries(byLevel).map(([level, count]) => [
    `  ${level}`,
    formatCount(count).padStart(7),
    NOTES[level] ?? '',
  ]);
  return columns(rows);
}

/** What "perhaps" means: `Suspects of golden.jsonl score 1.27 or more, as about 0.2 % of …`. */
function thresholdLines(thresholds: Readonly<Record<string, Threshold>>): readonly string[] {
  return Object.entries(thresholds).map(
    ([evalSet, threshold]) => `Suspects of ${evalSet}${meaningOf(threshold)}.`,
  );
}

function meaningOf({ score, origin }: Threshold): string {
  const [height, share] = [score.toFixed(2), `${DEFAULT_SUSPECT_RATE * 100} %`];
  switch (origin) {
    case 'calibrated':
      return ` score ${height} or more, as about ${share} of rows like these do without being rephrasings`;
    case 'samples':
      return ` score ${height} or more, as about ${share} of its samples do against each other`;
    case 'fixed':
      return `: too few rows to calibrate; a fixed score of ${height} or more`;
    default:
      return assertNever(origin);
  }
}

function tellFinding({ finding, hits, ...shown }: ShownFinding, output: Output): void {
  const { level, longestRun, similarity, score } = finding;
  const scored = score === undefined ? '' : `, score ${score.toFixed(2)}`;
  const others = hits.rows > 1 ? `, in ${counted(hits.rows, 'row')}` : '';
  output.line();
  output.line(
    `${level}: ${shareOf(finding)}, longest run ${counted(longestRun, 'word')}, ` +
      `similarity ${similarity.toFixed(2)}${scored}${others}`,
  );
  output.line(`  ${placeOf(hits.samplePlace)}`);
  output.line(`    ${lineOf(shown.excerpt.sample)}`);
  output.line(`  ${placeOf(shown.examplePlace)}`);
  output.line(`    ${lineOf(shown.excerpt.example)}`);
}

/** An excerpt in a line, from shortly before the texts begin to agree. */
function lineOf(pieces: readonly Piece[]): string {
  const texts = pieces.map((piece) => (piece.kind === 'gap' ? '…' : piece.text));
  const first = Math.max(
    0,
    pieces.findIndex(({ kind }) => kind === 'shared'),
  );
  const before = texts.slice(0, first).join('');
  const lead = before.length <= LEAD ? before : `…${before.slice(-LEAD)}`;
  return inLine(lead + texts.slice(first).join(''));
}

function tellProtection(protection: EvalProtection, output: Output): void {
  const { evalSet, samples, coverage, unprotected } = protection;
  output.line();
  output.line(`Of the ${counted(samples, 'sample')} of ${evalSet}, leaks are`);
  const rows = Object.entries(coverage)
    .filter(([, count]) => count > 0)
    .map(([rule, count]) => [`${formatCount(count).padStart(9)}`, PROTECTION[rule] ?? rule]);
  for (const line of columns(rows)) output.line(line);
  if (unprotected.length === 0) return;
  const named = unprotected.slice(0, NAMED_SAMPLES).map(({ sampleId, sampleIndex }) => {
    return sampleId === null ? `[${sampleIndex}]` : `[${sampleIndex}] ${inLine(String(sampleId))}`;
  });
  const more = unprotected.length > NAMED_SAMPLES ? ', …' : '';
  output.line(`Nothing can protect: ${named.join(', ')}${more}. They have no word to match on.`);
}

/** A text for one line of a terminal; control characters could steer it. */
function inLine(text: string): string {
  const plain = text.replace(/[\p{Cc}\p{Cf}\s]+/gu, ' ').trim();
  return plain.length <= EXCERPT ? plain : `${plain.slice(0, EXCERPT)}…`;
}
