import type { Configuration } from '../src/domain/configuration.js';
import { deployCommandsOf } from '../src/domain/deploying.js';
import { ConfigError, ProviderError } from '../src/domain/errors.js';
import type { JobState } from '../src/domain/job.js';
import { mannerOf } from '../src/domain/manner.js';
import type { Lineage } from '../src/domain/model.js';
import { lineageKey } from '../src/lineage/lineage.js';
import { keys } from '../src/release/layout.js';
import { readJson } from '../src/storage/objects.js';
import type { Dependencies } from './dependencies.js';

/** A name that a person gives the model of a run key's job. */
interface Naming {
  readonly runKey: string;
  readonly jobId: string;
  readonly modelId: string;
}

/**
 * That the name which a person gives a job's model is one that a candidate can have: of a job that is done and has no
 * name of its own, of no model that is known already, and of one that answers. A name that was written down could not be
 * taken back.
 * @throws ConfigError otherwise
 */
export async function assertModel(
  deps: Dependencies,
  configuration: Configuration,
  state: JobState,
  naming: Naming,
  signal: AbortSignal,
): Promise<void> {
  const { jobId, modelId } = naming;
  if (state.kind === 'succeeded') {
    if (state.modelId === modelId) return;
    throw new ConfigError(
      `the provider names the model of job ${jobId} ${state.modelId}; adopt the job without --model`,
    );
  }
  if (state.kind !== 'unnamed') {
    throw new ConfigError(
      `job ${jobId} is ${state.kind}, so that it has no model to name; adopt it without --model`,
    );
  }
  const { baseModel, servedBaseModel } = configuration.train;
  const isBase = modelId === baseModel || modelId === servedBaseModel;
  if (isBase || (await isOfOther(deps, naming))) {
    throw new ConfigError(
      `${modelId} is no model of job ${jobId}: holdfast knows it as ${isBase ? 'the base model' : 'another one'}`,
    );
  }
  await assertAnswers(deps, configuration, modelId, signal);
}

/** Whether a model is known that was trained otherwise: the one that this run key's job had before is its own. */
async function isOfOther({ store }: Dependencies, { runKey, modelId }: Naming): Promise<boolean> {
  const key = lineageKey(modelId);
  if ((await store.head(key)) === null) return false;
  const { release } = await readJson<Lineage>(store, key);
  return release === null || (await store.head(keys.jobRelease(runKey, release))) === null;
}

/** As it will be asked, with a question of one word; what programs of the user's own put up answers only behind them. */
async function assertAnswers(
  deps: Dependencies,
  configuration: Configuration,
  modelId: string,
  signal: AbortSignal,
): Promise<void> {
  const { chat, train } = configuration;
  if (deployCommandsOf(train) !== null) return;
  const { temperature, maximumTokens } = chat;
  const messages = [{ role: 'user', content: 'Hello' }] as const;
  try {
    await deps
      .chatFor(configuration)
      .complete(
        { model: modelId, messages, temperature, maximumTokens, ...mannerOf(chat) },
        signal,
      );
  } catch (error) {
    if (!(error instanceof ProviderError)) throw error;
    throw new ConfigError(
      `${modelId} does not answer (${error.message}); the run stays parked until it does`,
      { cause: error },
    );
  }
}
