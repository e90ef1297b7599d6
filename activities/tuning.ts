import type { Configuration } from '../src/domain/configuration.js';
import type { CostEstimate, StepInput, SubmittedJob } from '../src/domain/contracts.js';
import { ConfigError, DataError } from '../src/domain/errors.js';
import type { EndedJob, JobHandle } from '../src/domain/job.js';
import { canonicalJson } from '../src/domain/json.js';
import type { ObjectReference, ReleaseManifest } from '../src/domain/manifest.js';
import { BYTES_PER_TOKEN } from '../src/domain/tokens.js';
import { writeLineage } from '../src/lineage/lineage.js';
import { keys } from '../src/release/layout.js';
import { readBytes, readJson, sha256Hex, writeJson } from '../src/storage/objects.js';
import type { Dependencies } from './dependencies.js';
import { loadStoredConfiguration } from './stored-configuration.js';

type Trained = StepInput & { readonly release: string };

/** What training will cost, before anything is spent. @throws ConfigError when it is over the cap. */
export async function estimateCost(deps: Dependencies, input: Trained): Promise<CostEstimate> {
  const { train } = await loadStoredConfiguration(deps, input.configDigest);
  const file = await trainingFileOf(deps, input.release);
  const tokens = Math.ceil(file.bytes / BYTES_PER_TOKEN) * epochsOf(train.hyperparameters);
  const cost = Math.ceil((tokens / 1e6) * train.pricePerMillionTokens * 100) / 100;
  if (cost > train.maximumCost) {
    throw new ConfigError(
      `training would cost about ${cost} USD (${tokens} tokens), over train.maximumCost of ${train.maximumCost} USD; nothing was spent`,
    );
  }
  return { tokens, cost, maximumCost: train.maximumCost };
}

/** One pass where the host chooses: a configuration that names a price has to name the passes. */
function epochsOf(hyperparameters: Configuration['train']['hyperparameters']): number {
  const epochs = Number(hyperparameters['n_epochs']);
  return epochs > 0 && Number.isFinite(epochs) ? epochs : 1;
}

/**
 * Submits the job, once: the intent is written before, and the provider looks for a job of this run key
 * before it makes one. Releases with the same training file share a run key, and so a job.
 */
export async function submitTune(
  deps: Dependencies,
  input: Trained,
  signal: AbortSignal,
): Promise<SubmittedJob> {
  const configuration = await loadStoredConfiguration(deps, input.configDigest);
  const { train } = configuration;
  const file = await trainingFileOf(deps, input.release);
  const runKey = runKeyOf(configuration, file);
  await writeJson(deps.store, keys.jobIntent(runKey), {
    v: 1,
    runKey,
    baseModel: train.baseModel,
    hyperparameters: train.hyperparameters,
    seed: train.seed,
    trainingFile: { sha256: file.sha256, bytes: file.bytes, count: file.count },
  });
  const { model, release, window } = input;
  await writeJson(deps.store, keys.jobRelease(runKey, release), {
    v: 1,
    model,
    release,
    window: window.id,
  });
  const handle = await deps.providerFor(configuration).launch(
    {
      runKey,
      baseModel: train.baseModel,
      trainingFile: {
        bytes: await readBytes(deps.store, file.key),
        sha256: file.sha256,
      },
      hyperparameters: train.hyperparameters,
      seed: train.seed,
      suffix: `${input.model}-${input.window.id}`.slice(0, 64),
    },
    signal,
  );
  return { handle, deadlineHours: train.deadlineHours };
}

/** Asks about the job until it is over; when it has a model, that model's lineage is written down. */
export async function pollTune(
  deps: Dependencies,
  input: Trained & { readonly handle: JobHandle },
  signal: AbortSignal,
): Promise<EndedJob> {
  const configuration = await loadStoredConfiguration(deps, input.configDigest);
  const provider = deps.providerFor(configuration);
  let state = await provider.poll(input.handle, signal);
  while (state.kind === 'pending') {
    await deps.sleep(configuration.train.pollSeconds * 1000, signal);
    state = await provider.poll(input.handle, signal);
  }
  if (state.kind === 'succeeded') {
    await writeLineage(deps.store, {
      v: 1,
      modelId: state.modelId,
      baseModel: configuration.train.baseModel,
      release: input.release,
      trainingFiles: [await trainingFileOf(deps, input.release)],
    });
  }
  return state;
}

/** Cancels the job, so that a cancelled run costs no more than it has. */
export async function cancelTune(
  deps: Dependencies,
  input: StepInput & { readonly handle: JobHandle },
  signal: AbortSignal,
): Promise<void> {
  const configuration = await loadStoredConfiguration(deps, input.configDigest);
  await deps.providerFor(configuration).cancel(input.handle, signal);
}

async function trainingFileOf(deps: Dependencies, release: string): Promise<ObjectReference> {
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

/** One job for each (training file, base model, hyperparameters, seed) at one host. */
function runKeyOf({ train }: Configuration, file: ObjectReference): string {
  const { provider, baseURL, baseModel, hyperparameters, seed } = train;
  const what = [provider, baseURL, baseModel, hyperparameters, seed, file.sha256];
  return sha256Hex(canonicalJson(what)).slice(0, 32);
}
