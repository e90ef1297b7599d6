import type { Configuration } from '../src/domain/configuration.js';
import type { StepInput } from '../src/domain/contracts.js';
import type { CostEstimate } from '../src/domain/cost-estimate.js';
import { ConfigError } from '../src/domain/errors.js';
import type { ObjectReference, ReleaseManifest } from '../src/domain/manifest.js';
import { formatUsd, toCents } from '../src/domain/spend.js';
import { BYTES_PER_TOKEN } from '../src/domain/tokens.js';
import { closingProblem } from '../src/providers/closing-dates.js';
import { keys } from '../src/release/layout.js';
import type { ObjectStore } from '../src/storage/object-store.js';
import { readBytes, readJson } from '../src/storage/objects.js';
import { ancestryOf, assertContinuable } from './continuing.js';
import type { Dependencies } from './dependencies.js';
import { detectBeforeTraining } from './detecting.js';
import { loadStoredConfiguration } from './stored-configuration.js';
import { estimateAsking } from './estimating-questions.js';
import { createJobLedger } from './job-ledger.js';
import { assertWithinMonth } from './spending.js';
import { runKeyOf, trainingFileOf } from './training-file.js';

/**
 * What training will cost, and what the gate will be able to see afterwards, before anything is spent.
 * @throws ConfigError when it is over the cap, when the base model or its provider will be gone too soon, when a margin is
 * finer than can be seen, or when holdouts are pooled that can never be enough
 */
export async function estimateCost(
  deps: Dependencies,
  input: StepInput & { readonly release: string },
  signal: AbortSignal,
): Promise<CostEstimate> {
  const configuration = await loadStoredConfiguration(deps, input.configDigest);
  const { train } = configuration;
  const file = await trainingFileOf(deps, input.release);
  const bytes = await trainedBytes(deps.store, train, file);
  const tokens = trainedTokens(train, bytes);
  const cost = estimatedCost(train, bytes);
  if (cost > train.maximumCost) {
    throw new ConfigError(
      `training would cost about ${formatUsd(cost)} (${tokens} tokens), over train.maximumCost of ${formatUsd(train.maximumCost)}; nothing was spent`,
    );
  }
  const ancestry = await ancestryOf(deps.store, configuration, input);
  await assertContinuable(deps.store, configuration, ancestry);
  await assertWillLive(deps, configuration, ancestry.continues, signal);
  const estimate = { tokens, cost, maximumCost: train.maximumCost };
  const { rowsByWindow } = await readJson<ReleaseManifest>(deps.store, keys.release(input.release));
  if ((rowsByWindow[input.window.id] ?? 0) === 0) return estimate;
  const runKey = runKeyOf(configuration, file, ancestry.continues);
  const ledger = createJobLedger(deps.store, runKey);
  await assertWithinMonth(deps, input.model, ledger, { runKey, cost });
  const asking = await estimateAsking(deps, configuration, input);
  const detectable = await detectBeforeTraining(deps, configuration, input);
  return { ...estimate, ...(asking && { asking }), detectable };
}

/** Tokens that a training file of so many bytes is trained on, in all its passes; an estimate. */
function trainedTokens(train: Configuration['train'], bytes: number): number {
  return Math.ceil(bytes / BYTES_PER_TOKEN) * epochsOf(train.hyperparameters);
}

/** USD, rounded up to whole cents. */
export function estimatedCost(train: Configuration['train'], bytes: number): number {
  return toCents((trainedTokens(train, bytes) / 1e6) * train.pricePerMillionTokens);
}

/** Bytes that a training file is read as: of pairs, both answers are read behind a prompt that stands in it but once. */
export async function trainedBytes(
  store: ObjectStore,
  { method }: Configuration['train'],
  file: ObjectReference,
): Promise<number> {
  if (method !== 'dpo') return file.bytes;
  const text = new TextDecoder().decode(await readBytes(store, file.key));
  let bytes = file.bytes;
  for (const line of text.split('\n')) {
    if (line === '') continue;
    const { input, prompt } = JSON.parse(line) as {
      readonly input?: object;
      readonly prompt?: object;
    };
    bytes += Buffer.byteLength(JSON.stringify(input ?? prompt ?? null));
  }
  return bytes;
}

/** @throws ConfigError for a base model that is shut down before what is trained on it would be of use */
async function assertWillLive(
  deps: Dependencies,
  configuration: Configuration,
  continues: string | null,
  signal: AbortSignal,
): Promise<void> {
  const { provider, baseURL, baseModel, baseModelEnds: ends, shutdownDays } = configuration.train;
  const today = deps.now().slice(0, 10);
  const question = { provider, baseURL, baseModel, today, days: shutdownDays };
  // What is known without the provider first: it needs no answer from anybody.
  let problem = closingProblem({ ...question, ends, listed: null });
  if (problem === null) {
    const listed = await deps.providerFor(configuration).models(signal);
    problem = closingProblem({ ...question, ends, listed });
    if (continues !== null)
      problem ??= closingProblem({ ...question, baseModel: continues, listed });
  }
  if (problem !== null) throw new ConfigError(`${problem}; nothing was spent`);
}

/** One pass where the host chooses: a configuration that names a price has to name the passes. */
function epochsOf(hyperparameters: Configuration['train']['hyperparameters']): number {
  const given = hyperparameters['n_epochs'];
  const epochs = typeof given === 'object' ? Number.NaN : Number(given);
  return epochs > 0 && Number.isFinite(epochs) ? epochs : 1;
}
