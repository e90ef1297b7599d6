import { createHash } from 'node:crypto';
import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { FileObject, JobEvent, JobObject, ModelObject } from './api-objects.js';

/** A file with its content's digest. `sequence` counts uploads from 1 and orders lists. */
export interface StoredFile {
  readonly sequence: number;
  readonly sha256: string;
  readonly file: FileObject;
}

/** A job with its events, oldest first. */
export interface StoredJob {
  readonly sequence: number;
  readonly job: JobObject;
  readonly events: readonly JobEvent[];
}

/** A fine-tuned model; its classifier is the file at `pathOf`. */
export interface StoredModel {
  readonly sequence: number;
  readonly model: ModelObject;
}

/** Entries of one kind by id: in memory for reading, and one JSON file each, replaced whole, for restarts. */
export interface Shelf<T> {
  get(id: string): T | undefined;
  /** Newest first. */
  list(): readonly T[];
  put(id: string, entry: T): Promise<void>;
  delete(id: string): Promise<void>;
  /** Where the content that belongs to an entry is kept. */
  pathOf(id: string): string;
  nextSequence(): number;
}

export interface EndpointStore {
  readonly files: Shelf<StoredFile>;
  readonly jobs: Shelf<StoredJob>;
  readonly models: Shelf<StoredModel>;
}

/** Ids have colons; file names don't. */
function fileNameOf(id: string): string {
  return encodeURIComponent(id);
}

async function openShelf<T extends { readonly sequence: number }>(
  folder: string,
): Promise<Shelf<T>> {
  await mkdir(folder, { recursive: true });
  const entries = new Map<string, T>();
  for (const name of (await readdir(folder)).sort()) {
    if (!name.endsWith('.json')) continue;
    const entry = JSON.parse(await readFile(join(folder, name), 'utf8')) as T;
    entries.set(decodeURIComponent(name.slice(0, -'.json'.length)), entry);
  }
  let highest = Math.max(0, ...[...entries.values()].map((entry) => entry.sequence));
  let writing: Promise<unknown> = Promise.resolve();
  const inTurn = (work: () => Promise<void>): Promise<void> => {
    const result = writing.then(work);
    writing = result.catch(() => undefined);
    return result;
  };
  const pathOf = (id: string): string => join(folder, `${fileNameOf(id)}.bin`);
  const entryPath = (id: string): string => join(folder, `${fileNameOf(id)}.json`);
  return {
    get: (id) => entries.get(id),
    list: () => [...entries.values()].sort((a, b) => b.sequence - a.sequence),
    put: (id, entry) => {
      entries.set(id, entry);
      return inTurn(async () => {
        await writeFile(`${entryPath(id)}.part`, JSON.stringify(entry));
        await rename(`${entryPath(id)}.part`, entryPath(id));
      });
    },
    delete: (id) => {
      entries.delete(id);
      return inTurn(async () => {
        await rm(entryPath(id), { force: true });
        await rm(pathOf(id), { force: true });
      });
    },
    pathOf,
    nextSequence: () => {
      highest += 1;
      return highest;
    },
  };
}

/** Opens the endpoint's state under `folder`, as an earlier process left it. */
export async function openEndpointStore(folder: string): Promise<EndpointStore> {
  return {
    files: await openShelf<StoredFile>(join(folder, 'files')),
    jobs: await openShelf<StoredJob>(join(folder, 'jobs')),
    models: await openShelf<StoredModel>(join(folder, 'models')),
  };
}

/** An id with a prefix, from what the thing is: the same things in the same order get the same ids. */
export function idFrom(prefix: string, ...parts: readonly (string | number)[]): string {
  const digest = createHash('sha256').update(JSON.stringify(parts)).digest('hex');
  return `${prefix}${digest.slice(0, 24)}`;
}
