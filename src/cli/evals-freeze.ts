import { readFile, writeFile } from 'node:fs/promises';
import type { Command } from './command-line.js';
import type { LoadedConfiguration } from '../config/load.js';
import { NAME, NAME_RULE } from '../config/field-rules.js';
import { pinEvalSet } from '../config/yaml-file.js';
import { ConfigError } from '../domain/errors.js';
import type { EvalSetManifest } from '../domain/sample.js';
import { prepareEvalSet, storeEvalSet } from '../evals/eval-set.js';
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
import { registerCompare } from './evals-compare.js';
import { contentOf } from './file-content.js';
import { registerJudge } from './evals-judge.js';
import { registerTry } from './evals-try.js';
import { PROTECTION } from './protection.js';
import { openStoreOf } from './stored-run.js';

interface FreezeOptions extends CommonOptions {
  readonly name: string;
  readonly pin?: boolean;
  readonly replace?: boolean;
}

/** `holdfast evals`: `freeze` puts an eval file under the digest of its content. */
export function registerEvals(program: Command, context: CliContext): void {
  const evals = program
    .command('evals')
    .summary('freeze eval sets, try a harness, compare results')
    .description('Frozen eval sets: what candidates are measured on and never trained on.');
  registerCompare(evals, context);
  registerJudge(evals, context);
  registerTry(evals, context);
  const command = evals
    .command('freeze <file>')
    .summary('freeze an eval file and print the line that pins it')
    .description(
      'Freezes an eval file in the store under the digest of its content, and prints the digest, what each ' +
        'rule of the contamination check can do for its samples, and the lines for the configuration. ' +
        'A line of the file is {"id"?, "input": text or messages, "reference"?, "options"?, "scorer"?, "tools"?, ' +
        '"group"?, "slices"?, "critical"?, "pair"?}; "answer" is "reference", and "cluster" is "group". ' +
        'A file with a line that cannot be read, or a sample that nothing could match, is refused whole. ' +
        'So is one whose name the configuration pins with another content, unless --replace is given.',
    )
    .requiredOption('--name <name>', 'what the set is called')
    .option('--pin', 'write the lines into the configuration')
    .option('--replace', 'take the place of another set of this name')
    .addHelpText('after', '\nExample:\n  holdfast evals freeze golden.jsonl --name golden --pin\n');
  defineAction<FreezeOptions>(command, context, async (options, [file = '']) =>
    freeze(file, options, await loadFor(options, 'being-pinned'), context),
  );
}

async function freeze(
  file: string,
  { name, pin, replace }: FreezeOptions,
  loaded: LoadedConfiguration,
  { output }: CliContext,
): Promise<ExitCode> {
  if (!NAME.test(name)) throw new ConfigError(`--name: ${NAME_RULE}`);
  const samples = parseEvalFile(await contentOf(file), file);
  const { contamination, redaction } = loaded.configuration;
  const prepared = prepareEvalSet(name, samples, createRedactor(redaction), contamination);
  if (replace !== true) refuseOther(file, prepared.manifest, loaded);
  const set = await storeEvalSet(await openStoreOf(loaded), prepared);
  const pinned = pin === true && (await writePin(loaded, set));
  for (const line of freezeLines(set)) output.line(line);
  for (const line of pinned ? [`pinned in ${loaded.path}`] : pinLines(set)) output.line(line);
  output.result({ ...set, pinned });
  return 0;
}

/** @throws ConfigError when the configuration pins another content under the name: what was measured on it would not compare. */
function refuseOther(
  file: string,
  { name, digest }: EvalSetManifest,
  { configuration, path }: LoadedConfiguration,
): void {
  const pinned = configuration.evals.find((set) => set.name === name);
  if (pinned === undefined || pinned.digest === digest) return;
  throw new ConfigError(
    `${file} is not the set that ${path} pins as ${name}, and nothing was frozen:\n  pinned ${pinned.digest}\n` +
      `  file   ${digest}\nfreeze it under another --name, or give --replace to let it take the place of that set`,
  );
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
