import { setTimeout as delay } from 'node:timers/promises';
import { openConnector, placedSource } from '../src/connectors/open-connector.js';
import { DEDUP_INDEX_VERSION } from '../src/dedup/near-index.js';
import type { TierHost } from '../src/domain/detection.js';
import { ConfigError } from '../src/domain/errors.js';
import type { Versions } from '../src/domain/manifest.js';
import { HOLDFAST_VERSION } from '../src/domain/version.js';
import { REDACTOR_VERSION } from '../src/ingest/redactor-version.js';
import type { Patience } from '../src/providers/attempts.js';
import type { HostGates } from '../src/providers/capacity/host-gates.js';
import type { HostOptions } from '../src/providers/http.js';
import { createChatClient, waitOf } from '../src/providers/openai-chat.js';
import { createEmbeddingsClient } from '../src/providers/openai-embeddings.js';
import type { ObjectStore } from '../src/storage/object-store.js';
import { openStore } from '../src/storage/open-store.js';
import { NORMALISER_VERSION } from '../src/text/normalise.js';
import type { StepContext } from './dependencies.js';

/** A step's context as plain values, so that a thread can make its own. */
export interface StepContextOptions {
  readonly storeUri: string;
  readonly baseFolder: string;
  readonly splitKey: string;
  /** The hosts of tiers that the worker has read keys for. */
  readonly tiers?: readonly KeyedHost[];
}

/** A host with its key; the key goes to no other. */
export interface KeyedHost {
  readonly baseURL: string;
  readonly keyVariable: string;
  readonly key: string;
}

/** How much a host of judges is asked at once where nothing is said of it. */
const DEFAULT_CONCURRENCY = 4;

const FOREIGN_HOST =
  'detection.tiers or judge names a host or key that this worker did not start with, and its keys are sent to no other ' +
  'host: restart the worker with the configuration of this run';

/**
 * Opens the store and makes what steps need. `store` stands in for the one that `storeUri` names; through `gates` judges
 * are asked as much as their hosts bear, together with whoever else asks these.
 */
export async function createStepContext(
  options: StepContextOptions,
  warn: StepContext['warn'],
  store?: ObjectStore,
  gates?: HostGates,
): Promise<StepContext> {
  const hostOf = ({ baseURL, keyVariable }: TierHost): HostOptions & Patience => {
    const known = (options.tiers ?? []).find(
      (host) => host.baseURL === baseURL && host.keyVariable === keyVariable,
    );
    if (known === undefined) throw new ConfigError(FOREIGN_HOST);
    return { baseURL, key: known.key, sleep: (ms) => delay(ms) };
  };
  return {
    store: store ?? (await openStore(options.storeUri)),
    baseFolder: options.baseFolder,
    splitKey: options.splitKey,
    versions: currentVersions(),
    warn,
    connectorFor: (source) => openConnector(placedSource(options.baseFolder, source)),
    embeddingsFor: (host) => createEmbeddingsClient({ ...hostOf(host), model: host.model }),
    judgeFor: (host) => {
      const keyed = hostOf(host);
      const { concurrency = DEFAULT_CONCURRENCY } = host;
      const gate = gates?.of(keyed, { concurrency, tokensPerMinute: null });
      return createChatClient({
        ...keyed,
        ...waitOf(host),
        ...(gate === undefined ? {} : { gate }),
      });
    },
  };
}

/** The versions of the code that decides bytes, as every manifest names them. */
export function currentVersions(): Versions {
  return {
    holdfast: HOLDFAST_VERSION,
    redactor: REDACTOR_VERSION,
    normaliser: NORMALISER_VERSION,
    index: DEDUP_INDEX_VERSION,
  };
}
