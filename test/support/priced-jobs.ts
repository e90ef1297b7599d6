import assert from 'node:assert/strict';
import type { Dependencies } from '../../activities/dependencies.js';
import { estimateCost } from '../../activities/estimating.js';
import { resolveTune } from '../../activities/resolving.js';
import { cancelTune, pollTune, submitTune } from '../../activities/tuning.js';
import { parseConfiguration } from '../../src/config/schema.js';
import type { PollResult, StepInput, SubmitResult } from '../../src/domain/contracts.js';
import type { ProviderError } from '../../src/domain/errors.js';
import type { JobHost } from '../../src/domain/fine-tuning.js';
import type { JobResolution, JobState } from '../../src/domain/job.js';
import type { SpendEntry } from '../../src/domain/spend.js';
import { windowAt } from '../../src/domain/window.js';
import { createFineTuneProvider } from '../../src/providers/launch.js';
import { keys } from '../../src/release/layout.js';
import { readSpend } from '../../src/release/spend-ledger.js';
import { readJson, sha256Hex, writeBytes, writeJson } from '../../src/storage/objects.js';
import { createTestDependencies } from './dependencies.js';
import { createManualClock } from './launch-clock.js';

const signal = new AbortController().signal;
/** The window of every job. */
export const WINDOW = windowAt({ first: '2026-W01', weeks: 1 }, 0);
/** A million tokens at two USD. */
export const BYTES = 4_000_000;
/** USD, the estimate of every job. */
export const COST = 2;

type Trained = StepInput & { readonly release: string };

/** A host whose jobs end as they are told to, each with a release of its own to train on. */
export interface PricedJobs {
  readonly deps: Dependencies;
  readonly created: () => number;
  readonly uploaded: () => number;
  /** What uploads wait for from now on. */
  holdUploads(until: () => Promise<void>): void;
  setNow(time: string): void;
  /** What creates are answered with from now on; `null`: with a job. */
  refuseWith(error: ProviderError | null): void;
  /** Lets a job carry no run key any more. */
  disown(jobId: string): void;
  /** Trains the release with this letter; gives how it was submitted. */
  submit(letter: string): Promise<SubmitResult>;
  end(letter: string, state: JobState): Promise<PollResult>;
  estimate(letter: string): Promise<unknown>;
  resolve(letter: string, resolution: JobResolution): Promise<void>;
  cancel(letter: string): Promise<void>;
  runKey(letter: string): Promise<string>;
  spend(): Promise<readonly SpendEntry[]>;
}

/** No jobs yet, under such limits, with these sections of the configuration beside `train`. */
export async function pricedJobs(
  limits: {
    readonly monthlyCost?: number;
    readonly approveAbove?: number;
    readonly pricePerMillionTokens?: number;
    readonly deploy?: object;
  },
  sections: object = {},
): Promise<PricedJobs> {
  let now = '2026-11-27T06:00:00.000Z';
  let created = 0;
  let uploaded = 0;
  let refusal: ProviderError | null = null;
  let held = async (): Promise<void> => undefined;
  const jobs = new Map<string, JobState>();
  const keyOfJob = new Map<string, string>();
  const host: JobHost = {
    name: 'host',
    lookup: { kind: 'listing', delayMs: 0 },
    upload: async () => {
      await held();
      return `file-${(uploaded += 1)}`;
    },
    create: async ({ runKey }) => {
      if (refusal !== null) throw refusal;
      const jobId = `job-${(created += 1)}`;
      jobs.set(jobId, { kind: 'pending', status: 'running' });
      keyOfJob.set(jobId, runKey);
      return jobId;
    },
    find: async () => ({ ours: [], candidates: [] }),
    read: async (jobId) => jobs.get(jobId) ?? assert.fail(`no job ${jobId}`),
    runKeyOf: async (jobId) => keyOfJob.get(jobId) ?? null,
    cancel: async (jobId) => void jobs.set(jobId, { kind: 'cancelled' }),
    models: async () => null,
  };
  const made = await createTestDependencies({
    providerFor: () => createFineTuneProvider(host, createManualClock()),
    now: () => now,
  });
  const train = {
    baseURL: 'http://127.0.0.1:8080/v1',
    baseModel: 'small-base',
    servedBaseModel: 'served-base',
    hyperparameters: { n_epochs: 1 },
    pricePerMillionTokens: 2,
    maximumCost: 100,
    ...limits,
  };
  const reference = await made.configure({ train, ...sections });
  const stored = await readJson(made.deps.store, keys.configuration(reference.configDigest));
  const deps = { ...made.deps, startedWith: parseConfiguration(stored) };

  async function trained(letter: string): Promise<Trained> {
    const release = letter.repeat(64);
    if ((await deps.store.head(keys.release(release))) === null) {
      const bytes = Buffer.alloc(BYTES, letter);
      await writeBytes(deps.store, keys.releaseFile(release, 'train.jsonl'), bytes, 1);
      const file = { name: 'train.jsonl', sha256: sha256Hex(bytes), bytes: bytes.length, count: 1 };
      await writeJson(deps.store, keys.release(release), { files: [file], rowsByWindow: {} });
    }
    return { ...reference, window: WINDOW, manifestKey: 'windows/x/manifest.json', release };
  }
  const ledgers = new Map<string, string>();
  async function submit(letter: string): Promise<SubmitResult> {
    const submitted = await submitTune(deps, await trained(letter), signal);
    if ('handle' in submitted) ledgers.set(letter, submitted.handle.runKey);
    if ('parked' in submitted) ledgers.set(letter, submitted.parked.runKey);
    return submitted;
  }
  const runKey = async (letter: string): Promise<string> =>
    ledgers.get(letter) ?? assert.fail(`${letter} was not submitted`);
  const handleOf = async (letter: string) => {
    const submitted = await submit(letter);
    assert.ok('handle' in submitted, JSON.stringify(submitted));
    return submitted.handle;
  };
  return {
    deps,
    holdUploads: (until) => {
      held = until;
    },
    created: () => created,
    uploaded: () => uploaded,
    setNow: (time) => void (now = time),
    refuseWith: (error) => void (refusal = error),
    disown: (jobId) => void keyOfJob.delete(jobId),
    submit,
    end: async (letter, state) => {
      const handle = await handleOf(letter);
      const modelId = `ft:${letter}`;
      jobs.set(handle.jobId, state.kind === 'succeeded' ? { ...state, modelId } : state);
      return pollTune(deps, { ...(await trained(letter)), handle }, signal);
    },
    estimate: async (letter) => estimateCost(deps, await trained(letter), signal),
    resolve: async (letter, resolution) =>
      resolveTune(
        deps,
        { ...(await trained(letter)), runKey: await runKey(letter), resolution },
        signal,
      ),
    cancel: async (letter) =>
      cancelTune(deps, { ...(await trained(letter)), handle: await handleOf(letter) }, signal),
    runKey,
    spend: () => readSpend(deps.store, 'triage'),
  };
}

/** The state of a job that ended well. */
export function succeeded(trainedTokens: number | null, cost?: number): JobState {
  const done = { kind: 'succeeded', modelId: 'ft:a', trainedTokens } as const;
  return cost === undefined ? done : { ...done, cost };
}
