import type { Evidence } from '../domain/gate.js';
import type { ChainFate, ReleaseManifest } from '../domain/manifest.js';
import type { ObjectStore } from '../storage/object-store.js';
import { readBytes, readJson, sha256Hex } from '../storage/objects.js';
import { readChainHead, readFates } from './chain.js';
import { keys } from './layout.js';

/** The chain of a model with what became of each release, oldest first. */
export async function listChain(store: ObjectStore, model: string): Promise<readonly ChainFate[]> {
  const { entry } = await readChainHead(store, model);
  return readFates(store, model, entry?.release ?? null);
}

/** The key of the window manifest that a release was made from, or `null` where it is not there any more. */
export async function findWindowManifest(
  store: ObjectStore,
  { model, window, windowManifestDigest }: ReleaseManifest,
): Promise<string | null> {
  for (let attempt = 1; ; attempt += 1) {
    const key = keys.windowManifest(model, window.id, attempt);
    if ((await store.head(key)) === null) return null;
    if (sha256Hex(await readBytes(store, key)) === windowManifestDigest) return key;
  }
}

/**
 * The digest of the evidence that a release was decided on, or `null`. Where a window was decided more
 * than once, the one against the latest champion.
 */
export async function findEvidence(store: ObjectStore, release: string): Promise<string | null> {
  let found: { readonly digest: string; readonly version: number } | null = null;
  for await (const { key } of store.list('evidence/')) {
    const digest = /^evidence\/([0-9a-f]{64})\.json$/.exec(key)?.[1];
    if (digest === undefined) continue;
    const evidence = await readJson<Evidence>(store, key);
    if (evidence.release !== release) continue;
    const { version } = evidence.champion;
    if (found === null || version >= found.version) found = { digest, version };
  }
  return found?.digest ?? null;
}
