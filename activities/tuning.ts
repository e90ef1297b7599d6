import type { Configuration } from '../src/domain/configuration.js';
import type { PollResult, StepInput, SubmitResult } from '../src/domain/contracts.js';
import { ProviderError } from '../src/domain/errors.js';
import type { FineTuneProvider, JobLedger } from '../src/domain/fine-tuning.js';
import { givenName, standingOf } from '../src/domain/job-machine.js';
import type { EndedJob, JobHandle, JobProgress, UnnamedModel } from '../src/domain/job.js';
import { writeLineage } from '../src/lineage/lineage.js';
import { record } from '../src/providers/launch.js';
import { keys } from '../src/release/layout.js';
import { readBytes, writeJson } from '../src/storage/objects.js';
import { ancestryOf, lineageOf } from './continuing.js';
import type { Dependencies } from './dependencies.js';
import { abandonCandidate, AFTER_UP_MS, deployCandidate, deployChampion } from './deploying.js';
import type { TellProgress } from './heartbeat.js';
import { createJobLedger } from './job-ledger.js';
import { estimatedCost, trainedBytes } from './estimating.js';
import { parkedForMoney, parkedUnnamed } from './parking.js';
import { servedAsNow } from './served-base.js';
import {
  actualCost,
  assertWithinMonth,
  mayCost,
  parkForApproval,
  reserveCost,
  settleCost,
  settleReservation,
} from './spending.js';
import { loadStoredConfiguration } from './stored-configuration.js';
import { runKeyOf, trainingFileOf } from './training-file.js';

type Trained = StepInput & { readonly release: string };
type Polled = Trained & { readonly handle: JobHandle };

/**
 * How long a provider that is full is left alone at least: doubled with each refusal up to the longest. At 15
 * minutes and some 11 events a round, a run's history takes about 1,060 events a day of the 51,200 it may have.
 */
const FIRST_BUSY_MS = 60_000;
const LAST_BUSY_MS = 900_000;

/**
 * Submits the job, once: what the job is is written before, and the ledger of its run key remembers every create
 * across attempts, runs and workers. Releases with the same training file share a run key, and so a job.
 */
export async function submitTune(
  deps: Dependencies,
  input: Trained & { readonly refusals?: number },
  signal: AbortSignal,
): Promise<SubmitResult> {
  const configuration = await loadStoredConfiguration(deps, input.configDigest);
  const { train } = configuration;
  const file = await trainingFileOf(deps, input.release);
  const { continues } = await ancestryOf(deps.store, configuration, input);
  const { method } = train;
  const start = {
    ...(continues !== null && { continues }),
    ...(method !== undefined && { method }),
  };
  const runKey = runKeyOf(configuration, file, continues);
  await writeJson(deps.store, keys.jobIntent(runKey), {
    v: 1,
    runKey,
    baseModel: train.baseModel,
    ...start,
    hyperparameters: train.hyperparameters,
    seed: train.seed,
    trainingFile: { sha256: file.sha256, bytes: file.bytes, count: file.count },
  });
  const { model, release, window } = input;
  const what = { v: 1, model, release, window: window.id };
  await writeJson(deps.store, keys.jobRelease(runKey, release), what);
  const provider = deps.providerFor(configuration);
  const ledger = createJobLedger(deps.store, runKey);
  await settleCancelled(deps, input, provider, ledger, runKey, signal);
  const bytes = await trainedBytes(deps.store, train, file);
  const priced = { runKey, cost: estimatedCost(train, bytes) };
  const request = {
    runKey,
    baseModel: train.baseModel,
    ...start,
    trainingFile: { bytes: await readBytes(deps.store, file.key), sha256: file.sha256 },
    hyperparameters: train.hyperparameters,
    seed: train.seed,
    suffix: `${model}-${window.id}`.slice(0, 64),
  };
  let charge: Awaited<ReturnType<typeof reserveCost>> = null;
  try {
    if (mayCost(standingOf(await ledger.read()))) {
      // Nobody is asked to let what the month can't bear.
      await assertWithinMonth(deps, model, ledger, priced);
      // Before a candidate is paid for that nothing could be held against.
      await deployChampion(deps, configuration, input, signal);
      await parkForApproval(deps, ledger, priced);
      if (mayCost(standingOf(await ledger.read()))) {
        charge = await reserveCost(deps, input, priced);
      }
    }
    const launched = await provider.launch(request, ledger, signal);
    if (launched.kind === 'parked') return { parked: launched.parked };
    return { handle: launched.handle, deadlineHours: train.deadlineHours };
  } catch (error) {
    // A queue that is full is no failure: the run waits for room, and may be cancelled meanwhile.
    if (!(error instanceof ProviderError) || error.status !== 429 || !error.isRetryable)
      throw error;
    const leastMs = Math.min(LAST_BUSY_MS, FIRST_BUSY_MS * 2 ** (input.refusals ?? 0));
    const waitMs = Math.max(error.retryAfterMs ?? 0, leastMs);
    return { busy: { waitMs, message: error.message } };
  } finally {
    await settleReservation(deps, input, ledger, priced, charge);
  }
}

/**
 * A job that an earlier run cancelled and did not see the end of: it is looked at once more, so that a run that
 * asks for a job again does not get that one.
 */
async function settleCancelled(
  deps: Dependencies,
  input: Trained,
  provider: FineTuneProvider,
  ledger: JobLedger,
  runKey: string,
  signal: AbortSignal,
): Promise<void> {
  const events = await ledger.read();
  const { phase } = standingOf(events);
  const last = events.at(-1);
  if (phase.kind !== 'submitted' || last?.kind !== 'cancelling') return;
  const handle = { provider: provider.name, jobId: phase.jobId, runKey };
  const state = await provider.poll(handle, signal);
  if (state.kind !== 'pending' && state.kind !== 'unnamed') {
    const { pricePerMillionTokens } = deps.startedWith.train;
    await recordEnd(deps, input, ledger, handle, state, actualCost(state, pricePerMillionTokens));
  }
}

/**
 * Asks about the job until it is over; when it has a model, that model's lineage is written down. A provider
 * that wants its bill paid first parks the run.
 */
export async function pollTune(
  deps: Dependencies,
  input: Polled,
  signal: AbortSignal,
  tell: TellProgress = () => undefined,
): Promise<PollResult> {
  const configuration = await loadStoredConfiguration(deps, input.configDigest);
  const ledger = createJobLedger(deps.store, input.handle.runKey);
  let ended: EndedJob | UnnamedModel;
  let isNamedByPerson = false;
  try {
    ended = await untilEnded(deps, configuration, input.handle, signal, tell);
  } catch (error) {
    if (!(error instanceof ProviderError) || !error.isMoney) throw error;
    return parkedForMoney(ledger, input.handle, error.message);
  }
  const cost = actualCost(ended, configuration.train.pricePerMillionTokens);
  if (ended.kind === 'unnamed') {
    const modelId = givenName(standingOf(await ledger.read()), input.handle.jobId);
    if (modelId === undefined) {
      await settleCost(deps, input, input.handle, cost);
      return parkedUnnamed(ledger, input.handle, ended.message);
    }
    isNamedByPerson = true;
    ended = { kind: 'succeeded', modelId, trainedTokens: ended.trainedTokens };
  }
  if (ended.kind === 'succeeded') {
    const ancestry = await ancestryOf(deps.store, configuration, input);
    const file = await trainingFileOf(deps, input.release);
    const { modelId } = ended;
    const lineage = lineageOf(modelId, configuration, input.release, file, ancestry);
    await writeLineage(deps.store, isNamedByPerson ? { ...lineage, isNamedByPerson } : lineage);
  }
  await recordEnd(deps, input, ledger, input.handle, ended, cost);
  if (ended.kind === 'succeeded') {
    const priced = cost === null ? ended : { ...ended, cost };
    return putUp(deps, configuration, input, priced, signal);
  }
  if (ended.kind !== 'failed' || ended.isMoney !== true) return ended;
  const message = `job ${input.handle.jobId} failed over its bill (${ended.code})`;
  const { attempts } = standingOf(await ledger.read());
  const parked = { kind: 'parked', attempt: attempts, reason: 'money', candidates: [] } as const;
  await record(ledger, { ...parked, message });
  return parkedForMoney(ledger, input.handle, message);
}

/** The model as it can be asked; where putting it up is refused over a bill, the run is parked. */
async function putUp(
  deps: Dependencies,
  configuration: Configuration,
  input: Polled,
  ended: Extract<EndedJob, { readonly kind: 'succeeded' }>,
  signal: AbortSignal,
): Promise<PollResult> {
  try {
    return {
      ...ended,
      ...(await deployCandidate(deps, configuration, input, ended.modelId, signal)),
    };
  } catch (error) {
    if (!(error instanceof ProviderError) || !error.isMoney) throw error;
    return parkedForMoney(
      createJobLedger(deps.store, input.handle.runKey),
      input.handle,
      error.message,
    );
  }
}

async function untilEnded(
  deps: Dependencies,
  configuration: Configuration,
  handle: JobHandle,
  signal: AbortSignal,
  tell: TellProgress,
): Promise<EndedJob | UnnamedModel> {
  const provider = deps.providerFor(servedAsNow(deps, configuration));
  let last: JobProgress | undefined;
  for (;;) {
    const state = await provider.poll(handle, signal);
    if (state.kind === 'succeeded') {
      return last === undefined ? state : { ...state, progress: last };
    }
    if (state.kind !== 'pending') return state;
    if (state.progress !== undefined) {
      last = state.progress;
      tell({ ...last });
    }
    await deps.sleep(configuration.train.pollSeconds * 1000, signal);
  }
}

/**
 * Cancels the job, so that a cancelled run costs no more than it has. A job that is over already may have a model that is
 * being put up, by a program that outlived its worker: nobody else comes to take that down.
 */
export async function cancelTune(
  deps: Dependencies,
  input: Polled,
  signal: AbortSignal,
): Promise<void> {
  await abandonCandidate(deps, input, signal, AFTER_UP_MS);
  const configuration = await loadStoredConfiguration(deps, input.configDigest);
  const { handle } = input;
  await deps.providerFor(configuration).cancel(handle, signal);
  const ledger = createJobLedger(deps.store, handle.runKey);
  await record(ledger, { kind: 'cancelling', jobId: handle.jobId });
}

/** The charge is closed first: an end that is in the ledger is in the books. */
async function recordEnd(
  deps: Dependencies,
  input: Trained,
  ledger: JobLedger,
  { jobId, runKey }: JobHandle,
  ended: EndedJob,
  cost: number | null,
): Promise<void> {
  await settleCost(deps, input, { runKey, jobId }, cost);
  const event = { kind: 'ended', jobId, as: ended.kind } as const;
  await record(ledger, cost === null ? event : { ...event, cost });
}
