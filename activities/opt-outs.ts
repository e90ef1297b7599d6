import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { Configuration } from '../src/domain/configuration.js';
import { ConfigError } from '../src/domain/errors.js';
import { canonicalJson } from '../src/domain/json.js';
import type { ObjectReference, WindowManifest } from '../src/domain/manifest.js';
import type { IsOptedOut } from '../src/domain/opt-out.js';
import { createOptOutTest, optOutHashes, parseOptOuts } from '../src/ingest/opt-outs.js';
import { readOptOuts } from '../src/promotion/opt-out-list.js';
import { keys } from '../src/release/layout.js';
import { splitKeyFingerprint } from '../src/split/place.js';
import { readJsonl, sha256Hex, writeJsonl } from '../src/storage/objects.js';
import type { Dependencies, StepContext } from './dependencies.js';

/**
 * Writes down who and what is opted out as a window is closed: the model's list, and the files that the configuration
 * names. `null` where nobody is.
 * @throws ConfigError for a file that can't be read or understood: whoever is in it would be trained on
 */
export async function closeOptOuts(
  deps: Dependencies,
  configuration: Configuration,
): Promise<ObjectReference | null> {
  const { store, splitKey } = deps;
  const listed = await readOptOuts(store, configuration.model, splitKeyFingerprint(splitKey));
  const hashes = new Set(listed);
  for (const path of configuration.consent.optOuts) {
    const text = await readOptOutFile(deps.baseFolder, path, deps.readFile);
    for (const optOut of parseOptOuts(text, path)) {
      for (const hash of optOutHashes(optOut, splitKey)) hashes.add(hash);
    }
  }
  if (hashes.size === 0) return null;
  const rows = [...hashes].sort();
  return writeJsonl(store, keys.optOuts(sha256Hex(canonicalJson(rows))), rows);
}

/**
 * The text of a file of opt-outs that the configuration names.
 * @throws ConfigError where it can't be read
 */
export async function readOptOutFile(
  baseFolder: string,
  path: string,
  read: (path: string) => Promise<Uint8Array> = readFile,
): Promise<string> {
  try {
    return Buffer.from(await read(resolve(baseFolder, path))).toString('utf8');
  } catch (error) {
    throw new ConfigError(
      `consent.optOuts names ${path}, which cannot be read; a window is not closed without it`,
      { cause: error },
    );
  }
}

/** The test of what was opted out when a window was closed. */
export async function optOutTestOf(
  { store, splitKey }: StepContext,
  { optOuts }: WindowManifest,
): Promise<IsOptedOut> {
  return createOptOutTest(
    optOuts === undefined ? [] : await readJsonl<string>(store, optOuts),
    splitKey,
  );
}
