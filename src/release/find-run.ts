import type { Evidence } from '../domain/gate.js';
import type { ChainFate } from '../domain/manifest.js';
import type { ObjectStore } from '../storage/object-store.js';
import { readJson } from '../storage/objects.js';
import { readChainHead, readFates } from './chain.js';

/** The chain of a model with what became of each release, oldest first. */
export async function listChain(store: ObjectStore, model: string): Promise<readonly ChainFate[]> {
  const { entry } = await readChainHead(store, model);
  return readFates(store, model, entry?.release ?? null);
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
