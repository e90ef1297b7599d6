import type { Command } from './command-line.js';
import { DEFAULT_CONTAMINATION_POLICY } from '../contamination/policy.js';
import { ConfigError } from '../domain/errors.js';
import { LEAK_LEVELS, LEVELS, type Level } from '../domain/finding.js';
import { PAGE_FINDINGS, renderCheckPage } from './check-page.js';
import { type CheckOutcome, SHOWN, tellCheck } from './check-report.js';
import { FINDING_COLUMNS, prepareSamples } from './check-scan.js';
import { createTally } from './check-tally.js';
import { defineAction, type CliContext, type CommonOptions, type ExitCode } from './context.js';
import {
  noRows,
  nothingElse,
  parseFields,
  parseShingle,
  type PlacedText,
  readTexts,
  withFileOptions,
} from './dataset-options.js';
import { withEvidence } from './evidence-file.js';
import { createFileStamps, writtenTo } from './file-stamps.js';
import { lookAtRows, type LookPlan } from './first-look.js';
import { createHeldRows, type HeldRows } from './held-rows.js';
import { distinct, EVIDENCE_ENDINGS, PAGE_ENDINGS, requireOutputs } from './named-files.js';
import { readScanned, type ScannedText } from './scanned-text.js';
import { withWholeFile } from './whole-file.js';

/** Characters of rows that wait for a second look. */
const HELD_CHARACTERS = 16_000_000;

/** What `holdfast check` was asked. */
export interface CheckOptions extends CommonOptions {
  readonly against: readonly string[];
  readonly textField?: string;
  readonly evalField?: string;
  readonly shingle: string;
  readonly level?: string;
  readonly evidence?: string;
  readonly report?: string;
}

/** What a check needs of its surroundings. */
export interface CheckContext extends Pick<CliContext, 'output' | 'interrupted'> {
  /** Characters of rows that are kept at once; of more their files are read again. */
  readonly heldCharacters?: number;
}

/** `holdfast check`: contamination of training files by eval files, without Temporal, store or configuration. */
export function registerCheck(program: Command, context: CliContext): void {
  const command = program
    .command('check')
    .argument('<files...>', 'training files: JSONL, JSON, CSV or Parquet, plain, .gz or .zst')
    .summary('find eval samples in training files')
    .description(
      'Compares every training example with every eval sample, word by word. Verbatim copies, edited ' +
        'copies (dirty) and parts are findings. Samples that differ in numbers, names or options are ' +
        'kin, which is no leak.',
    )
    .requiredOption('--against <evals...>', 'eval files')
    .option('--eval-field <names>', 'columns of the eval files to take, joined');
  withFileOptions(command, 'words:3')
    .option(
      '--report <file>',
      'write a page to read, with the texts side by side, to this .html file',
    )
    .option(
      '--level <level>',
      'also show kin, or kin and suspect (perhaps in other words); they never set the exit code',
    )
    .addHelpText(
      'after',
      '\nRows are recognised by their columns: messages; prompt, completion; instruction,\n' +
        'input, output; question, answer, options, passage; text.\n' +
        '\nExit codes: 0 nothing found, 1 found, 2 could not run.\n\nExamples:\n' +
        '  holdfast check train.jsonl --against golden.jsonl\n' +
        '  holdfast check train.parquet --against test.csv --text-field question \\\n' +
        '    --eval-field question --evidence found.parquet --report found.html\n',
    );
  defineAction<CheckOptions>(command, context, (options, files) =>
    runCheck(files, options, context),
  );
}

/**
 * Runs a check and tells it. What many rows hold is known when all are read, so rows that may match wait for it,
 * or, where they are many, their files are read again: memory does not grow with the training files. Exit code 0:
 * nothing found, 1: a verbatim, dirty or partial finding.
 * @throws ConfigError, DataError or PrerequisiteError where it could not run; then no evidence is left.
 */
export async function runCheck(
  files: readonly string[],
  options: CheckOptions,
  context: CheckContext,
): Promise<ExitCode> {
  const { output, interrupted } = context;
  const levels = levelsOf(options.level);
  const trained = await distinct(files);
  const evals = await distinct(options.against);
  const outputs = [
    { option: '--evidence', path: options.evidence, endings: EVIDENCE_ENDINGS },
    { option: '--report', path: options.report, endings: PAGE_ENDINGS },
  ];
  await requireOutputs(outputs, [...trained, ...evals]);
  const policy = { ...DEFAULT_CONTAMINATION_POLICY, shingle: parseShingle(options.shingle) };
  const texts: PlacedText[] = [];
  const evalFields = parseFields(options.evalField);
  for await (const rows of readTexts(evals, evalFields, interrupted, nothingElse)) {
    texts.push(...rows);
  }
  const samples = prepareSamples(evals, texts, policy, levels.includes('suspect'));
  const tally = createTally(levels, evals, options.report === undefined ? SHOWN : PAGE_FINDINGS);
  const outcome = { files: trained, samples, tally, levels };
  await withWholeFile(options.report, async (page) => {
    await scanFiles(trained, options, outcome, context);
    if (options.report !== undefined) await page.write(renderCheckPage(outcome));
  });
  tellCheck(outcome, output);
  return tally.leakCount() > 0 ? 1 : 0;
}

/** Scans every row, writes the evidence of the levels that were asked for, and counts. */
async function scanFiles(
  files: readonly string[],
  options: CheckOptions,
  { samples, tally, levels }: CheckOutcome,
  { interrupted, heldCharacters = HELD_CHARACTERS }: CheckContext,
): Promise<void> {
  const plan = { files, fields: parseFields(options.textField), stamps: createFileStamps() };
  const held = createHeldRows(heldCharacters);
  await withEvidence(options.evidence, FINDING_COLUMNS, async (evidence) => {
    let rowCount = 0;
    await lookAtRows(plan, samples, interrupted, (row) => {
      rowCount += 1;
      if (row === null) tally.add([]);
      else held.add(row);
    });
    if (rowCount === 0) throw noRows(files);
    for await (const rows of rowsAgain(held, plan, interrupted)) {
      for (const example of rows) {
        const findings = samples.findingsIn(example);
        tally.add(findings);
        for (const { finding } of findings) {
          if (levels.includes(finding.level)) await evidence.write(finding);
        }
      }
    }
  });
}

/** The held rows, every one of them. @throws DataError `dataset-unreadable` where a file has changed. */
async function* rowsAgain(
  held: HeldRows,
  { fields, stamps }: LookPlan,
  interrupted: AbortSignal,
): AsyncGenerator<readonly ScannedText[], void, undefined> {
  const kept = held.kept();
  if (kept !== null) return void (yield kept);
  for (const file of held.files()) {
    let seenCount = 0;
    stamps(file);
    for await (const rows of readScanned(file, fields, interrupted)) {
      const again = rows.filter((row) => held.has(row));
      seenCount += again.length;
      yield again;
    }
    stamps(file);
    if (seenCount !== held.countOf(file)) throw writtenTo(file);
  }
}

function levelsOf(level: string | undefined): readonly Level[] {
  if (level === undefined) return LEAK_LEVELS;
  if (level === 'kin') return [...LEAK_LEVELS, 'kin'];
  if (level === 'suspect') return LEVELS;
  throw new ConfigError(`--level ${level} is not understood; it is kin or suspect`);
}
