import { resolve } from 'node:path';
import { MAXIMUM_LOG_LINE_BYTES } from '../src/connectors/connector.js';
import { createJsonlConnector } from '../src/connectors/jsonl.js';
import { DEDUP_INDEX_VERSION } from '../src/dedup/near-index.js';
import type { Versions } from '../src/domain/manifest.js';
import { HOLDFAST_VERSION } from '../src/domain/version.js';
import { createRedactor } from '../src/ingest/redaction.js';
import type { ObjectStore } from '../src/storage/object-store.js';
import { openStore } from '../src/storage/open-store.js';
import { NORMALISER_VERSION } from '../src/text/normalise.js';
import type { StepContext } from './dependencies.js';

/** A step's context as plain values, so that a thread can make its own. */
export interface StepContextOptions {
  readonly storeUri: string;
  readonly baseFolder: string;
  readonly splitKey: string;
}

/** Opens the store and makes what steps need. `store` stands in for the one that `storeUri` names. */
export async function createStepContext(
  options: StepContextOptions,
  warn: StepContext['warn'],
  store?: ObjectStore,
): Promise<StepContext> {
  return {
    store: store ?? (await openStore(options.storeUri)),
    baseFolder: options.baseFolder,
    splitKey: options.splitKey,
    versions: currentVersions(),
    warn,
    connectorFor: (source) =>
      createJsonlConnector({
        path: resolve(options.baseFolder, source.path),
        fields: source.fields,
        maximumLineBytes: MAXIMUM_LOG_LINE_BYTES,
      }),
  };
}

/** The versions of the code that decides bytes, as every manifest names them. */
export function currentVersions(): Versions {
  return {
    holdfast: HOLDFAST_VERSION,
    redactor: createRedactor().version,
    normaliser: NORMALISER_VERSION,
    index: DEDUP_INDEX_VERSION,
  };
}
