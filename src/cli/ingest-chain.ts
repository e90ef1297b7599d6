import { access } from 'node:fs/promises';
import { readOptOutFile } from '../../activities/opt-outs.js';
import { readRemembered } from '../../activities/carried-rows.js';
import { type ChainState, earlierRedactors } from '../../activities/generation.js';
import type { StepContext } from '../../activities/dependencies.js';
import { SPLIT_KEY_VARIABLE, splitKeyIn } from '../config/environment.js';
import type { LoadedConfiguration } from '../config/load.js';
import { storeAddress } from '../config/paths.js';
import type { IsOptedOut } from '../domain/opt-out.js';
import type { Window } from '../domain/window.js';
import { createRecordMaker } from '../ingest/carry-over.js';
import type { IngestOptions } from '../ingest/ingest-window.js';
import { knownContents } from '../ingest/known-contents.js';
import { createOptOutTest, optOutHashes, parseOptOuts } from '../ingest/opt-outs.js';
import { createRedactor } from '../ingest/redaction.js';
import { readOptOuts } from '../promotion/opt-out-list.js';
import { readChain, readChainHead } from '../release/chain.js';
import { splitKeyFingerprint } from '../split/place.js';
import type { ObjectStore } from '../storage/object-store.js';
import type { CliContext } from './context.js';
import { openStoreOf } from './stored-run.js';

/** Hashes that are compared with none of another process may be made with any key. */
const ANY_KEY = 'a dry run has no need of the split key';

/** What a dry run leaves out, and what it did not look at. */
export interface LeftOut {
  /** Windows of the chain whose records are known; `null` where it was not looked at. */
  readonly windows: number | null;
  /** Opt-outs of the configuration's files. */
  readonly fromFiles: number;
  /** Hashes of the model's list; `null` where it was not looked at. */
  readonly listed: number | null;
  /** Hashes in files, which can't be compared without the split key. */
  readonly unusable: number;
  /** Why the store was not looked at. */
  readonly because: string | null;
}

export type Leaving = Pick<IngestOptions, 'known' | 'isOptedOut' | 'toRecord'> & {
  readonly leftOut: LeftOut;
};

/**
 * Who has opted out, and what the chain before `window` holds: by the configuration's files always, by the store where
 * the split key is there, since everything in it is hashed with that.
 * @throws ConfigError for a file that can't be read or understood, and where the list was made with another key
 */
export async function openLeaving(
  loaded: LoadedConfiguration,
  window: Window,
  context: StepContext,
  { environment }: CliContext,
): Promise<Leaving> {
  const { configuration } = loaded;
  const key = splitKeyIn(environment);
  const { store, because } = await storeLookedAt(loaded, key);
  const hashKey = key ?? ANY_KEY;
  const files = await optOutsOfFiles(loaded, hashKey);
  const { model } = configuration;
  const listed =
    store === null ? null : await readOptOuts(store, model, splitKeyFingerprint(hashKey));
  const redactor = createRedactor(configuration.redaction);
  const state = await chainBefore(loaded, window, store, redactor.version, context);
  const known = await knownContents(readRemembered(contextOf(context, store, hashKey), state));
  const isOptedOut: IsOptedOut = createOptOutTest([...files.hashes, ...(listed ?? [])], hashKey);
  return {
    known,
    isOptedOut,
    toRecord: createRecordMaker({
      known,
      redactor,
      earlier: earlierRedactors(state),
      key: hashKey,
    }),
    leftOut: {
      windows: store === null ? null : state.ancestors.length,
      fromFiles: files.count,
      listed: listed?.length ?? null,
      unusable: key === null ? files.asHashes : 0,
      because,
    },
  };
}

function contextOf(context: StepContext, store: ObjectStore | null, splitKey: string): StepContext {
  return { ...context, splitKey, ...(store !== null && { store }) };
}

async function storeLookedAt(
  loaded: LoadedConfiguration,
  key: string | null,
): Promise<{ readonly store: ObjectStore | null; readonly because: string | null }> {
  if (key === null) return { store: null, because: `${SPLIT_KEY_VARIABLE} is not set` };
  const address = storeAddress(loaded);
  if (address.startsWith('file:') && !(await isThere(address.slice('file:'.length)))) {
    return { store: null, because: 'there is no store yet' };
  }
  return { store: await openStoreOf(loaded), because: null };
}

async function isThere(path: string): Promise<boolean> {
  try {
    await access(path);
    return true;
  } catch {
    return false;
  }
}

async function optOutsOfFiles(
  { configuration, baseFolder }: LoadedConfiguration,
  key: string,
): Promise<{
  readonly hashes: readonly string[];
  readonly count: number;
  readonly asHashes: number;
}> {
  const hashes: string[] = [];
  let count = 0;
  let asHashes = 0;
  for (const path of configuration.consent.optOuts) {
    for (const optOut of parseOptOuts(await readOptOutFile(baseFolder, path), path)) {
      hashes.push(...optOutHashes(optOut, key));
      count += 1;
      if (optOut.kind === 'hash') asHashes += 1;
    }
  }
  return { hashes, count, asHashes };
}

async function chainBefore(
  { configuration }: LoadedConfiguration,
  { from, id }: Window,
  store: ObjectStore | null,
  redactor: string,
  { versions }: StepContext,
): Promise<ChainState> {
  const state = { configuration, manifest: { versions: { ...versions, redactor } }, replaced: [] };
  if (store === null) return { ...state, ancestors: [] };
  const { entry } = await readChainHead(store, configuration.model);
  const chain = await readChain(store, entry?.release ?? null);
  const ancestors =
    id === 'all' ? chain : chain.filter(({ manifest }) => manifest.window.from < from);
  return { ...state, ancestors };
}
