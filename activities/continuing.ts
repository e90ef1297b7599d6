import type { Configuration } from '../src/domain/configuration.js';
import type { StepInput } from '../src/domain/contracts.js';
import { ConfigError } from '../src/domain/errors.js';
import { canonicalJson } from '../src/domain/json.js';
import type { ObjectReference, ReleaseManifest, WindowManifest } from '../src/domain/manifest.js';
import type { Lineage } from '../src/domain/model.js';
import { continuedModel } from '../src/domain/start.js';
import { readLineage } from '../src/lineage/lineage.js';
import { keys } from '../src/release/layout.js';
import type { ObjectStore } from '../src/storage/object-store.js';
import { readJson } from '../src/storage/objects.js';
import { trainingPlace } from './training-file.js';

/** What a candidate of a window is trained on top of. */
export interface Ancestry {
  /** The model that is trained further; `null` where the base model is. */
  readonly continues: string | null;
  /** What the model was trained on that the candidate's lineage goes on from; `null` where it begins anew. */
  readonly lineage: Lineage | null;
}

/** As the window's manifest closed it: where the alias has moved since, the job is still of the champion of then. */
export async function ancestryOf(
  store: ObjectStore,
  { train }: Configuration,
  { manifestKey }: StepInput,
): Promise<Ancestry> {
  if (train.from !== 'champion') return { continues: null, lineage: null };
  const { champion, championLineage } = await readJson<WindowManifest>(store, manifestKey);
  return {
    continues: continuedModel(train, champion.modelId),
    lineage: await readLineage(store, championLineage),
  };
}

/** What is written down of a model that was trained on `file`: that, and what its ancestors were trained on. */
export function lineageOf(
  modelId: string,
  { train }: Configuration,
  release: string,
  file: ObjectReference,
  { continues, lineage }: Ancestry,
): Lineage {
  const earlier = lineage?.trainingFiles ?? [];
  const isUnknown = earlier === 'unknown' || lineage?.hasUnknownAncestor === true;
  const others = earlier === 'unknown' ? [] : earlier;
  return {
    v: 1,
    modelId,
    baseModel: train.baseModel,
    release,
    trainingFiles: [file, ...others.filter(({ sha256 }) => sha256 !== file.sha256)],
    ...(continues !== null && { parent: continues }),
    ...(isUnknown && { hasUnknownAncestor: true }),
  };
}

/**
 * Whether the champion can be trained further where jobs are created now.
 * @throws ConfigError where it was declared and is not the base model, is of another base model, or was trained
 * elsewhere
 */
export async function assertContinuable(
  store: ObjectStore,
  { train }: Configuration,
  { continues, lineage }: Ancestry,
): Promise<void> {
  if (continues === null || lineage === null) return;
  const problem =
    lineage.release === null
      ? 'was declared and not trained by holdfast, so it can’t be trained further'
      : lineage.baseModel !== train.baseModel
        ? `is one of ${lineage.baseModel ?? 'no known base model'}, and train.baseModel is ${train.baseModel}`
        : await placeProblem(store, train, lineage.release);
  if (problem === null) return;
  throw new ConfigError(
    `the champion ${continues} ${problem}; nothing was spent. Train with train.from: base until a candidate of ` +
      'this configuration is promoted',
  );
}

/** Why a model that a release's configuration had trained is not where jobs are created now; `null` if it is. */
async function placeProblem(
  store: ObjectStore,
  train: Configuration['train'],
  release: string,
): Promise<string | null> {
  const { configDigest } = await readJson<ReleaseManifest>(store, keys.release(release));
  const { train: before } = await readJson<Configuration>(store, keys.configuration(configDigest));
  if (canonicalJson(trainingPlace(before)) === canonicalJson(trainingPlace(train))) return null;
  const place = before.provider === train.provider ? 'elsewhere' : `by ${before.provider}`;
  return `was trained ${place}, and this configuration’s jobs are created by ${train.provider}`;
}
