import { ConfigError, ProviderError } from '../src/domain/errors.js';
import type { Fate, WindowManifest } from '../src/domain/manifest.js';
import type { StepInput } from '../src/domain/contracts.js';
import type { Configuration } from '../src/domain/configuration.js';
import { readAlias } from '../src/promotion/alias.js';
import { readFate, recordFate } from '../src/release/chain.js';
import { keys } from '../src/release/layout.js';
import { readJson, writeJson } from '../src/storage/objects.js';
import type { Dependencies } from './dependencies.js';
import { loadStoredConfiguration } from './stored-configuration.js';

/** What was put up for a release's candidate, written down before it is. */
interface DeployedCandidate {
  readonly v: 1;
  readonly release: string;
  readonly modelId: string;
  readonly configDigest: string;
}

/** A candidate with one of these may serve yet, or does. */
const MAY_SERVE: readonly Fate[] = ['pending', 'promoted', 'untrained'];

/**
 * Puts a candidate up where it has to be before it answers, and gives the deployment's name; `null` where the
 * configuration asks for none. A worker that died meanwhile left it to be found.
 */
export async function deployCandidate(
  deps: Dependencies,
  configuration: Configuration,
  { model, configDigest, release }: StepInput & { readonly release: string },
  modelId: string,
  signal: AbortSignal,
): Promise<string | null> {
  if (configuration.train.deploy !== true) return null;
  const { deployments } = deps.providerFor(configuration);
  if (deployments === undefined) return null;
  const record: DeployedCandidate = { v: 1, release, modelId, configDigest };
  await writeJson(deps.store, keys.deployment(model, release), record);
  return deployments.deploy(modelId, signal);
}

/**
 * Puts the champion up again where it was put up as a candidate: a deployment that nobody asked for a week is deleted.
 * Others are left alone, since a model that was never put up answers as it is.
 */
export async function deployChampion(
  deps: Dependencies,
  configuration: Configuration,
  { model, manifestKey }: StepInput,
  signal: AbortSignal,
): Promise<void> {
  if (configuration.train.deploy !== true) return;
  const { modelId } = (await readJson<WindowManifest>(deps.store, manifestKey)).champion;
  for await (const { key } of deps.store.list(keys.deployments(model))) {
    if ((await readJson<DeployedCandidate>(deps.store, key)).modelId !== modelId) continue;
    await deps.providerFor(configuration).deployments?.deploy(modelId, signal);
    return;
  }
}

/** A host that is asked to take a model down and says nothing is left alone then: an activity may have a minute in all. */
const UNDEPLOY_MS = 10_000;

/** Writes down what became of a release's candidate, and takes it down where it was put up and will not serve. */
export async function settleFate(
  deps: Dependencies,
  input: { readonly model: string; readonly release: string; readonly fate: Fate },
  signal?: AbortSignal,
  undeployMs = UNDEPLOY_MS,
): Promise<void> {
  await recordFate(deps.store, input.model, input.release, input.fate);
  await undeployCandidate(deps, input, undeployMs, signal);
}

/**
 * Takes down what was put up for a release whose candidate will not serve, unless it serves or may serve by another
 * release of the same training file. Where that fails whoever runs the worker is told: nothing else waits for it, and
 * what is left has no machine without questions.
 */
async function undeployCandidate(
  deps: Dependencies,
  {
    model,
    release,
    fate,
  }: { readonly model: string; readonly release: string; readonly fate: Fate },
  limitMs: number,
  signal?: AbortSignal,
): Promise<void> {
  if (MAY_SERVE.includes(fate)) return;
  const key = keys.deployment(model, release);
  if ((await deps.store.head(key)) === null) return;
  const { modelId, configDigest } = await readJson<DeployedCandidate>(deps.store, key);
  if (await isWanted(deps, model, release, modelId)) return;
  const limit = AbortSignal.timeout(limitMs);
  const either = signal === undefined ? limit : AbortSignal.any([signal, limit]);
  try {
    const configuration = await loadStoredConfiguration(deps, configDigest);
    await deps.providerFor(configuration).deployments?.undeploy(modelId, either);
  } catch (error) {
    signal?.throwIfAborted();
    const isTold = error instanceof ProviderError || error instanceof ConfigError;
    if (!isTold && !limit.aborted) throw error;
    const reason = isTold
      ? error.message
      : `the provider did not answer within ${limitMs / 1000} s`;
    deps.warn({ event: 'candidate-not-undeployed', key, reason });
  }
}

async function isWanted(
  { store }: Dependencies,
  model: string,
  release: string,
  modelId: string,
): Promise<boolean> {
  if ((await readAlias(store, model))?.alias.modelId === modelId) return true;
  for await (const { key } of store.list(keys.deployments(model))) {
    const other = await readJson<DeployedCandidate>(store, key);
    if (other.release === release || other.modelId !== modelId) continue;
    if (MAY_SERVE.includes(await readFate(store, model, other.release))) return true;
  }
  return false;
}
