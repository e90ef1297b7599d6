import { resolve } from 'node:path';
import type { Configuration } from '../src/domain/configuration.js';
import { ConfigError } from '../src/domain/errors.js';
import type { ObjectReference } from '../src/domain/manifest.js';
import { lineageKey, parseTrainingRows, writeLineage } from '../src/lineage/lineage.js';
import { sha256Hex, writeBytes } from '../src/storage/objects.js';
import type { Dependencies } from './dependencies.js';

/**
 * Writes down what the first champion is declared to be trained on: its files are copied into the store,
 * so that every later week can scan them. Done once for a model id.
 * @throws ConfigError for a file that can't be read.
 */
export async function declareLineage(
  deps: Dependencies,
  configuration: Configuration,
): Promise<void> {
  const { modelId, trainedOn } = configuration.champion;
  if ((await deps.store.head(lineageKey(modelId))) !== null) return;
  const trainingFiles =
    trainedOn === 'unknown'
      ? ('unknown' as const)
      : await Promise.all(trainedOn.map((path) => storeTrainingFile(deps, path)));
  await writeLineage(deps.store, { v: 1, modelId, baseModel: null, release: null, trainingFiles });
}

async function storeTrainingFile(deps: Dependencies, path: string): Promise<ObjectReference> {
  let bytes: Uint8Array;
  try {
    bytes = await deps.readFile(resolve(deps.baseFolder, path));
  } catch {
    throw new ConfigError(`champion.trainedOn names ${path}, which cannot be read`);
  }
  const rows = parseTrainingRows(bytes, path);
  return writeBytes(deps.store, `lineage-files/${sha256Hex(bytes)}.jsonl`, bytes, rows.length);
}
