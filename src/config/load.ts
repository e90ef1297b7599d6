import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import type { Configuration } from '../domain/configuration.js';
import { ConfigError, invariant } from '../domain/errors.js';
import { canonicalJson } from '../domain/json.js';
import type { Suites } from './cross-checks.js';
import { formatPath, type Problem } from './problems.js';
import { idleProblems } from './idle-settings.js';
import { judgedSafetyProblems } from './judge-problems.js';
import { idleResultsProblems } from './results-problems.js';
import { checkConfiguration } from './schema.js';
import { readYaml, type YamlFile } from './yaml-file.js';

/** A configuration file as it was read. */
export interface LoadedConfiguration {
  /** Frozen. Its paths stand as they are written, so that the digest is the same on every machine. */
  readonly configuration: Configuration;
  /** SHA-256 (hex) of the configuration's canonical JSON, defaults filled in and the store left out. */
  readonly digest: string;
  /** The file, absolute. */
  readonly path: string;
  /** The file's folder, absolute: what relative paths in it start from (see `paths.ts`). */
  readonly baseFolder: string;
}

/**
 * Reads a `holdfast.yaml`. `suites` says whether the suites that it names have to be pinned in it already.
 * @throws ConfigError with all its problems at once: line, path, and what is accepted there.
 */
export async function loadConfiguration(
  path: string,
  suites?: Suites,
): Promise<LoadedConfiguration> {
  const full = resolve(path);
  let text: string;
  try {
    text = await readFile(full, 'utf8');
  } catch (error) {
    throw new ConfigError(
      `there is no readable configuration at ${path}; make one with \`holdfast init LOGS --evals FILE\`, or name one with --config`,
      { cause: error },
    );
  }
  const configuration = parseConfigurationText(text, path, suites);
  const digest = configurationDigest(configuration);
  return { configuration, digest, path: full, baseFolder: dirname(full) };
}

/** SHA-256 (hex) of a configuration as it is stored: the name it is stored under. */
export function configurationDigest(configuration: Configuration): string {
  return createHash('sha256')
    .update(canonicalJson(storedForm(configuration)))
    .digest('hex');
}

/**
 * A configuration as it is stored: without its store. Where objects lie decides nothing, so that the same windows give
 * the same digests in a folder and in a bucket, and a store may be moved.
 */
export function storedForm(configuration: Configuration): Omit<Configuration, 'store'> {
  const { store, ...stored } = configuration;
  invariant(store !== '', 'a configuration has a store');
  return stored;
}

/**
 * A configuration from a file's text; `name` is how messages call the file.
 * @throws ConfigError with all problems at once.
 */
export function parseConfigurationText(text: string, name: string, suites?: Suites): Configuration {
  const file = readYaml(text, name);
  const checked = checkConfiguration(file.value ?? {}, suites);
  const problems = [
    ...checked.problems,
    ...idleProblems(file.value),
    ...judgedSafetyProblems(file.value),
    ...idleResultsProblems(file.value),
  ];
  if (checked.configuration !== null && problems.length === 0) return checked.configuration;
  throw configurationError(problems, file, name);
}

function configurationError(
  problems: readonly Problem[],
  file: YamlFile,
  name: string,
): ConfigError {
  const rows = problems
    .map((problem) => ({ problem, line: file.lineOf(problem.path) }))
    .sort((a, b) => a.line - b.line)
    .map(({ problem, line }) => `  line ${line}: ${formatPath(problem.path)}: ${problem.message}`);
  const count = rows.length === 1 ? 'one problem' : `${rows.length} problems`;
  return new ConfigError(`${name} has ${count}:\n${rows.join('\n')}`);
}
