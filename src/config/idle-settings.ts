import { z } from 'zod';
import { PROVIDER_NAMES, PROVIDER_PRESETS, type ProviderName } from '../domain/provider-presets.js';
import type { Problem } from './problems.js';
import { isReadByShell } from './shell-scripts.js';

const amount = z.number().nullable().optional().catch(undefined);
const text = z.string().optional().catch(undefined);

/** Only what is looked at here; whatever is malformed is read as absent and reported elsewhere. */
const looseSchema = z.object({
  history: z.unknown().optional(),
  chat: z.object({ baseURL: text }).optional().catch(undefined),
  train: z.object({
    provider: z.enum(PROVIDER_NAMES).default('openai-compatible'),
    baseURL: text,
    account: z.unknown().optional(),
    deploy: z.unknown().optional(),
    servedBaseModel: z.unknown().optional(),
    from: z.unknown().optional(),
    method: z.unknown().optional(),
    replay: amount,
    hyperparameters: z.record(z.string(), z.unknown()).catch({}),
    pricePerMillionTokens: amount,
    maximumCost: amount,
    monthlyCost: amount,
    approveAbove: amount,
  }),
});

type Loose = z.infer<typeof looseSchema>;

/**
 * Settings of a file that are each right and together do nothing, or not what they say. Only files are held to this:
 * what is stored for a run has its defaults filled in, and goes on.
 */
export function idleProblems(raw: unknown): readonly Problem[] {
  const { data } = looseSchema.safeParse(raw);
  return data === undefined
    ? []
    : [
        ...limitProblems(data.train),
        ...passesProblems(data.train),
        ...startProblems(data),
        ...deployProblems(data.train),
        ...nebiusProblems(data.train),
      ];
}

/** A number of passes that the host is told, and the estimate does not count. */
function passesProblems({ provider, hyperparameters }: Loose['train']): readonly Problem[] {
  if (provider !== 'fireworks' || hyperparameters['epochs'] === undefined) return [];
  const message =
    'say n_epochs instead: the estimate rests on it, and fireworks is sent it as epochs';
  return [{ path: ['train', 'hyperparameters', 'epochs'], message }];
}

/** Limits that no run ever meets. */
function limitProblems(train: Loose['train']): readonly Problem[] {
  const { pricePerMillionTokens, approveAbove = null, monthlyCost = null } = train;
  if (pricePerMillionTokens === 0) {
    const limits = { monthlyCost, approveAbove };
    return Object.entries(limits).flatMap(([name, limit]) =>
      limit === null
        ? []
        : told(
            name,
            'bounds nothing where train.pricePerMillionTokens is 0, since every estimate is 0 then; name the price, or leave this out',
          ),
    );
  }
  if (approveAbove === null) return [];
  return (['maximumCost', 'monthlyCost'] as const).flatMap((name) => {
    if (approveAbove < (train[name] ?? Number.POSITIVE_INFINITY)) return [];
    return told(
      'approveAbove',
      `expected less than train.${name}: a run that costs more than that is refused, so that nobody would ever be asked`,
    );
  });
}

function startProblems({ train, chat, history }: Loose): readonly Problem[] {
  const { provider, from, replay, method, account, deploy, hyperparameters } = train;
  const problems: Problem[] = [];
  if (from === 'champion' && (replay ?? 0) > 0 && history === 'none') {
    const message = 'repeats nothing, since history is none; say 0, or give history some windows';
    problems.push(...told('replay', message));
  }
  if (account !== undefined && provider !== 'fireworks') {
    problems.push(
      ...told('account', 'only for provider: fireworks; others create jobs by the key'),
    );
  }
  // A trainer of one's own may have a beta of another meaning.
  if (hyperparameters['beta'] !== undefined && method !== 'dpo' && provider !== 'command') {
    const message = 'only for method: dpo; nothing else has it';
    problems.push({ path: ['train', 'hyperparameters', 'beta'], message });
  }
  const asked = hostnameOf(chat?.baseURL);
  const hosts = hostsOf(provider, train.baseURL);
  if (deploy === true && provider === 'fireworks' && asked !== null && !hosts.includes(asked)) {
    const message = `train.deploy puts candidates up at ${hosts.join(' or ')}, and here they are asked elsewhere; leave one of the two out`;
    problems.push({ path: ['chat', 'baseURL'], message });
  }
  return problems;
}

const PROGRAM = z.array(z.string()).catch([]);
const programs = z.object({ up: PROGRAM, down: PROGRAM }).partial().catch({});

/** Programs that put models up, and do more than they say. */
function deployProblems({ deploy }: Loose['train']): readonly Problem[] {
  return Object.entries(programs.parse(deploy)).flatMap(([name, command = []]) => {
    if (!isReadByShell(command, ['{model}', '{name}'])) return [];
    const message =
      'has {model} or {name} in a script, whose shell would run what stands in a name; write "$HOLDFAST_MODEL" or "$HOLDFAST_NAME" there';
    return [{ path: ['train', 'deploy', name], message }];
  });
}

/** What nebius would refuse, or train for nothing that answers. */
function nebiusProblems(train: Loose['train']): readonly Problem[] {
  const { provider, method, from, servedBaseModel, hyperparameters } = train;
  if (provider !== 'nebius') {
    return servedBaseModel === undefined
      ? []
      : told('servedBaseModel', 'only for provider: nebius');
  }
  const problems: Problem[] = [];
  if (method === 'dpo') problems.push(...told('method', 'nebius has none but supervised'));
  if (from === 'champion') {
    problems.push(
      ...told('from', 'nebius trains from base models only; say base, or leave it out'),
    );
  }
  if (typeof hyperparameters['lora'] !== 'boolean') {
    const message =
      'missing; true trains an adapter, which answers without more ado; false a whole model, which you would have to put up ' +
      'by hand and name with `holdfast jobs adopt --model`';
    problems.push({ path: ['train', 'hyperparameters', 'lora'], message });
  }
  return problems;
}

/** Where a provider's models answer. */
function hostsOf(provider: ProviderName, baseURL: string | undefined): readonly string[] {
  const preset = PROVIDER_PRESETS[provider];
  const hosts = [baseURL ?? preset.baseURL, preset.chatBaseURL].map(hostnameOf);
  return [...new Set(hosts)].filter((host) => host !== null);
}

function hostnameOf(url: string | undefined): string | null {
  return url !== undefined && URL.canParse(url) ? new URL(url).hostname : null;
}

function told(name: string, message: string): readonly Problem[] {
  return [{ path: ['train', name], message }];
}
