import { resolve } from 'node:path';
import type { Configuration } from '../src/domain/configuration.js';
import { deployCommandsOf } from '../src/domain/deploying.js';
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

/** The name to ask a model by: where programs of the user's own put models up, the one that they told last. */
export async function askedNameOf(
  { store }: Pick<Dependencies, 'store'>,
  { model, train }: Configuration,
  modelId: string,
): Promise<string> {
  return deployCommandsOf(train) === null ? modelId : readServedName(store, model, modelId);
}
