import { DataError, InvariantError } from '../domain/errors.js';
import { canonicalJson } from '../domain/json.js';
import type { ChainEntry, ChainFate, Fate, ReleaseManifest } from '../domain/manifest.js';
import type { ObjectStore } from '../storage/object-store.js';
import { readJson } from '../storage/objects.js';
import { keys } from './layout.js';

const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** The chain pointer as it stands: its version for a compare-and-set, its entry, `null` before the first window. */
export interface ChainHead {
  readonly version: number;
  readonly entry: ChainEntry | null;
}

/** Reads where the chain of a model ends. */
export async function readChainHead(store: ObjectStore, model: string): Promise<ChainHead> {
  const pointer = await store.readPointer(keys.chain(model));
  if (pointer === null) return { version: 0, entry: null };
  return { version: pointer.version, entry: parsePointer<ChainEntry>(pointer.value) };
}

/** A release with its manifest. */
export interface StoredRelease {
  readonly release: string;
  readonly manifest: ReleaseManifest;
}

/** The chain's releases from the first to `release`, found by following each one's parent. */
export function readChain(
  store: ObjectStore,
  release: string | null,
): Promise<readonly StoredRelease[]> {
  return follow(store, release, ({ parentRelease }) => parentRelease);
}

/** A release that was replaced and those that it had replaced itself, oldest first. */
export function readReplaced(
  store: ObjectStore,
  release: string | null,
): Promise<readonly StoredRelease[]> {
  return follow(store, release, ({ replacedRelease }) => replacedRelease);
}

async function follow(
  store: ObjectStore,
  release: string | null,
  next: (manifest: ReleaseManifest) => string | null,
): Promise<readonly StoredRelease[]> {
  const found: StoredRelease[] = [];
  for (let digest = release; digest !== null;) {
    const manifest: ReleaseManifest = await readJson<ReleaseManifest>(store, keys.release(digest));
    found.push({ release: digest, manifest });
    digest = next(manifest);
  }
  return found.reverse();
}

/**
 * Moves the chain to `entry`, from its parent or from the release that it replaces, and from nowhere else.
 * Doing it again changes nothing.
 * @throws DataError `chain-moved` when another release has taken the window's place.
 */
export async function advanceChain(
  store: ObjectStore,
  model: string,
  entry: ChainEntry,
  replacedRelease: string | null,
): Promise<void> {
  const head = await readChainHead(store, model);
  if (head.entry?.release === entry.release) return;
  const follows = (head.entry?.release ?? null) === entry.parentRelease;
  const replaces =
    head.entry !== null &&
    head.entry.release === replacedRelease &&
    head.entry.window === entry.window &&
    head.entry.parentRelease === entry.parentRelease;
  const moved = !follows && !replaces;
  if (
    moved ||
    !(await store.compareAndSet(
      keys.chain(model),
      head.version,
      encoder.encode(canonicalJson(entry)),
    ))
  ) {
    throw new DataError(
      'chain-moved',
      `the chain of ${model} ends with window ${head.entry?.window ?? 'none'} and has moved since the input ` +
        `of ${entry.window} was closed, so release ${entry.release.slice(0, 12)} cannot follow it; ` +
        `"holdfast run --window ${entry.window} --reopen" closes it anew`,
    );
  }
}

/** What is known of a release's candidate; `untrained` until somebody says otherwise. */
export async function readFate(store: ObjectStore, model: string, release: string): Promise<Fate> {
  const pointer = await store.readPointer(keys.fate(model, release));
  return pointer === null ? 'untrained' : parsePointer<{ fate: Fate }>(pointer.value).fate;
}

/** Writes down what became of a release's candidate; the latest word counts. */
export async function recordFate(
  store: ObjectStore,
  model: string,
  release: string,
  fate: Fate,
): Promise<void> {
  for (let attempt = 0; attempt < 20; attempt += 1) {
    const pointer = await store.readPointer(keys.fate(model, release));
    if (pointer !== null && parsePointer<{ fate: Fate }>(pointer.value).fate === fate) return;
    const value = encoder.encode(canonicalJson({ fate }));
    if (await store.compareAndSet(keys.fate(model, release), pointer?.version ?? 0, value)) return;
  }
  throw new InvariantError(`the fate of release ${release.slice(0, 12)} never came to rest`);
}

/** The fates of all releases of a chain, oldest first. */
export async function readFates(
  store: ObjectStore,
  model: string,
  release: string | null,
): Promise<readonly ChainFate[]> {
  const chain = await readChain(store, release);
  return Promise.all(
    chain.map(async ({ release: digest, manifest }) => ({
      window: manifest.window.id,
      release: digest,
      fate:
        manifest.skippedBecause === null
          ? await readFate(store, model, digest)
          : ('skipped' as const),
    })),
  );
}

function parsePointer<T>(value: Uint8Array): T {
  return JSON.parse(decoder.decode(value)) as T;
}
