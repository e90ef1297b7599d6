import { access, constants } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { LoadedConfiguration } from '../config/load.js';
import type { Configuration } from '../domain/configuration.js';
import { deployCommandsOf } from '../domain/deploying.js';
import { PROVIDER_PRESETS } from '../domain/provider-presets.js';
import type { CheckItem } from './check-item.js';

/** Whether candidates will answer: what has to be put up is, by programs that are there. */
export async function checkDeployment({
  configuration,
  baseFolder,
}: LoadedConfiguration): Promise<readonly CheckItem[]> {
  const { train } = configuration;
  const commands = deployCommandsOf(train);
  if (commands !== null) {
    const programs = Object.entries({ up: commands.up[0], down: commands.down[0] });
    const items = programs.map(([name, program = '']) => checkProgram(name, program, baseFolder));
    return (await Promise.all(items)).flat();
  }
  if (train.deploy !== undefined || !asksItsTrainer(configuration)) return [];
  const how =
    train.provider === 'fireworks'
      ? 'train.deploy: true puts candidates up'
      : 'train.deploy: {up, down} names programs of your own that put candidates up';
  const detail = `a model does not answer at ${train.provider} until it is deployed, and would refuse every question: ${how}`;
  return [{ name: 'deployment', outcome: 'warning', detail }];
}

/** Whether models are asked at a host of their trainer's that has to put them up before. */
function asksItsTrainer({ train, chat }: Configuration): boolean {
  const { needsDeployment, chatBaseURL } = PROVIDER_PRESETS[train.provider];
  return needsDeployment === true && [train.baseURL, chatBaseURL].includes(chat.baseURL);
}

/** A program that is named by its place has to be there; one by its name only is looked for when it runs. */
async function checkProgram(
  name: string,
  program: string,
  baseFolder: string,
): Promise<readonly CheckItem[]> {
  if (!program.includes('/')) return [];
  const path = resolve(baseFolder, program);
  try {
    await access(path, constants.X_OK);
    return [];
  } catch {
    const detail = `train.deploy.${name} is ${path}, which is no program that can be run here`;
    return [{ name: 'deployment', outcome: 'failed', detail }];
  }
}
