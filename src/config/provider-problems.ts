import { PROVIDER_NAMES, PROVIDER_PRESETS } from '../domain/provider-presets.js';
import type { Problem } from './problems.js';

/** What the check of a provider's needs reads of a file; whatever is malformed is `undefined`. */
export interface LooseTrain {
  readonly provider?: unknown;
  readonly baseURL?: unknown;
  readonly account?: unknown;
  readonly command?: unknown;
  readonly deploy?: unknown;
  readonly from?: unknown;
  readonly replay?: unknown;
}

/** What a provider needs and a file does not say, or says for another. */
export function providerProblems(
  train: LooseTrain,
  chat: { readonly baseURL?: unknown },
): readonly Problem[] {
  const asked = train.provider ?? 'openai-compatible';
  const provider = PROVIDER_NAMES.find((name) => name === asked);
  if (provider === undefined) return [];
  const isCommand = provider === 'command';
  const problems: Problem[] = [];
  const tell = (isWrong: boolean, path: readonly string[], message: string): void => {
    if (isWrong) problems.push({ path, message });
  };
  const hasURL = train.baseURL !== undefined || PROVIDER_PRESETS[provider].baseURL !== undefined;
  tell(
    !hasURL && !isCommand,
    ['train', 'baseURL'],
    provider === 'azure'
      ? 'missing; expected the resource’s address, such as https://RESOURCE.openai.azure.com/openai/v1'
      : 'missing; expected a URL with http:// or https://, such as https://api.openai.com/v1',
  );
  tell(
    provider === 'fireworks' && train.account === undefined,
    ['train', 'account'],
    'missing; fireworks creates jobs in an account',
  );
  tell(
    isCommand && train.command === undefined,
    ['train', 'command'],
    'missing; expected the trainer’s program and its arguments, such as [python, train.py]',
  );
  tell(
    isCommand && chat.baseURL === undefined,
    ['chat', 'baseURL'],
    'missing; a trainer of one’s own serves no models, so where are they asked?',
  );
  tell(
    isCommand && train.baseURL !== undefined,
    ['train', 'baseURL'],
    'a command has no address; leave it out',
  );
  tell(
    !isCommand && train.command !== undefined,
    ['train', 'command'],
    'only for provider: command',
  );
  tell(
    train.deploy === true && provider !== 'fireworks',
    ['train', 'deploy'],
    'true is only for provider: fireworks; where models of others have to be put up before they answer, name your own programs: {up: [PROGRAM, …], down: [PROGRAM, …]}',
  );
  tell(
    train.replay !== undefined && train.from !== 'champion',
    ['train', 'replay'],
    'only for from: champion; what candidates from the base model are trained on again says history',
  );
  return problems;
}
