import type { Configuration } from '../src/domain/configuration.js';
import { deployCommandsOf } from '../src/domain/deploying.js';
import { ConfigError, ProviderError } from '../src/domain/errors.js';
import type { JobResolution, JobState } from '../src/domain/job.js';
import { mannerOf } from '../src/domain/manner.js';
import { lineageKey } from '../src/lineage/lineage.js';
import type { Dependencies } from './dependencies.js';

type Adoption = Extract<JobResolution, { readonly kind: 'adopt' }>;

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
  { jobId, modelId }: Adoption,
  signal: AbortSignal,
): Promise<void> {
  if (modelId === undefined) return;
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
  const { baseModel } = configuration.train;
  if (modelId === baseModel || (await deps.store.head(lineageKey(modelId))) !== null) {
    throw new ConfigError(
      `${modelId} is no model of job ${jobId}: holdfast knows it as ${modelId === baseModel ? 'the base model' : 'another one'}`,
    );
  }
  await assertAnswers(deps, configuration, modelId, signal);
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
