import { ConfigError, ProviderError } from '../src/domain/errors.js';
import type { Fate, WindowManifest } from '../src/domain/manifest.js';
import type { ConfigReference } from '../src/domain/config-reference.js';
import type { StepInput } from '../src/domain/contracts.js';
import type { Configuration } from '../src/domain/configuration.js';
import { deployCommandsOf } from '../src/domain/deploying.js';
import type { ModelDeployments, PutUp } from '../src/domain/fine-tuning.js';
import { readAlias } from '../src/promotion/alias.js';
import { recordServedName } from '../src/promotion/served-name.js';
import { readChain, readChainHead, readFate, recordFate } from '../src/release/chain.js';
import { keys } from '../src/release/layout.js';
import { readJson, writeJson } from '../src/storage/objects.js';
import type { Dependencies } from './dependencies.js';
import { deploymentsOf } from './deployments.js';
import { isGivenUp } from './heartbeat.js';
import { loadStoredConfiguration } from './stored-configuration.js';

/** What was put up for a release's candidate, written down before it is. */
interface DeployedCandidate {
  readonly v: 1;
  readonly release: string;
  readonly modelId: string;
  readonly configDigest: string;
  /** Programs of the user's own put it up; absent where its provider did. */
  readonly by?: 'commands';
}

/** A candidate with one of these may serve yet, or does. */
const MAY_SERVE: readonly Fate[] = ['pending', 'promoted'];

/**
 * Puts a candidate up where it has to be before it answers, and says as what; `null` where the configuration asks for
 * none. A worker that died meanwhile left it to be found. Where programs of the user's own fail to, or nobody wants it any
 * more, what there is of it is taken down: it may cost by the minute.
 */
export async function deployCandidate(
  deps: Dependencies,
  configuration: Configuration,
  input: StepInput & { readonly release: string },
  modelId: string,
  signal: AbortSignal,
): Promise<PutUp | null> {
  const deployments = deploymentsOf(deps, configuration);
  if (deployments === null) return null;
  const { model, configDigest, release } = input;
  const isByCommands = deployCommandsOf(configuration.train) !== null;
  const record: DeployedCandidate = {
    v: 1,
    release,
    modelId,
    configDigest,
    ...(isByCommands && { by: 'commands' }),
  };
  await writeJson(deps.store, keys.deployment(model, release), record);
  try {
    return await putUp(deps, deployments, model, modelId, signal);
  } catch (error) {
    const isOver = error instanceof ProviderError && !error.isRetryable;
    if (isByCommands && (isOver || (await isGivenUp(signal, deps.control)))) {
      await takeDown(deps, input, AFTER_UP_MS);
    }
    throw error;
  }
}

async function putUp(
  { store }: Dependencies,
  deployments: ModelDeployments,
  model: string,
  modelId: string,
  signal: AbortSignal,
): Promise<PutUp> {
  const up = await deployments.deploy(modelId, signal);
  if (up.answersAs !== undefined) await recordServedName(store, model, modelId, up.answersAs);
  return up;
}

/**
 * Puts the champion up again where it was put up as a candidate: a deployment that nobody asked for a week is deleted.
 * Others are left alone, since a model that was never put up answers as it is. Where programs of the user's own put models
 * up that is only the first champion: whatever else serves was trained here, and has the name that they tell.
 */
export async function deployChampion(
  deps: Dependencies,
  configuration: Configuration,
  { model, manifestKey }: StepInput,
  signal: AbortSignal,
): Promise<void> {
  const deployments = deploymentsOf(deps, configuration);
  if (deployments === null) return;
  const { modelId } = (await readJson<WindowManifest>(deps.store, manifestKey)).champion;
  const isNeeded =
    deployCommandsOf(configuration.train) === null
      ? await wasPutUp(deps, model, modelId)
      : modelId !== configuration.champion.modelId;
  if (!isNeeded) return;
  try {
    await putUp(deps, deployments, model, modelId, signal);
  } catch (error) {
    if (await isGivenUp(signal, deps.control)) await deployments.stop?.(modelId);
    throw error;
  }
}

async function wasPutUp({ store }: Dependencies, model: string, modelId: string): Promise<boolean> {
  for await (const { key } of store.list(keys.deployments(model))) {
    if ((await readJson<DeployedCandidate>(store, key)).modelId === modelId) return true;
  }
  return false;
}

/** What a model is taken down for: the release that it is the candidate of. */
type TakenDown = Pick<ConfigReference, 'model'> & { readonly release: string };

/** A host that is asked to take a model down and says nothing is left alone then: an activity may have a minute in all. */
const UNDEPLOY_MS = 10_000;
/** A program that takes it down goes on by itself then, but nobody is told how it ended. */
const DOWN_MS = 40_000;
/** What was putting it up has half of that to stop. */
export const AFTER_UP_MS = 60_000;

/** Writes down what became of a release's candidate, and takes it down where it was put up and will not serve. */
export async function settleFate(
  deps: Dependencies,
  input: TakenDown & { readonly fate: Fate },
  signal?: AbortSignal,
  undeployMs?: number,
): Promise<void> {
  const { model, release, fate } = input;
  await recordFate(deps.store, model, release, fate);
  if (fate !== 'untrained' && !MAY_SERVE.includes(fate)) {
    await takeDown(deps, input, undeployMs, signal);
  }
}

/** Takes down what a run put up that has ended before its candidate waits for a person, or serves. */
export async function abandonCandidate(
  deps: Dependencies,
  input: TakenDown,
  signal?: AbortSignal,
  undeployMs?: number,
): Promise<void> {
  const { model, release } = input;
  if (MAY_SERVE.includes(await readFate(deps.store, model, release))) return;
  await takeDown(deps, input, undeployMs, signal);
}

/**
 * Takes down what was put up for a release whose candidate will not serve, unless it serves or may serve by another
 * release of the same training file. Where that fails whoever runs the worker is told: nothing else waits for it, and what
 * is left at Fireworks has no machine without questions.
 */
async function takeDown(
  deps: Dependencies,
  { model, release }: TakenDown,
  givenMs?: number,
  signal?: AbortSignal,
): Promise<void> {
  const key = keys.deployment(model, release);
  if ((await deps.store.head(key)) === null) return;
  const record = await readJson<DeployedCandidate>(deps.store, key);
  if (await isWanted(deps, model, release, record.modelId)) return;
  const limitMs = givenMs ?? (record.by === undefined ? UNDEPLOY_MS : DOWN_MS);
  const limit = AbortSignal.timeout(limitMs);
  const either = signal === undefined ? limit : AbortSignal.any([signal, limit]);
  try {
    await (await deploymentsBehind(deps, record))?.undeploy(record.modelId, either);
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

/** The programs are those that the worker was started with: no other ones are run, and they may have been mended since. */
async function deploymentsBehind(
  deps: Dependencies,
  { by, modelId, configDigest }: DeployedCandidate,
): Promise<ModelDeployments | null> {
  if (by === undefined) {
    return deploymentsOf(deps, await loadStoredConfiguration(deps, configDigest));
  }
  if (deployCommandsOf(deps.startedWith.train) !== null) {
    return deploymentsOf(deps, deps.startedWith);
  }
  throw new ConfigError(
    `${modelId} was put up by train.deploy.up, which the configuration does not name any more: take it down yourself`,
  );
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
    const fate = await readFate(store, model, other.release);
    if (MAY_SERVE.includes(fate)) return true;
    // A run may be about to ask it, unless its release was replaced since.
    if (fate === 'untrained' && (await isInChain(store, model, other.release))) return true;
  }
  return false;
}

async function isInChain(
  store: Dependencies['store'],
  model: string,
  release: string,
): Promise<boolean> {
  const { entry } = await readChainHead(store, model);
  const chain = await readChain(store, entry?.release ?? null);
  return chain.some((each) => each.release === release);
}
