import { setTimeout as delay } from 'node:timers/promises';
import { answersIn, beginMeasuring, type MeasuredModel } from '../../activities/asking-tools.js';
import { askedNameOf } from '../../activities/deployments.js';
import { countsFailures, frozenSuite } from '../../activities/samples.js';
import { toolEnvironment } from '../config/environment.js';
import type { LoadedConfiguration } from '../config/load.js';
import { ConfigError, PrerequisiteError } from '../domain/errors.js';
import { TOOL_NAMES } from '../domain/eval-tool.js';
import type { SuiteAnswer } from '../evals/run-suite.js';
import { readAlias } from '../promotion/alias.js';
import { counted, formatCount, formatShare } from '../release/report/numbers.js';
import type { Command } from './command-line.js';
import {
  defineAction,
  loadFor,
  type CliContext,
  type CommonOptions,
  type ExitCode,
} from './context.js';
import { openStoreOf } from './stored-run.js';

interface TryOptions extends CommonOptions {
  readonly model?: string;
}

/** `holdfast evals try`: runs the command that measures a set, before a week's candidate depends on it. */
export function registerTry(evals: Command, context: CliContext): void {
  const command = evals
    .command('try <name>')
    .summary('run the command that measures a set, and match its results')
    .description(
      'Runs the command that evals[].results of the set names, as a run does, for the model that serves, and matches ' +
        'its results with the frozen samples. Nothing is stored, and nothing is decided: it tells whether the command ' +
        'would do, before a candidate is paid for that it is to measure.',
    )
    .option('--model <name>', 'another model than the one that serves')
    .addHelpText('after', '\nExample:\n  holdfast evals try golden\n');
  defineAction<TryOptions>(command, context, async (options, [name = '']) =>
    tryOut(name, options, await loadFor(options), context),
  );
}

async function tryOut(
  name: string,
  { model }: TryOptions,
  loaded: LoadedConfiguration,
  context: CliContext,
): Promise<ExitCode> {
  const measured = await measuredModel(name, model, loaded);
  const answers = await measure(measured, loaded, context);
  const scores = answers.flatMap(({ score }) => (score === undefined ? [] : [score]));
  const mean = scores.reduce((sum, score) => sum + score, 0) / Math.max(1, scores.length);
  const { modelId, tool } = measured;
  const missing = answers.length - scores.length;
  const { output } = context;
  const what = `${counted(answers.length, 'sample')} of ${name}, each measured by ${TOOL_NAMES[tool.tool]}`;
  output.line(`${what}; ${formatCount(missing)} without an answer`);
  if (scores.length > 0) output.line(`${modelId} scores ${formatShare(mean)}`);
  output.result({
    set: name,
    tool: tool.tool,
    model: modelId,
    samples: answers.length,
    missing,
    score: scores.length > 0 ? mean : null,
  });
  return 0;
}

async function measuredModel(
  name: string,
  model: string | undefined,
  loaded: LoadedConfiguration,
): Promise<MeasuredModel> {
  const { configuration } = loaded;
  const set = configuration.evals.find((each) => each.name === name);
  if (set?.results === undefined) {
    throw new ConfigError(
      set === undefined
        ? `the configuration names no eval set "${name}"`
        : `no command measures ${name}: holdfast asks its samples itself (see evals[].results)`,
    );
  }
  const store = await openStoreOf(loaded);
  const serving = (await readAlias(store, configuration.model))?.alias.modelId;
  const champion = serving ?? configuration.champion.modelId;
  const served = await askedNameOf({ store }, configuration, champion);
  return {
    tool: set.results,
    set: name,
    modelId: model ?? served,
    others: [served],
    countsFailures: countsFailures(configuration, `frozen:${name}`),
    baseURL: configuration.chat.baseURL,
    ...(await frozenSuite(store, configuration, name)),
  };
}

/** A run of its own each time; Ctrl-C stops the command with all that it started. */
async function measure(
  measured: MeasuredModel,
  { configuration, baseFolder }: LoadedConfiguration,
  { environment, interrupted, randomId }: CliContext,
): Promise<readonly SuiteAnswer[]> {
  const { keyVariable } = configuration.chat;
  const chatKey = environment[keyVariable] ?? '';
  if (chatKey === '') {
    throw new PrerequisiteError(`${keyVariable} is not set; it holds the key to ask models with`);
  }
  const surroundings = {
    baseFolder,
    toolEnvironment: toolEnvironment(configuration, { chatKey }, environment),
    sleep: (ms: number, signal: AbortSignal) => delay(ms, undefined, { signal }),
  };
  const run = await beginMeasuring(surroundings, measured, `try-${randomId().slice(0, 8)}`);
  try {
    return await answersIn(await run.finish(interrupted), measured);
  } catch (error) {
    if (!interrupted.aborted) throw error;
    await run.stop();
    throw new PrerequisiteError('stopped, with the command and all that it started');
  }
}
