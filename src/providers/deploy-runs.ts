import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { ProviderError } from '../domain/errors.js';
import { isAbsent } from './command-files.js';

/** What is done with a model. */
export type DeployKind = 'up' | 'down';

/** One run of one of a model's two programs; they are counted from 1 together. */
export interface DeployRun {
  readonly number: number;
  readonly kind: DeployKind;
  readonly folder: string;
}

/** What the program prints, in the folder of its run. */
export const DEPLOY_LOG = 'output.log';

/** The name that the model answers under, where it is not its own: `up` writes it there. */
const NAME_FILE = 'model';
/** One line, no longer than any host's name for a model. */
const NAME = /^[^\p{Cc}\s](?:[^\p{Cc}]{0,510}[^\p{Cc}\s])?$/u;

/** A name that can be read, and is no other model's: `ft:small:me` gives `ft-small-me-1f2e…`. */
export function modelFolderName(modelId: string): string {
  const digest = createHash('sha256').update(modelId).digest('hex').slice(0, 16);
  return `${modelId.replaceAll(/[^A-Za-z0-9]+/gu, '-').slice(-40)}-${digest}`;
}

/** A run by its number: `0002-down`. */
export function deployRun(modelFolder: string, kind: DeployKind, number: number): DeployRun {
  const name = `${String(number).padStart(4, '0')}-${kind}`;
  return { number, kind, folder: join(modelFolder, name) };
}

/** The latest run of a model, or `null` where there was none. */
export async function lastDeployRun(modelFolder: string): Promise<DeployRun | null> {
  let last: DeployRun | null = null;
  for (const name of await namesIn(modelFolder)) {
    const [, digits, kind] = /^(\d{4,})-(up|down)$/u.exec(name) ?? [];
    const number = Number(digits ?? 0);
    if (number === 0 || (last !== null && last.number > number)) continue;
    last = deployRun(modelFolder, kind === 'down' ? 'down' : 'up', number);
  }
  return last;
}

async function namesIn(folder: string): Promise<readonly string[]> {
  try {
    return (await readdir(folder)).sort();
  } catch (error) {
    if (isAbsent(error)) return [];
    throw error;
  }
}

/** The name that `up` wrote, or the model's own. @throws ProviderError for what is no name */
export async function nameToldBy({ folder }: DeployRun, modelId: string): Promise<string> {
  const path = join(folder, NAME_FILE);
  let name: string;
  try {
    name = (await readFile(path, 'utf8')).trim();
  } catch (error) {
    if (isAbsent(error)) return modelId;
    throw error;
  }
  if (NAME.test(name)) return name;
  throw new ProviderError(
    `model ${modelId} is put up, but ${path} on ${hostname()} holds no name that it answers under: train.deploy.up has to ` +
      'write one line of at most 512 characters, or no such file',
    { status: null, isRetryable: false },
  );
}
