import type { Command } from './command-line.js';
import { DEFAULT_CONTAMINATION_POLICY } from '../contamination/policy.js';
import { ConfigError } from '../domain/errors.js';
import { LEAK_LEVELS, LEVELS, type Level } from '../domain/finding.js';
import { tellCheck } from './check-report.js';
import { type CheckSamples, FINDING_COLUMNS, prepareSamples } from './check-scan.js';
import { type CheckTally, createTally } from './check-tally.js';
import { defineAction, type CliContext, type CommonOptions, type ExitCode } from './context.js';
import {
  distinct,
  parseFields,
  parseShingle,
  type PlacedText,
  readTexts,
  withFileOptions,
} from './dataset-options.js';
import { withEvidence } from './evidence-file.js';
import { requireOtherFile } from './whole-file.js';

/** What `holdfast check` was asked. */
export interface CheckOptions extends CommonOptions {
  readonly against: readonly string[];
  readonly textField?: string;
  readonly evalField?: string;
  readonly shingle: string;
  readonly level?: string;
  readonly evidence?: string;
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
    .option('--level <level>', 'also show kin, or kin and suspect; they never set the exit code')
    .addHelpText(
      'after',
      '\nRows are recognised by their columns: messages; prompt, completion; instruction,\n' +
        'input, output; question, answer, options, passage; text.\n' +
        '\nExit codes: 0 nothing found, 1 found, 2 could not run.\n\nExamples:\n' +
        '  holdfast check train.jsonl --against golden.jsonl\n' +
        '  holdfast check train.parquet --against test.csv --text-field question \\\n' +
        '    --eval-field question --evidence found.jsonl\n',
    );
  defineAction<CheckOptions>(command, context, (options, files) =>
    runCheck(files, options, context),
  );
}

/**
 * Runs a check and tells it. The training files are read once and not kept. Exit code 0: nothing found, 1: a
 * verbatim, dirty or partial finding.
 * @throws ConfigError, DataError or PrerequisiteError where it could not run; then no evidence is left.
 */
export async function runCheck(
  files: readonly string[],
  options: CheckOptions,
  { output, interrupted }: Pick<CliContext, 'output' | 'interrupted'>,
): Promise<ExitCode> {
  const levels = levelsOf(options.level);
  const trained = distinct(files);
  const evals = distinct(options.against);
  await requireOtherFile('--evidence', options.evidence, [...trained, ...evals]);
  const policy = { ...DEFAULT_CONTAMINATION_POLICY, shingle: parseShingle(options.shingle) };
  const texts: PlacedText[] = [];
  for await (const rows of readTexts(evals, parseFields(options.evalField), interrupted)) {
    texts.push(...rows);
  }
  const samples = prepareSamples(evals, texts, policy);
  const tally = await scanFiles(trained, options, samples, levels, interrupted);
  tellCheck({ files: trained, samples, tally, levels }, output);
  return tally.leakCount() > 0 ? 1 : 0;
}

/** Scans every row, writes the evidence of the levels that were asked for, and counts. */
async function scanFiles(
  files: readonly string[],
  options: CheckOptions,
  samples: CheckSamples,
  levels: readonly Level[],
  interrupted: AbortSignal,
): Promise<CheckTally> {
  const fields = parseFields(options.textField);
  const tally = createTally(levels);
  await withEvidence(options.evidence, FINDING_COLUMNS, async (evidence) => {
    for await (const rows of readTexts(files, fields, interrupted)) {
      for (const example of rows) {
        const findings = samples.findingsIn(example);
        tally.add(findings);
        for (const { finding } of findings) {
          if (levels.includes(finding.level)) await evidence.write(finding);
        }
      }
    }
  });
  return tally;
}

function levelsOf(level: string | undefined): readonly Level[] {
  if (level === undefined) return LEAK_LEVELS;
  if (level === 'kin') return [...LEAK_LEVELS, 'kin'];
  if (level === 'suspect') return LEVELS;
  throw new ConfigError(`--level ${level} is not understood; it is kin or suspect`);
}
