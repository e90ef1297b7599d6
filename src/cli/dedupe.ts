import { createHash } from 'node:crypto';
import { setImmediate } from 'node:timers/promises';
import { toolCallsKey } from '../dedup/answers.js';
import { conflictsAmong } from '../dedup/dedupe-examples.js';
import { type Fold, type Folded, type FoldItem, foldStepwise } from '../dedup/fold.js';
import { ConfigError } from '../domain/errors.js';
import { canonicalJson } from '../domain/json.js';
import { promptText } from '../domain/record.js';
import type { DedupePolicy } from '../domain/shingle.js';
import { counted } from '../release/report/numbers.js';
import type { Command } from './command-line.js';
import { defineAction, type CliContext, type CommonOptions, type ExitCode } from './context.js';
import {
  distinct,
  parseFields,
  parseShingle,
  type PlacedText,
  readTexts,
  stopped,
  withFileOptions,
} from './dataset-options.js';
import { requireOtherFile, withEvidence } from './evidence-file.js';
import type { Output } from './output.js';
import { startProgress } from './progress.js';

/** What `holdfast dedupe` was asked. */
export interface DedupeOptions extends CommonOptions {
  readonly textField?: string;
  readonly shingle: string;
  readonly threshold: string;
  readonly keep: string;
  readonly evidence?: string;
}

/** One line of `--evidence`: a duplicate, the row it is folded into, and how alike their prompts are. */
export interface DedupeFinding {
  readonly file: string;
  readonly index: number;
  readonly id: string | number | null;
  readonly keptFile: string;
  readonly keptIndex: number;
  readonly keptId: string | number | null;
  readonly similarity: number;
  readonly rule: Fold['rule'];
}

interface RowItem extends FoldItem {
  readonly text: Pick<PlacedText, 'file' | 'index' | 'id' | 'place'>;
  readonly position: number;
}

/** Digits of a position as an id, so that ids ascend with positions. */
const POSITION_DIGITS = 12;
const SHOWN = 10;
/** Rows that are compared between two looks at Ctrl-C: some milliseconds' work. */
const ROWS_AT_A_TIME = 256;

/** `holdfast dedupe`: exact and near-duplicates in files, without Temporal, store or configuration. */
export function registerDedupe(program: Command, context: CliContext): void {
  const command = program
    .command('dedupe')
    .argument('<files...>', 'JSONL, JSON, CSV or Parquet, plain, .gz or .zst')
    .summary('find exact and near-duplicates in files')
    .description(
      'Finds rows whose prompts are alike and whose answers and tool calls are equal. Every duplicate is ' +
        'folded into a kept row that it was itself compared with; which rows are kept does not depend on ' +
        'their order, except with --keep first.',
    );
  withFileOptions(command, 'words:5')
    .option('--threshold <share>', 'exact Jaccard from which prompts are near', '0.7')
    .option('--keep <which>', 'what survives of near-duplicates: longest or first', 'longest')
    .addHelpText(
      'after',
      '\nTexts of fewer than twelve words are compared by runs of five characters.\n' +
        '\nExit codes: 0 nothing found, 1 found, 2 could not run.\n\nExample:\n' +
        '  holdfast dedupe train.jsonl more.jsonl --evidence duplicates.jsonl\n',
    );
  defineAction<DedupeOptions>(command, context, (options, files) =>
    runDedupe(files, options, context),
  );
}

/**
 * Finds duplicates and tells them. Exit code 0: none, 1: some.
 * @throws ConfigError, DataError or PrerequisiteError where it could not run; then no evidence is left.
 */
export async function runDedupe(
  files: readonly string[],
  options: DedupeOptions,
  { output, interrupted }: Pick<CliContext, 'output' | 'interrupted'>,
): Promise<ExitCode> {
  const policy = {
    shingle: parseShingle(options.shingle),
    promptThreshold: parseThreshold(options.threshold),
    answerThreshold: 1,
  };
  const survivesBefore = survivalOf(options.keep);
  const named = distinct(files);
  await requireOtherFile(options.evidence, named);
  const items: RowItem[] = [];
  for await (const text of readTexts(named, parseFields(options.textField), interrupted)) {
    items.push(toItem(text, items.length));
  }
  const folded = await compare(items, policy, survivesBefore, interrupted);
  const folds = [...folded.dropped].sort((a, b) => (a.id < b.id ? -1 : 1));
  await writeFindings(options.evidence, folds, items);
  tell({ files: named, items, folded, folds }, output);
  return folds.length > 0 ? 1 : 0;
}

/** Folds duplicates, and lets signals and the progress bar have their turn every so many rows. */
async function compare(
  items: readonly RowItem[],
  policy: DedupePolicy,
  survivesBefore: (a: RowItem, b: RowItem) => number,
  interrupted: AbortSignal,
): Promise<Folded<RowItem>> {
  const progress = startProgress('comparing', items.length);
  try {
    const folding = foldStepwise(items, policy, survivesBefore);
    for (let placed = 0; ; placed += 1) {
      const step = folding.next();
      if (step.done === true) return step.value;
      progress.advance(1);
      if (placed % ROWS_AT_A_TIME === 0) await setImmediate();
      if (interrupted.aborted) throw stopped();
    }
  } finally {
    progress.stop();
  }
}

function parseThreshold(text: string): number {
  const threshold = Number(text);
  if (threshold > 0 && threshold <= 1) return threshold;
  throw new ConfigError(`--threshold ${text} is no share above 0 and up to 1`);
}

function survivalOf(keep: string): (a: RowItem, b: RowItem) => number {
  if (keep === 'first') return (a, b) => a.position - b.position;
  if (keep === 'longest') return (a, b) => lengthOf(b) - lengthOf(a);
  throw new ConfigError(`--keep ${keep} is not understood; it is longest or first`);
}

function lengthOf({ prompt, answer }: RowItem): number {
  return prompt.length + (answer?.length ?? 0);
}

function toItem(text: PlacedText, position: number): RowItem {
  const { file, index, id, place, messages, answer } = text;
  return {
    id: String(position).padStart(POSITION_DIGITS, '0'),
    digest: createHash('sha256')
      .update(canonicalJson([messages, answer]))
      .digest('hex'),
    prompt: promptText(messages),
    answer,
    toolCalls: toolCallsKey(messages),
    text: { file, index, id, place },
    position,
  };
}

async function writeFindings(
  path: string | undefined,
  folds: readonly Fold[],
  items: readonly RowItem[],
): Promise<void> {
  await withEvidence(path, async (evidence) => {
    for (const fold of folds) {
      const finding = toFinding(fold, items);
      if (finding !== null) await evidence.write(finding);
    }
  });
}

function toFinding(fold: Fold, items: readonly RowItem[]): DedupeFinding | null {
  const own = items[Number(fold.id)]?.text;
  const kept = items[Number(fold.keptId)]?.text;
  if (own === undefined || kept === undefined) return null;
  return {
    file: own.file,
    index: own.index,
    id: own.id,
    keptFile: kept.file,
    keptIndex: kept.index,
    keptId: kept.id,
    similarity: fold.similarity,
    rule: fold.rule,
  };
}

interface DedupeOutcome {
  readonly files: readonly string[];
  readonly items: readonly RowItem[];
  readonly folded: Folded<RowItem>;
  readonly folds: readonly Fold[];
}

function tell({ files, items, folded, folds }: DedupeOutcome, output: Output): void {
  const exact = folds.filter(({ rule }) => rule === 'exact').length;
  const near = folds.length - exact;
  const conflicts = conflictsAmong(folded.kept).length;
  output.line(
    `${counted(items.length, 'row')}: ${counted(exact, 'exact duplicate')}, ` +
      `${counted(near, 'near-duplicate')}, ${counted(folded.kept.length, 'row')} kept`,
  );
  if (conflicts > 0) {
    output.line(`${counted(conflicts, 'prompt')} stand there with more than one answer; all kept`);
  }
  for (const { id, keptId, similarity, rule } of folds.slice(0, SHOWN)) {
    const [own, kept] = [items[Number(id)], items[Number(keptId)]];
    output.line(
      `  ${own?.text.place ?? ''} is ${kept?.text.place ?? ''}  (${rule}, ${similarity.toFixed(2)})`,
    );
  }
  if (folds.length > SHOWN) output.line(`  … and ${folds.length - SHOWN} more`);
  output.result({ files, rows: items.length, exact, near, kept: folded.kept.length, conflicts });
}
