import { resolve } from 'node:path';
import type { Configuration } from '../src/domain/configuration.js';
import type { EvaluateInput } from '../src/domain/contracts.js';
import { deployCommandsOf } from '../src/domain/deploying.js';
import { ConfigError, ProviderError } from '../src/domain/errors.js';
import type { ModelDeployments } from '../src/domain/fine-tuning.js';
import { readServedName } from '../src/promotion/served-name.js';
import { createDeployCommands } from '../src/providers/deploy-command.js';
import type { Dependencies } from './dependencies.js';

/** How candidates are put up where `train.deploy` asks for that: at their provider, or by programs of the user's own. */
export function deploymentsOf(
  deps: Dependencies,
  configuration: Configuration,
): ModelDeployments | null {
  const { model, train, chat } = configuration;
  if (train.deploy === undefined) return null;
  const commands = deployCommandsOf(train);
  if (commands === null) return deps.providerFor(configuration).deployments ?? null;
  const { store, baseFolder, toolEnvironment, sleep } = deps;
  const never = new AbortController().signal;
  return createDeployCommands({
    commands,
    folder: resolve(baseFolder, commands.folder),
    workingFolder: baseFolder,
    baseURL: chat.baseURL,
    environment: toolEnvironment,
    nameOf: (modelId) => readServedName(store, model, modelId),
    sleep: (ms, signal = never) => sleep(ms, signal),
  });
}

/**
 * The name to ask a model by, which is no other model's of the window: the gate would compare one with itself.
 * @throws ConfigError where another one is asked by it
 */
export async function ownNameOf(
  deps: Pick<Dependencies, 'store'>,
  configuration: Configuration,
  modelId: string,
  others: readonly string[],
): Promise<string> {
  const name = await askedNameOf(deps, configuration, modelId);
  for (const other of others) {
    if (other === modelId || (await askedNameOf(deps, configuration, other)) !== name) continue;
    throw new ConfigError(
      `${modelId} and ${other} would both be asked as ${name}, and nobody could tell which of them answered: have ` +
        'train.deploy.up put every model up under a name of its own, and run the window again',
    );
  }
  return name;
}

/** The name to ask a model by: where programs of the user's own put models up, the one that they told last. */
export async function askedNameOf(
  { store }: Pick<Dependencies, 'store'>,
  { model, train }: Configuration,
  modelId: string,
): Promise<string> {
  return deployCommandsOf(train) === null ? modelId : readServedName(store, model, modelId);
}

/** How hosts refuse a model that they don't know, or that nobody deployed; where every sample is refused it is the model. */
const NO_SUCH_MODEL: readonly (number | null)[] = [400, 404];

/** What a candidate's host refused, with what may have to be done before it answers, where nothing was. */
export function withDeployment(
  error: unknown,
  { train }: Configuration,
  role: EvaluateInput['role'],
): unknown {
  if (role !== 'candidate' || train.deploy !== undefined) return error;
  if (!(error instanceof ProviderError) || error.isMoney) return error;
  if (!NO_SUCH_MODEL.includes(error.status)) return error;
  const { message, status, isRetryable, cause } = error;
  const hint =
    'a host may have to deploy a model before it answers: see train.deploy, and run the window again with --reopen, which ' +
    'does not train it again';
  return new ProviderError(`${message}; ${hint}`, { status, isRetryable, cause });
}
