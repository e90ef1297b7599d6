import { createHash } from 'node:crypto';
import type { Command } from './command-line.js';
import { foldDuplicates, type Fold, type FoldItem } from '../dedup/fold.js';
import { ConfigError } from '../domain/errors.js';
import { canonicalJson } from '../domain/json.js';
import { defineAction, type CliContext, type CommonOptions, type ExitCode } from './context.js';
import {
  parseFields,
  parseShingle,
  readTexts,
  withFileOptions,
  writeEvidence,
  type PlacedText,
} from './dataset-options.js';
import type { Output } from './output.js';

interface DedupeOptions extends CommonOptions {
  readonly textField?: string;
  readonly shingle: string;
  readonly threshold: string;
  readonly evidence?: string;
}

/** One line of `--evidence`: a duplicate, the row it is one of, and how alike their prompts are. */
export interface DedupeFinding {
  readonly file: string;
  readonly index: number;
  readonly id: string | null;
  readonly keptFile: string;
  readonly keptIndex: number;
  readonly keptId: string | null;
  readonly similarity: number;
  readonly rule: Fold['rule'];
}

interface RowItem extends FoldItem {
  readonly text: PlacedText;
  readonly position: number;
}

/** `holdfast dedupe`: exact and near-duplicates in files, without Temporal, store or configuration. */
export function registerDedupe(program: Command, context: CliContext): void {
  const command = program
    .command('dedupe')
    .argument('<files...>', 'JSONL, JSON, CSV or Parquet, plain, .gz or .zst')
    .summary('find exact and near-duplicates in files')
    .description(
      'Finds rows whose prompts are alike and whose answers are equal. Every duplicate is folded into a ' +
        'kept row that it was compared with, the first in the order of the files.',
    );
  withFileOptions(command, 'words:5')
    .option('--threshold <share>', 'exact Jaccard from which prompts are near', '0.7')
    .addHelpText(
      'after',
      '\nExit codes: 0 nothing found, 1 found, 2 could not run.\n\nExample:\n' +
        '  holdfast dedupe train.jsonl more.jsonl --evidence duplicates.jsonl\n',
    );
  defineAction<DedupeOptions>(command, context, (options, files) =>
    runDedupe(files, options, context),
  );
}

/** Finds duplicates and tells them. Exit code 0: none, 1: some. */
export async function runDedupe(
  files: readonly string[],
  options: DedupeOptions,
  { output }: CliContext,
): Promise<ExitCode> {
  const threshold = Number(options.threshold);
  if (!(threshold > 0 && threshold <= 1)) {
    throw new ConfigError(`--threshold ${options.threshold} is no share above 0 and up to 1`);
  }
  const policy = {
    shingle: parseShingle(options.shingle),
    promptThreshold: threshold,
    answerThreshold: 1,
  };
  const items: RowItem[] = [];
  for await (const text of readTexts(files, parseFields(options.textField), output.isTerminal)) {
    items.push(toItem(text, items.length));
  }
  const { dropped } = foldDuplicates(items, policy, (a, b) => a.position - b.position);
  const findings = dropped.map((fold) => toFinding(fold, items)).sort(byPlace(files));
  if (options.evidence !== undefined) await writeEvidence(options.evidence, findings);
  tell(items.length, findings, output);
  return findings.length > 0 ? 1 : 0;
}

function toItem(text: PlacedText, position: number): RowItem {
  const content = canonicalJson([text.prompt, text.answer]);
  return {
    id: String(position),
    digest: createHash('sha256').update(content).digest('hex'),
    prompt: text.prompt,
    answer: text.answer,
    toolCalls: '',
    text,
    position,
  };
}

function toFinding(fold: Fold, items: readonly RowItem[]): DedupeFinding {
  const text = items[Number(fold.id)]?.text;
  const kept = items[Number(fold.keptId)]?.text;
  return {
    file: text?.file ?? '',
    index: text?.index ?? 0,
    id: text?.id ?? null,
    keptFile: kept?.file ?? '',
    keptIndex: kept?.index ?? 0,
    keptId: kept?.id ?? null,
    similarity: fold.similarity,
    rule: fold.rule,
  };
}

function byPlace(files: readonly string[]): (a: DedupeFinding, b: DedupeFinding) => number {
  return (a, b) => files.indexOf(a.file) - files.indexOf(b.file) || a.index - b.index;
}

function tell(rows: number, findings: readonly DedupeFinding[], output: Output): void {
  const exact = findings.filter(({ rule }) => rule === 'exact').length;
  const near = findings.length - exact;
  output.line(
    `${rows} rows: ${exact} exact duplicates, ${near} near-duplicates, ${rows - findings.length} kept`,
  );
  for (const finding of findings.slice(0, 10)) {
    const { file, index, keptFile, keptIndex, similarity, rule } = finding;
    output.line(
      `  ${file}[${index}] is ${keptFile}[${keptIndex}]  (${rule}, ${similarity.toFixed(2)})`,
    );
  }
  if (findings.length > 10) output.line(`  … and ${findings.length - 10} more`);
  output.result({ rows, exact, near, kept: rows - findings.length });
}
