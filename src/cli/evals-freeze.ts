import { readFile, writeFile } from 'node:fs/promises';
import type { Command } from './command-line.js';
import type { LoadedConfiguration } from '../config/load.js';
import { pinEvalSet } from '../config/yaml-file.js';
import { ConfigError } from '../domain/errors.js';
import type { EvalSetManifest } from '../domain/sample.js';
import { freezeEvalSet } from '../evals/eval-set.js';
import { parseEvalFile } from '../evals/parse-eval-file.js';
import { createRedactor } from '../ingest/redaction.js';
import { counted, formatCount } from '../release/report/numbers.js';
import {
  defineAction,
  loadFor,
  type CliContext,
  type CommonOptions,
  type ExitCode,
} from './context.js';
import { PROTECTION } from './protection.js';
import { openStoreOf } from './stored-run.js';

interface FreezeOptions extends CommonOptions {
  readonly name: string;
  readonly pin?: boolean;
}

/** `holdfast evals freeze`: an eval file under the digest of its content. */
export function registerEvals(program: Command, context: CliContext): void {
  const evals = program
    .command('evals')
    .summary('freeze eval sets')
    .description('Frozen eval sets: what candidates are measured on and never trained on.');
  const command = evals
    .command('freeze <file>')
    .summary('freeze an eval file and print the line that pins it')
    .description(
      'Freezes an eval file in the store under the digest of its content, and prints the digest, what each ' +
        'rule of the contamination check can do for its samples, and the lines for the configuration. ' +
        'A line of the file is {"id"?, "input": text or messages, "reference"?, "options"?, "cluster"?}. ' +
        'A file with a line that cannot be read, or a sample that nothing could match, is refused whole.',
    )
    .requiredOption('--name <name>', 'what the set is called')
    .option('--pin', 'write the lines into the configuration')
    .addHelpText('after', '\nExample:\n  holdfast evals freeze golden.jsonl --name golden --pin\n');
  defineAction<FreezeOptions>(command, context, async (options, [file = '']) =>
    freeze(file, options, await loadFor(options), context),
  );
}

async function freeze(
  file: string,
  { name, pin }: FreezeOptions,
  loaded: LoadedConfiguration,
  { output }: CliContext,
): Promise<ExitCode> {
  if (!/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/.test(name)) {
    throw new ConfigError('--name takes letters, digits, ".", "_" and "-", at most 64');
  }
  const samples = parseEvalFile(await readInput(file), file);
  const store = await openStoreOf(loaded);
  const { contamination } = loaded.configuration;
  const set = await freezeEvalSet(store, name, samples, createRedactor(), contamination);
  const pinned = pin === true && (await writePin(loaded, set));
  for (const line of freezeLines(set)) output.line(line);
  for (const line of pinned ? [`pinned in ${loaded.path}`] : pinLines(set)) output.line(line);
  output.result({ ...set, pinned });
  return 0;
}

function freezeLines({ name, count, digest, coverage }: EvalSetManifest): readonly string[] {
  const rules = Object.entries(coverage)
    .filter(([, samples]) => samples > 0)
    .map(([rule, samples]) => `  ${formatCount(samples).padStart(7)}  ${PROTECTION[rule] ?? rule}`);
  return [`${name}: ${counted(count, 'sample')} frozen as ${digest}`, ...rules];
}

function pinLines({ name, digest }: EvalSetManifest): readonly string[] {
  return [
    'pin it in the configuration (or give --pin):',
    'evals:',
    `  - name: ${name}`,
    `    digest: ${digest}`,
  ];
}

async function writePin(
  { path }: LoadedConfiguration,
  { name, digest }: EvalSetManifest,
): Promise<true> {
  const text = await readFile(path, 'utf8');
  await writeFile(path, pinEvalSet(text, path, { name, digest }));
  return true;
}

async function readInput(file: string): Promise<Uint8Array> {
  try {
    return await readFile(file);
  } catch (error) {
    throw new ConfigError(`${file} cannot be read`, { cause: error });
  }
}
