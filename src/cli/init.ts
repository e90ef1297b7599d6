import { readFile, writeFile } from 'node:fs/promises';
import { basename, dirname, extname, relative, resolve, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Command } from './command-line.js';
import { parseConfigurationText } from '../config/load.js';
import { isBucketPath } from '../connectors/log-address.js';
import { total } from '../domain/books.js';
import { ConfigError } from '../domain/errors.js';
import { isoWeekOf } from '../domain/window.js';
import { parseEvalFile } from '../evals/parse-eval-file.js';
import { reasonList } from '../release/report/books.js';
import { counted } from '../release/report/numbers.js';
import {
  DEFAULT_CONFIG,
  defineAction,
  type CliContext,
  type CommonOptions,
  type ExitCode,
} from './context.js';
import { proposeFields } from './init-detect.js';
import {
  sampleLogs,
  tryConnector,
  tryMapping,
  type LogSample,
  type MappingTrial,
} from './init-sample.js';
import { configurationText, type NewConfiguration } from './init-text.js';

interface InitOptions extends CommonOptions {
  readonly evals: string;
  readonly name?: string;
  readonly consent?: string;
  readonly baseUrl?: string;
  readonly baseModel?: string;
  readonly champion?: string;
  readonly trainedOn?: readonly string[];
}

/** `holdfast init`: a configuration for a folder of logs. */
export function registerInit(program: Command, context: CliContext): void {
  const command = program
    .command('init <logs>')
    .summary('write a configuration for a folder of logs')
    .description(
      'Looks at the first lines of a folder of logs (or of one file, or of s3://BUCKET/PREFIX) and of an eval file, finds out where ' +
        'they keep messages, answers, times and feedback, and writes a commented configuration. What only ' +
        'you can know is left to fill in, or given here. Nothing is overwritten.',
    )
    .requiredOption('--evals <file>', 'the eval file that candidates will be measured on')
    .option(
      '--name <model>',
      'name of the model that is kept up to date (default: from the folder)',
    )
    .option('--consent <rule>', 'may records without a consent mark be trained on: allow or deny')
    .option('--base-url <url>', 'host that trains and answers, up to and including /v1')
    .option('--base-model <id>', 'the model that every candidate is trained from')
    .option('--champion <id>', 'the model that serves today (default: the one in the logs)')
    .option('--trained-on <files...>', 'its training files, "none" for a base model, or "unknown"')
    .addHelpText(
      'after',
      '\nExample:\n  holdfast init logs/ --evals golden.jsonl --consent allow\n',
    );
  defineAction<InitOptions>(command, context, (options, [logs = '']) =>
    init(logs, options, context),
  );
}

async function init(logs: string, options: InitOptions, context: CliContext): Promise<ExitCode> {
  const file = resolve(options.config ?? DEFAULT_CONFIG);
  const sample = await sampleLogs(logs);
  const isPlain = sample.connector === 'openai';
  const fields = isPlain ? proposeFields(sample) : {};
  const trial = isPlain ? tryMapping(sample, fields) : await tryConnector(sample);
  const samples = parseEvalFile(await readEvals(options.evals), options.evals);
  const found = describeLogs(logs, sample, trial, fields);
  const text = configurationText(newConfiguration(file, logs, fields, sample, trial, options));
  await create(file, text);
  const left = whatIsLeft(text, file);
  const { output } = context;
  for (const line of found) output.line(line);
  output.line(`evals     ${options.evals}: ${counted(samples.length, 'sample')}`);
  output.line(`wrote     ${file}`);
  if (left !== null) output.line(`\nFill in what only you can know:\n${left}`);
  output.line(`\nThen: holdfast evals freeze ${options.evals} --name ${evalName(options)} --pin`);
  output.line('      holdfast config check');
  output.result({ file, fields, trial, evalSamples: samples.length, complete: left === null });
  return 0;
}

/** @throws ConfigError when no record can be read, telling why for each reason. */
function describeLogs(
  logs: string,
  { connector, objects }: LogSample,
  { lines, records, quarantined, passed, times }: MappingTrial,
  fields: Readonly<Record<string, string>>,
): readonly string[] {
  const reasons = reasonList(quarantined);
  if (times === null) {
    throw new ConfigError(
      `no line of ${logs} can be read as a record (${reasons}): a record is a JSON object with a time ` +
        '(timestamp, time, created_at, start_time), messages (request.messages, messages, prompt, input) and an ' +
        'answer (response, completion, output, or the last message of the assistant)',
    );
  }
  const unread = reasons === '' ? '' : `; not readable: ${reasons}`;
  const beside = reasonList(passed);
  const others = beside === '' ? '' : `; no calls: ${beside}`;
  const mapping = Object.entries(fields).map(([name, path]) => `${name} = ${path}`);
  return [
    `logs      ${logs}: ${counted(objects.length, 'file')}, ${counted(records, 'record')} in the ${counted(lines, 'line')} looked at${others}${unread}`,
    ...(connector === 'openai' ? [] : [`kind      ${connector}`]),
    `fields    ${mapping.length === 0 ? 'all by their usual names' : mapping.join(', ')}`,
    `times     ${times.first.slice(0, 10)} to ${times.last.slice(0, 10)}: the first window is ${isoWeekOf(Date.parse(times.first))}`,
  ];
}

function newConfiguration(
  file: string,
  logs: string,
  fields: Readonly<Record<string, string>>,
  { connector }: LogSample,
  trial: MappingTrial,
  options: InitOptions,
): NewConfiguration {
  const folder = dirname(file);
  const from = (path: string): string =>
    isBucketPath(path) ? path : slashed(relative(folder, resolve(path)) || '.');
  return {
    schema: slashed(relative(folder, schemaPath())),
    model: options.name ?? modelNameOf(folder),
    firstWindow: isoWeekOf(Date.parse(trial.times?.first ?? '')),
    logs: from(logs),
    connector,
    fields,
    consent: consentOf(options.consent),
    quarantinedShare: total(trial.quarantined) / trial.lines,
    hasSignals: trial.hasSignals,
    evalFile: from(options.evals),
    evalName: evalName(options),
    baseURL: options.baseUrl ?? null,
    baseModel: options.baseModel ?? null,
    champion: options.champion ?? mostFrequent(trial.models),
    trainedOn: trainedOnOf(options.trainedOn, from),
  };
}

function consentOf(rule: string | undefined): 'allow' | 'deny' | null {
  if (rule === undefined || rule === 'allow' || rule === 'deny') return rule ?? null;
  throw new ConfigError('--consent takes allow or deny');
}

function trainedOnOf(
  given: readonly string[] | undefined,
  from: (path: string) => string,
): NewConfiguration['trainedOn'] {
  if (given === undefined) return null;
  if (given.length === 1 && given[0] === 'unknown') return 'unknown';
  return given.length === 1 && given[0] === 'none' ? [] : given.map(from);
}

function evalName({ evals }: InitOptions): string {
  const plain = basename(evals, extname(evals)).replace(/[^A-Za-z0-9._-]+/g, '-');
  return plain.replace(/^[^A-Za-z0-9]+/, '').slice(0, 64) || 'golden';
}

function modelNameOf(folder: string): string {
  const plain = basename(folder)
    .replace(/[^A-Za-z0-9._-]+/g, '-')
    .replace(/^[^A-Za-z0-9]+/, '');
  return plain.slice(0, 64) || 'assistant';
}

function mostFrequent(counts: Readonly<Record<string, number>>): string | null {
  const sorted = Object.entries(counts).sort(
    ([a, one], [b, other]) => other - one || (a < b ? -1 : 1),
  );
  return sorted[0]?.[0] ?? null;
}

function schemaPath(): string {
  return fileURLToPath(new URL('../../../holdfast.schema.json', import.meta.url));
}

function slashed(path: string): string {
  return path.split(sep).join('/');
}

async function readEvals(path: string): Promise<Uint8Array> {
  try {
    return await readFile(path);
  } catch (error) {
    throw new ConfigError(`the eval file ${path} cannot be read`, { cause: error });
  }
}

async function create(file: string, text: string): Promise<void> {
  try {
    await writeFile(file, text, { flag: 'wx' });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    throw new ConfigError(
      `${file} is there already and is not overwritten; name another with --config`,
      {
        cause: error,
      },
    );
  }
}

/** The problems of the file that was just written: exactly what its user has to fill in. */
function whatIsLeft(text: string, file: string): string | null {
  try {
    parseConfigurationText(text, file);
    return null;
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return error.message.split('\n').slice(1).join('\n');
  }
}
