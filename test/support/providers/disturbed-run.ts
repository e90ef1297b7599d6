import assert from 'node:assert/strict';
import type { Dependencies } from '../../../activities/dependencies.js';
import { resolveTune } from '../../../activities/resolving.js';
import { pollTune, submitTune } from '../../../activities/tuning.js';
import { createJobLedger } from '../../../activities/job-ledger.js';
import type { PollResult, SubmitResult } from '../../../src/domain/contracts.js';
import { ProviderError } from '../../../src/domain/errors.js';
import type { JobHost } from '../../../src/domain/fine-tuning.js';
import { standingOf } from '../../../src/domain/job-machine.js';
import type { JobHandle, JobResolution, ParkedJob } from '../../../src/domain/job.js';
import { findLineage } from '../../../src/lineage/lineage.js';
import { createFineTuneProvider } from '../../../src/providers/launch.js';
import { paidJobs, type JobServer } from './job-server.js';
import { prepareTune } from './prepared-tune.js';
import { createIncarnation, type Death, type Incarnation, type WorldClock } from './world.js';

/** What a run is disturbed with. */
export interface Disturbance {
  /** Deaths of the workers that make the attempts, in their order; those after them live. */
  readonly deaths: readonly (Death | null)[];
  /** Every submission is carried out by two workers at once, as Temporal may after a lost answer. */
  readonly isDoubled: boolean;
}

/** How a run ended, and what it cost. */
export interface DisturbedRun {
  readonly ended: PollResult;
  readonly parks: readonly ParkedJob[];
  readonly resolutions: readonly JobResolution['kind'][];
  readonly deaths: number;
  /** Every operation of each worker, in the workers' order. */
  readonly operations: readonly (readonly string[])[];
}

const SIGNAL = new AbortController().signal;
/** Temporal takes a silent worker for dead after its heartbeat timeout. */
const HEARTBEAT_MS = 10_000;
const MOST_ATTEMPTS = 200;

/**
 * Runs a fine-tune as the week's workflow does (submit, poll, and a person's decision where it is parked) through
 * workers that die. The person looks at the provider's own console: its job is adopted, and where there is none
 * another attempt is made.
 */
export async function runDisturbed(
  server: JobServer,
  clock: WorldClock,
  openHost: (through: typeof fetch) => JobHost,
  { deaths, isDoubled }: Disturbance,
): Promise<DisturbedRun> {
  const { deps: baseDeps, input } = await prepareTune();
  const { store } = baseDeps;
  const toDie = [...deaths];
  let died = 0;
  const operations: (readonly string[])[] = [];

  const worker = (): { readonly deps: Dependencies; readonly incarnation: Incarnation } => {
    const incarnation = createIncarnation(store, clock, toDie.shift() ?? null);
    operations.push(incarnation.operations);
    const deps: Dependencies = {
      ...baseDeps,
      store: incarnation.store,
      providerFor: () => createFineTuneProvider(openHost(incarnation.fetch), clock),
      now: () => new Date(clock.now()).toISOString(),
      sleep: (ms) => clock.sleep(ms),
    };
    return { deps, incarnation };
  };

  /** An activity as Temporal runs it: again and again, until a worker lives to tell its result. */
  async function activity<T>(work: (deps: Dependencies) => Promise<T>, copies = 1): Promise<T> {
    for (let attempts = 0; attempts < MOST_ATTEMPTS; attempts += 1) {
      const racing = Array.from({ length: copies }, async () => {
        const { deps, incarnation } = worker();
        return Promise.race([work(deps).then((result) => ({ result })), incarnation.died]);
      });
      try {
        const all = await Promise.allSettled(racing);
        for (const one of all) if (one.status === 'rejected') throw one.reason;
        const told = all.flatMap((one) =>
          one.status === 'fulfilled' && one.value !== 'died' ? [one.value] : [],
        );
        died += all.length - told.length;
        const [first] = told;
        if (first !== undefined) return first.result;
        await clock.advance(HEARTBEAT_MS);
      } catch (error) {
        if (!(error instanceof ProviderError) || !error.isRetryable) throw error;
        await clock.advance(error.retryAfterMs ?? 1_000);
      }
      await server.revive();
    }
    return assert.fail(`an activity did not end in ${MOST_ATTEMPTS} attempts`);
  }

  const parks: ParkedJob[] = [];
  const resolutions: JobResolution['kind'][] = [];
  async function resolve(parked: ParkedJob): Promise<void> {
    parks.push(parked);
    const [job] = paidJobs(server.state);
    const resolution: JobResolution =
      parked.reason === 'unresolved' && job !== undefined
        ? { kind: 'adopt', jobId: job.id, by: 'ana' }
        : { kind: 'retry', by: 'ana' };
    resolutions.push(resolution.kind);
    const decide = (): Promise<void> =>
      activity((deps) =>
        resolveTune(deps, { ...input, runKey: parked.runKey, resolution }, SIGNAL),
      );
    try {
      await decide();
    } catch (error) {
      // A bill keeps the job from being looked at: who decides is told, the run stays parked, and they pay and say it again.
      if (!(error instanceof ProviderError) || !error.isMoney) throw error;
      await decide();
    }
  }

  async function submit(): Promise<JobHandle> {
    for (let attempts = 0; attempts < MOST_ATTEMPTS; attempts += 1) {
      const submitted: SubmitResult = await activity(
        (deps) => submitTune(deps, input, SIGNAL),
        isDoubled ? 2 : 1,
      );
      if ('handle' in submitted) return submitted.handle;
      if ('parked' in submitted) await resolve(submitted.parked);
      else await clock.advance(submitted.busy.waitMs);
    }
    return assert.fail('no job was submitted');
  }

  async function pollOrResolve(): Promise<{ handle: JobHandle; ended: PollResult }> {
    const handle = await submit();
    const ended = await activity((deps) => pollTune(deps, { ...input, handle }, SIGNAL));
    if (ended.kind !== 'parked') return { handle, ended };
    await resolve(ended.parked);
    return pollOrResolve();
  }

  const { handle, ended } = await pollOrResolve();
  if (ended.kind === 'succeeded') await findLineage(store, ended.modelId);
  const { phase } = standingOf(await createJobLedger(store, handle.runKey).read());
  assert.deepEqual(phase, { kind: 'ended', jobId: handle.jobId, isUsable: true });
  return { ended, parks, resolutions, deaths: died, operations };
}
