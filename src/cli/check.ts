import type { Command } from './command-line.js';
import type { ContaminationSample } from '../contamination/indexed-sample.js';
import { matchabilityOf } from '../contamination/matchability.js';
import { DEFAULT_CONTAMINATION_POLICY } from '../contamination/policy.js';
import { createSampleIndex } from '../contamination/sample-index.js';
import { ConfigError, DataError } from '../domain/errors.js';
import { LEAK_LEVELS, LEVELS, type Level } from '../domain/finding.js';
import type { ContaminationPolicy } from '../domain/shingle.js';
import { defineAction, type CliContext, type CommonOptions, type ExitCode } from './context.js';
import {
  parseFields,
  parseShingle,
  readTexts,
  withFileOptions,
  writeEvidence,
  type PlacedText,
} from './dataset-options.js';
import { tellCheck } from './check-report.js';

interface CheckOptions extends CommonOptions {
  readonly against?: readonly string[];
  readonly textField?: string;
  readonly evalField?: string;
  readonly shingle: string;
  readonly level?: string;
  readonly evidence?: string;
}

/** One line of `--evidence`. Indexes count from 0 in their files; ids are the rows' own, or null. */
export interface CheckFinding {
  readonly file: string;
  readonly exampleIndex: number;
  readonly exampleId: string | null;
  readonly evalSet: string;
  readonly sampleIndex: number;
  readonly sampleId: string | null;
  readonly level: Level;
  /** Share of the sample's words in one alignment. */
  readonly coverage: number;
  /** In words. */
  readonly longestRun: number;
  /** Exact Jaccard of the shingles in use. */
  readonly similarity: number;
  readonly rules: readonly string[];
}

/** A finding with both texts, for the person at the terminal; they are never written anywhere. */
export interface ShownFinding {
  readonly finding: CheckFinding;
  readonly example: PlacedText;
  readonly sample: PlacedText;
}

/** What a check came to. */
export interface CheckResult {
  readonly examples: number;
  readonly samples: number;
  readonly shown: readonly ShownFinding[];
  /** How many samples each rule can protect. */
  readonly coverage: Readonly<Record<string, number>>;
  /** Samples by the worst level at which anything hits them, leaks before kin. */
  readonly samplesByLevel: Readonly<Record<string, number>>;
}

/** `holdfast check`: contamination of training files by eval files, without Temporal, store or configuration. */
export function registerCheck(program: Command, context: CliContext): void {
  const command = program
    .command('check')
    .argument('<files...>', 'training files: JSONL, JSON, CSV or Parquet, plain, .gz or .zst')
    .summary('find eval samples in training files')
    .description(
      'Compares every training example with every eval sample, word by word: verbatim copies, edited ones ' +
        'and parts are findings. Samples that differ in numbers, names or options are kin, which is no leak.',
    )
    .requiredOption('--against <evals...>', 'eval files')
    .option('--eval-field <names>', 'columns of the eval files to take, joined');
  withFileOptions(command, 'words:3')
    .option('--level <level>', 'also show kin, or kin and suspect; they never set the exit code')
    .addHelpText(
      'after',
      '\nExit codes: 0 nothing found, 1 found, 2 could not run.\n\nExamples:\n' +
        '  holdfast check train.jsonl --against golden.jsonl\n' +
        '  holdfast check train.parquet --against test.csv --text-field question --eval-field question --evidence found.jsonl\n',
    );
  defineAction<CheckOptions>(command, context, (options, files) =>
    runCheck(files, options, context),
  );
}

/** Runs a check and tells it. Exit code 0: nothing found, 1: a verbatim, dirty or partial finding. */
export async function runCheck(
  files: readonly string[],
  options: CheckOptions,
  { output }: CliContext,
): Promise<ExitCode> {
  const levels = levelsOf(options.level);
  const policy = { ...DEFAULT_CONTAMINATION_POLICY, shingle: parseShingle(options.shingle) };
  const result = await check(files, options, policy, output.isTerminal);
  const wanted = result.shown.filter(({ finding }) => levels.includes(finding.level));
  if (options.evidence !== undefined) {
    await writeEvidence(
      options.evidence,
      wanted.map(({ finding }) => finding),
    );
  }
  tellCheck(result, wanted, output);
  return wanted.some(({ finding }) => LEAK_LEVELS.includes(finding.level)) ? 1 : 0;
}

function levelsOf(level: string | undefined): readonly Level[] {
  if (level === undefined) return LEAK_LEVELS;
  if (level === 'kin') return [...LEAK_LEVELS, 'kin'];
  if (level === 'suspect') return LEVELS;
  throw new ConfigError(`--level ${level} is not understood; it is kin or suspect`);
}

async function check(
  files: readonly string[],
  options: CheckOptions,
  policy: ContaminationPolicy,
  isTerminal: boolean,
): Promise<CheckResult> {
  const samples: PlacedText[] = [];
  const evals = options.against ?? [];
  for await (const text of readTexts(evals, parseFields(options.evalField), isTerminal)) {
    samples.push(text);
  }
  if (samples.length === 0) {
    throw new DataError(
      'eval-set-empty',
      `${evals.join(', ')}: there are no samples to check against`,
    );
  }
  const prepared = samples.map(toContaminationSample);
  const index = createSampleIndex(prepared, policy);
  const shown: ShownFinding[] = [];
  let examples = 0;
  for await (const example of readTexts(files, parseFields(options.textField), isTerminal)) {
    examples += 1;
    const { prompt, answer } = example;
    const parts = answer === null ? [prompt] : [prompt, answer];
    const scanned = { id: String(example.index), parts, answer, options: example.options };
    for (const { sample: number, match } of index.scan(scanned)) {
      const sample = samples[number];
      if (sample === undefined) continue;
      const { level, coverage, longestRun, similarity, rules } = match;
      const finding: CheckFinding = {
        file: example.file,
        exampleIndex: example.index,
        exampleId: example.id,
        evalSet: sample.file,
        sampleIndex: sample.index,
        sampleId: sample.id,
        level,
        coverage,
        longestRun,
        similarity,
        rules,
      };
      shown.push({ finding, example, sample });
    }
  }
  const { coverage } = matchabilityOf(prepared, policy);
  return { examples, samples: samples.length, shown, coverage, samplesByLevel: worstLevels(shown) };
}

function toContaminationSample(text: PlacedText, position: number): ContaminationSample {
  const { file, prompt, options, answer } = text;
  return { set: file, id: String(position), prompt, options, reference: answer };
}

/** Leaks first: a sample that one example copies and another resembles is leaked, not kin. */
function worstLevels(shown: readonly ShownFinding[]): Readonly<Record<string, number>> {
  const order: readonly Level[] = [...LEAK_LEVELS, 'kin', 'suspect'];
  const worst = new Map<PlacedText, Level>();
  for (const { sample, finding } of shown) {
    const known = worst.get(sample);
    if (known === undefined || order.indexOf(finding.level) < order.indexOf(known)) {
      worst.set(sample, finding.level);
    }
  }
  const counts: Record<string, number> = {};
  for (const level of order) {
    const count = [...worst.values()].filter((value) => value === level).length;
    if (count > 0) counts[level] = count;
  }
  return counts;
}
