import { CANDIDATE_LIMIT } from '../dedup/candidates.js';
import type { FoundDuplicate } from '../dedup/duplicate-search.js';
import { ConfigError } from '../domain/errors.js';
import type { TableColumns } from '../formats/parquet-writer.js';
import { counted } from '../release/report/numbers.js';
import type { Command } from './command-line.js';
import { defineAction, type CliContext, type CommonOptions, type ExitCode } from './context.js';
import { noRows, parseFields, parseShingle, placeOf, withFileOptions } from './dataset-options.js';
import type { DedupeRows } from './dedupe-rows.js';
import { startThreads } from './dedupe-threads.js';
import { withEvidence } from './evidence-file.js';
import { type KeepReason, parseKeep } from './keep-rules.js';
import { distinct, EVIDENCE_ENDINGS, requireOutputs } from './named-files.js';
import type { Output } from './output.js';

/** What `holdfast dedupe` was asked. */
export interface DedupeOptions extends CommonOptions {
  readonly textField?: string;
  readonly shingle: string;
  readonly threshold: string;
  readonly keep: string;
  readonly threads: string;
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
  readonly rule: FoundDuplicate['rule'];
  /** Why the other row survived. */
  readonly survivedBy: KeepReason;
}

/** The same in a Parquet file. */
const DUPLICATE_COLUMNS: TableColumns<keyof DedupeFinding> = {
  file: 'text',
  index: 'integer',
  id: 'optional-text',
  keptFile: 'text',
  keptIndex: 'integer',
  keptId: 'optional-text',
  similarity: 'number',
  rule: 'text',
  survivedBy: 'text',
};

const SHOWN = 10;
const MOST_THREADS = 64;

/** `holdfast dedupe`: exact and near-duplicates in files, without Temporal, store or configuration. */
export function registerDedupe(program: Command, context: CliContext): void {
  const command = program
    .command('dedupe')
    .argument('<files...>', 'JSONL, JSON, CSV or Parquet, plain, .gz or .zst')
    .summary('find exact and near-duplicates in files')
    .description(
      'Finds rows whose prompts are alike and whose answers, tool calls and options are equal. Every duplicate ' +
        'is folded into a kept row that it was itself compared with; which texts are kept does not depend on ' +
        'their order, except with --keep first. Of equal rows that no rule tells apart the first is kept.',
    );
  withFileOptions(command, 'words:5')
    .option('--threshold <share>', 'exact Jaccard from which prompts are near', '0.7')
    .option(
      '--keep <which>',
      'what survives of near-duplicates, one rule after the other: longest, first, newest:COLUMN, quality:COLUMN',
      'longest',
    )
    .option(
      '--threads <count>',
      'threads that share the work on plain JSON Lines from 32 MB on; what is found is the same',
      '1',
    )
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
    threshold: parseThreshold(options.threshold),
  };
  const keep = parseKeep(options.keep);
  const threads = parseThreads(options.threads);
  const fields = parseFields(options.textField);
  const named = await distinct(files);
  const { evidence: path } = options;
  await requireOutputs([{ option: '--evidence', path, endings: EVIDENCE_ENDINGS }], named);
  const plan = { files: named, policy, fields, keep, threads };
  // The other threads start while this one loads what it works with.
  const started = startThreads(plan);
  const { createRows } = await import('./dedupe-rows.js');
  const rows = createRows(plan, started);
  try {
    await rows.read(interrupted);
    if (rows.size() === 0) throw noRows(named);
    const found = await rows.compare(interrupted);
    await withEvidence(path, DUPLICATE_COLUMNS, async (evidence) => {
      if (path === undefined) return;
      for (const duplicate of found) await evidence.write(toFinding(duplicate, rows));
    });
    tell({ files: named, rows, found }, output);
    return found.length > 0 ? 1 : 0;
  } finally {
    await rows.close();
  }
}

function parseThreshold(text: string): number {
  const threshold = Number(text);
  if (threshold > 0 && threshold <= 1) return threshold;
  throw new ConfigError(`--threshold ${text} is no share above 0 and up to 1`);
}

function parseThreads(text: string): number {
  const count = Number(text);
  if (Number.isInteger(count) && count >= 1 && count <= MOST_THREADS) return count;
  throw new ConfigError(`--threads ${text} is no number from 1 to ${MOST_THREADS}`);
}

function toFinding(
  { row, kept, similarity, rule }: FoundDuplicate,
  rows: DedupeRows,
): DedupeFinding {
  const [own, other] = [rows.at(row), rows.at(kept)];
  return {
    file: own.file,
    index: own.index,
    id: own.id,
    keptFile: other.file,
    keptIndex: other.index,
    keptId: other.id,
    similarity,
    rule,
    survivedBy: rows.reason(kept, row),
  };
}

interface DedupeOutcome {
  readonly files: readonly string[];
  readonly rows: DedupeRows;
  readonly found: readonly FoundDuplicate[];
}

function tell({ files, rows, found }: DedupeOutcome, output: Output): void {
  const exact = found.filter(({ rule }) => rule === 'exact').length;
  const near = found.length - exact;
  const kept = rows.size() - found.length;
  const conflicts = rows.conflictCount();
  output.line(
    `${counted(rows.size(), 'row')}: ${counted(exact, 'exact duplicate')}, ` +
      `${counted(near, 'near-duplicate')}, ${counted(kept, 'row')} kept`,
  );
  if (conflicts > 0) {
    const verb = conflicts === 1 ? 'stands' : 'stand';
    output.line(
      `${counted(conflicts, 'prompt')} ${verb} there with more than one answer; all kept`,
    );
  }
  const capped = rows.cappedCount();
  if (capped > 0) {
    output.line(
      `${counted(capped, 'row')} with more than ${CANDIDATE_LIMIT} look-alikes: compared with the likeliest of them`,
    );
  }
  for (const { row, kept: other, similarity, rule } of found.slice(0, SHOWN)) {
    const [own, target] = [placeOf(rows.at(row)), placeOf(rows.at(other))];
    output.line(`  ${own} is ${target}  (${rule}, ${similarity.toFixed(2)})`);
  }
  if (found.length > SHOWN) output.line(`  … and ${found.length - SHOWN} more`);
  output.result({ files, rows: rows.size(), exact, near, kept, conflicts, capped });
}
