import { realpath, stat } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { ConfigError } from '../domain/errors.js';

/** A file that a command writes: what names it, its path, and the endings that its format goes by. */
export interface OutputFile {
  readonly option: string;
  readonly path: string | undefined;
  readonly endings: readonly string[];
}

export const EVIDENCE_ENDINGS: readonly string[] = ['.jsonl', '.ndjson', '.parquet'];
export const PAGE_ENDINGS: readonly string[] = ['.html', '.htm'];

/** Files that were named, each once, by whatever names or links: under its first name, in their order. */
export async function distinct(files: readonly string[]): Promise<readonly string[]> {
  const byIdentity = new Map<string, string>();
  for (const file of files) {
    const identity = (await identityOf(file)) ?? file;
    if (!byIdentity.has(identity)) byIdentity.set(identity, file);
  }
  return [...byIdentity.values()];
}

/**
 * Asked before anything is read: outputs have endings that say what is written, and are neither each other nor
 * what is read, by whatever name or link they are called. Pipes and devices may be anything.
 * @throws ConfigError naming the ending or the file.
 */
export async function requireOutputs(
  outputs: readonly OutputFile[],
  inputs: readonly string[],
): Promise<void> {
  const taken = new Map<string, string>();
  for (const input of inputs) {
    const place = await placeOf(input);
    if (place !== null) taken.set(place, `${input}, which is read`);
  }
  for (const { option, path, endings } of outputs) {
    if (path === undefined) continue;
    const place = await placeOf(path);
    if (place === null) continue;
    const other = taken.get(place);
    if (other !== undefined) {
      throw new ConfigError(`${option} ${path} is ${other}; name another file for it`);
    }
    taken.set(place, `what ${option} writes`);
    requireEnding(option, path, endings);
  }
}

function requireEnding(option: string, path: string, endings: readonly string[]): void {
  const name = path.toLowerCase();
  if (endings.some((ending) => name.endsWith(ending))) return;
  throw new ConfigError(`${option} ${path} has to end in ${endings.join(' or ')}`);
}

/** Device and inode of a regular file, or `null` where there is none. */
async function identityOf(path: string): Promise<string | null> {
  const known = await stat(path, { bigint: true }).catch(() => null);
  return known?.isFile() === true ? `${known.dev} ${known.ino}` : null;
}

/** A file's identity, or where it would stand; `null` for what is no file, as a pipe or a device. */
async function placeOf(path: string): Promise<string | null> {
  const known = await stat(path).catch(() => null);
  if (known !== null) return identityOf(path);
  const folder = dirname(resolve(path));
  return join(await realpath(folder).catch(() => folder), basename(path));
}
