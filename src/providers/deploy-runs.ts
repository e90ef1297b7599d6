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

/** The latest run of a model, or of one kind of it; `null` where there was none. */
export async function lastDeployRun(
  modelFolder: string,
  kind?: DeployKind,
): Promise<DeployRun | null> {
  let last: DeployRun | null = null;
  for (const name of await namesIn(modelFolder)) {
    const [, digits, found] = /^(\d{4,})-(up|down)$/u.exec(name) ?? [];
    const run = deployRun(modelFolder, found === 'down' ? 'down' : 'up', Number(digits ?? 0));
    if (digits === undefined || (kind !== undefined && run.kind !== kind)) continue;
    if (last === null || last.number <= run.number) last = run;
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
export async function nameToldBy(run: DeployRun, modelId: string): Promise<string> {
  const text = await textToldBy(run);
  if (text === null || NAME.test(text)) return text ?? modelId;
  throw new ProviderError(
    `model ${modelId} is put up, but ${join(run.folder, NAME_FILE)} on ${hostname()} holds no name that it answers under: ` +
      'train.deploy.up has to write one line of at most 512 characters, or no such file',
    { status: null, isRetryable: false },
  );
}

/** The name that a run wrote, also one that failed then; `null` where it is none. */
export async function nameLeftBy(run: DeployRun): Promise<string | null> {
  const text = await textToldBy(run);
  return text !== null && NAME.test(text) ? text : null;
}

async function textToldBy({ folder }: DeployRun): Promise<string | null> {
  try {
    return (await readFile(join(folder, NAME_FILE), 'utf8')).trim();
  } catch (error) {
    if (isAbsent(error)) return null;
    throw error;
  }
}
