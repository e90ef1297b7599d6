import type { Configuration } from '../domain/configuration.js';
import { PrerequisiteError } from '../domain/errors.js';
import { furtherHosts } from '../domain/model-hosts.js';

/** Environment variables by name. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** What must never be written down anywhere. */
export interface Secrets {
  /** Decides sides and hashes user ids. Another key is another split, so it is kept as long as the chain. */
  readonly splitKey: string;
  readonly providerKey: string;
  readonly chatKey: string;
  /** Keys of the hosts of tiers and judge, by the variables that hold them. */
  readonly tierKeys?: Readonly<Record<string, string>>;
}

export const SPLIT_KEY_VARIABLE = 'HOLDFAST_SPLIT_KEY';
const SPLIT_KEY_CHARACTERS = 32;

/**
 * The process's environment. The only place in holdfast that reads it.
 *
 * The AWS SDK prints to every terminal that its versions of 2027 will need a newer Node, unless it is told not to;
 * holdfast's version of it is pinned, and its own Node is checked at the start.
 */
export function processEnvironment(): Environment {
  process.env['AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED'] ??= 'true';
  return process.env;
}

/**
 * The secrets a run needs.
 * @throws PrerequisiteError naming every variable that is missing or too short, and never a value.
 */
export function readSecrets(
  configuration: Configuration,
  environment: Environment = processEnvironment(),
): Secrets {
  const problems = secretProblems(configuration, environment);
  if (problems.length > 0) {
    throw new PrerequisiteError(
      problems.length === 1
        ? String(problems[0])
        : `${problems.length} secrets are missing:\n${problems.map((text) => `  ${text}`).join('\n')}`,
    );
  }
  return {
    splitKey: environment[SPLIT_KEY_VARIABLE] ?? '',
    providerKey: environment[configuration.train.keyVariable] ?? '',
    chatKey: environment[configuration.chat.keyVariable] ?? '',
    tierKeys: Object.fromEntries(
      furtherHosts(configuration).map(({ keyVariable }) => [
        keyVariable,
        environment[keyVariable] ?? '',
      ]),
    ),
  };
}

/** One sentence for every secret that is missing or unfit. */
export function secretProblems(
  configuration: Configuration,
  environment: Environment = processEnvironment(),
): readonly string[] {
  const problems: string[] = [];
  const splitKeyLength = environment[SPLIT_KEY_VARIABLE]?.length ?? 0;
  if (splitKeyLength < SPLIT_KEY_CHARACTERS) {
    const state = splitKeyLength === 0 ? 'is not set' : `has only ${splitKeyLength} characters`;
    problems.push(
      `${SPLIT_KEY_VARIABLE} ${state}; it has to have at least ${SPLIT_KEY_CHARACTERS}. Make one with ` +
        '`openssl rand -hex 32` and keep it: another key is another split of train and holdout',
    );
  }
  const variables = new Set(hostsIn(configuration).map(({ keyVariable }) => keyVariable));
  for (const variable of variables) {
    if ((environment[variable] ?? '') === '') {
      problems.push(
        `${variable} is not set; it holds the key of ${hostsOf(configuration, variable)}`,
      );
    }
  }
  return problems;
}

/** The split key where there is one that is long enough, for what can do without. */
export function splitKeyIn(environment: Environment): string | null {
  const key = environment[SPLIT_KEY_VARIABLE] ?? '';
  return key.length < SPLIT_KEY_CHARACTERS ? null : key;
}

/** Where Temporal is: `TEMPORAL_ADDRESS` and `TEMPORAL_NAMESPACE` win over the file. */
export function temporalTarget(
  configuration: Configuration,
  environment: Environment = processEnvironment(),
): { readonly address: string; readonly namespace: string } {
  const { address, namespace } = configuration.temporal;
  return {
    address: environment['TEMPORAL_ADDRESS'] || address,
    namespace: environment['TEMPORAL_NAMESPACE'] || namespace,
  };
}

/** Whether unexpected errors are to be told with their stack. */
export function isDebugging(environment: Environment): boolean {
  return (environment['HOLDFAST_DEBUG'] ?? '') !== '';
}

/** The name of whoever sits at the terminal, for audit entries; a claim, not a proof. */
export function operatorName(environment: Environment = processEnvironment()): string | null {
  return environment['HOLDFAST_OPERATOR'] || environment['USER'] || environment['LOGNAME'] || null;
}

/** The file with the key that decisions are signed with, where the environment names one. */
export function approverKeyFile(environment: Environment): string | null {
  return environment['HOLDFAST_APPROVER_KEY'] || null;
}

function hostsOf(configuration: Configuration, variable: string): string {
  const urls = hostsIn(configuration).filter((host) => host.keyVariable === variable);
  return [...new Set(urls.map((host) => new URL(host.baseURL).host))].join(' and ');
}

/** Every host that is sent a key. */
function hostsIn(
  configuration: Configuration,
): readonly { readonly baseURL: string; readonly keyVariable: string }[] {
  const { train, chat } = configuration;
  const { baseURL, keyVariable } = train;
  const trainer = baseURL === undefined ? [] : [{ baseURL, keyVariable }];
  return [...trainer, chat, ...furtherHosts(configuration)];
}

/** What holdfast reaches the store and Temporal with, and whatever else is meant for it alone. */
const OWN_VARIABLES =
  /^(?:AWS_(?:ACCESS_KEY_ID|SECRET_ACCESS_KEY|SESSION_TOKEN)$|HOLDFAST_|TEMPORAL_)/u;

/** The key of the host that models answer at, by the one name that such a program finds it under in every configuration. */
const TOOL_KEY_VARIABLE = 'HOLDFAST_API_KEY';

/**
 * What an eval harness, or a program that puts models up, finds in its environment: beside that of a trainer, the key to ask
 * models with.
 */
export function toolEnvironment(
  configuration: Configuration,
  { chatKey }: Pick<Secrets, 'chatKey'>,
  environment: Environment = processEnvironment(),
): Environment {
  return {
    ...trainerEnvironment(configuration, environment),
    [configuration.chat.keyVariable]: chatKey,
    [TOOL_KEY_VARIABLE]: chatKey,
  };
}

/** What a program of the user's own finds in its environment: nothing that holdfast is given for itself. */
export function trainerEnvironment(
  configuration: Configuration,
  environment: Environment = processEnvironment(),
): Environment {
  const keys = new Set(hostsIn(configuration).map(({ keyVariable }) => keyVariable));
  const isOwn = (name: string): boolean => keys.has(name) || OWN_VARIABLES.test(name);
  return Object.fromEntries(Object.entries(environment).filter(([name]) => !isOwn(name)));
}
