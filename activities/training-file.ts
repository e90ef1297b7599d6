import type { Configuration } from '../src/domain/configuration.js';
import { DataError } from '../src/domain/errors.js';
import { canonicalJson } from '../src/domain/json.js';
import type { ObjectReference, ReleaseManifest } from '../src/domain/manifest.js';
import { keys } from '../src/release/layout.js';
import { readJson, sha256Hex } from '../src/storage/objects.js';
import type { Dependencies } from './dependencies.js';

/** A release's training file. @throws DataError where it has none */
export async function trainingFileOf(
  deps: Pick<Dependencies, 'store'>,
  release: string,
): Promise<ObjectReference> {
  const manifest = await readJson<ReleaseManifest>(deps.store, keys.release(release));
  const file = manifest.files.find(({ name }) => name === 'train.jsonl');
  if (file === undefined) {
    throw new DataError(
      'release-without-rows',
      `release ${release.slice(0, 12)} has no training file`,
    );
  }
  const { sha256, bytes, count } = file;
  return { key: keys.releaseFile(release, file.name), sha256, bytes, count };
}

/**
 * One job for each (training file, model that it starts from, method, hyperparameters, seed) at one provider: 32 hexadecimal
 * digits. `continues` is the model that is trained further, where it is not the base model.
 */
export function runKeyOf(
  { train }: Configuration,
  file: ObjectReference,
  continues: string | null,
): string {
  const { provider, baseURL, command, account, baseModel, method, hyperparameters, seed } = train;
  const start = continues ?? baseModel;
  const how = [...(method === undefined ? [] : [method]), hyperparameters, seed];
  const where = [provider, baseURL ?? command ?? null, ...(account === undefined ? [] : [account])];
  const what = [...where, start, ...how, file.sha256];
  return sha256Hex(canonicalJson(what)).slice(0, 32);
}

/**
 * Where models are trained, and where alone they can be trained further. One's own trainer is one place, whatever its
 * arguments: what it makes is in its folders.
 */
export function trainingPlace({
  provider,
  baseURL,
  account,
}: Configuration['train']): readonly unknown[] {
  return [provider, baseURL ?? null, ...(account === undefined ? [] : [account])];
}
