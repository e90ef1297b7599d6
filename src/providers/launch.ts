import { ProviderError, assertNever } from '../domain/errors.js';
import type {
  FineTuneProvider,
  FoundJob,
  FoundJobs,
  JobHost,
  JobLedger,
  JobRequest,
  Launched,
  LaunchRequest,
} from '../domain/fine-tuning.js';
import { mayFollow, standingOf, type JobEvent, type JobStanding } from '../domain/job-machine.js';

/** The clock and the chance that launches are given. */
export interface LaunchClock {
  /** Milliseconds since 1970. */
  readonly now: () => number;
  readonly sleep: (ms: number, signal?: AbortSignal) => Promise<void>;
  /** From 0 to 1. */
  readonly random: () => number;
}

/** An intent older than this is not acted on: whoever paused in between may have been taken for dead. */
const STALE_INTENT_MS = 15_000;
/** Longest time that a create may be under way after its intent: 15 s until it is sent, 60 s its limit, and some. */
const CREATE_LIFE_MS = 80_000;
/** Pauses between looks begin with the first and double up to the last. */
const FIRST_LOOK_MS = 1_000;
const LAST_LOOK_MS = 15_000;
/** Full jitter from 1 s to 60 s, where the provider does not say how long to wait. */
const FIRST_BACKOFF_MS = 1_000;
const LAST_BACKOFF_MS = 60_000;
/** Clocks differ: a job listed as created this much before its intent may still be its. */
const CLOCK_SKEW_MS = 60_000;

type Signal = AbortSignal | undefined;

interface Launch {
  readonly host: JobHost;
  readonly clock: LaunchClock;
  readonly request: LaunchRequest;
  readonly ledger: JobLedger;
  readonly signal: Signal;
}

/**
 * A provider over one host's protocol. Before every create an intent is written to the ledger and the host is
 * searched; a create without a clear answer is looked for until the host's listings have caught up, by whoever
 * comes next, and where that settles nothing the launch is parked: no second job is ever created unasked.
 */
export function createFineTuneProvider(host: JobHost, clock: LaunchClock): FineTuneProvider {
  return {
    name: host.name,
    launch: (request, ledger, signal) => launch({ host, clock, request, ledger, signal }),
    poll: ({ jobId }, signal) => host.read(jobId, signal),
    runKeyOf: (jobId, signal) => host.runKeyOf(jobId, signal),
    cancel: ({ jobId }, signal) => host.cancel(jobId, signal),
    models: (signal) => host.models(signal),
    ...(host.deployments !== undefined && { deployments: host.deployments }),
  };
}

async function launch(job: Launch): Promise<Launched> {
  for (let looks = 0; ;) {
    const events = await job.ledger.read();
    const standing = standingOf(events);
    const { phase } = standing;
    switch (phase.kind) {
      case 'submitted':
        return submitted(job, phase.jobId);
      case 'parked': {
        const { kind, ...why } = phase;
        const { attempts: attempt } = standing;
        const { runKey } = job.request;
        return { kind, parked: { runKey, provider: job.host.name, attempt, ...why } };
      }
      case 'unanswered': {
        const waitMs = await look(job, standing, phase, events.length, looks);
        looks += 1;
        if (waitMs > 0) await job.clock.sleep(waitMs, job.signal);
        break;
      }
      case 'ended':
        if (phase.isUsable) return submitted(job, phase.jobId);
        await attempt(job, standing, events.length);
        break;
      case 'ready':
        await attempt(job, standing, events.length);
        break;
      default:
        return assertNever(phase);
    }
  }
}

function submitted({ host, request }: Launch, jobId: string): Launched {
  return { kind: 'submitted', handle: { provider: host.name, jobId, runKey: request.runKey } };
}

/** Looks once for a create without an answer. Gives how long to wait for the next look; 0 when the ledger moved. */
async function look(
  job: Launch,
  standing: JobStanding,
  phase: { readonly since: string; readonly settled: boolean },
  known: number,
  looks: number,
): Promise<number> {
  const { host, clock, ledger } = job;
  const began = Date.parse(phase.since);
  // Before the search: what it does not show may have come into the listing while it was answered.
  const asked = clock.now();
  const found = await search(job, standing, began - CLOCK_SKEW_MS);
  if (found instanceof ProviderError) {
    await ledger.append(
      parkedUnresolved(standing, [], `${found.message}, so it can't be looked for`),
      known,
    );
    return 0;
  }
  const { ours, candidates } = found;
  if (ours.length > 0) {
    await takeOne(job, ours, known);
    return 0;
  }
  const { lookup } = host;
  const delayMs = lookup.kind === 'listing' ? lookup.delayMs : 0;
  const leftMs = began + (phase.settled ? 0 : CREATE_LIFE_MS) + delayMs - asked;
  if (leftMs > 0) return Math.min(leftMs, LAST_LOOK_MS, FIRST_LOOK_MS * 2 ** looks);
  if (lookup.kind === 'chosen-id') {
    await ledger.append({ kind: 'refused', attempt: standing.attempts, status: null }, known);
    const message = `${host.name} has no job ${job.request.runKey}: the one asked for was not made`;
    throw withBackoff(
      new ProviderError(message, { status: null, isRetryable: true }),
      standing,
      clock,
    );
  }
  const seconds = Math.round(delayMs / 1000);
  const why =
    candidates.length === 0
      ? `no job of this run is listed, ${seconds} s after it had to be`
      : 'jobs are listed that may be the one, but carry no run key';
  const ids = candidates.map(({ jobId }) => jobId);
  await ledger.append(parkedUnresolved(standing, ids, why), known);
  return 0;
}

function parkedUnresolved(
  { attempts }: JobStanding,
  candidates: readonly string[],
  why: string,
): JobEvent {
  const message = `a job was asked for and the answer was lost: ${why}`;
  return { kind: 'parked', attempt: attempts, reason: 'unresolved', candidates, message };
}

/** What the host has of this run key and the ledger does not know; an error that is about money is given back. */
async function search(
  { host, request, signal }: Launch,
  { jobs }: JobStanding,
  sinceMs: number,
): Promise<FoundJobs | ProviderError> {
  const isNew = ({ jobId }: FoundJob): boolean => !jobs.includes(jobId);
  try {
    const { ours, candidates } = await host.find(
      { ...request, serial: jobs.length },
      sinceMs,
      signal,
    );
    return { ours: ours.filter(isNew), candidates: candidates.filter(isNew) };
  } catch (error) {
    if (error instanceof ProviderError && error.isMoney) return error;
    throw error;
  }
}

/** Takes the oldest job that is not over; where a request was doubled on its way, the others are cancelled. */
async function takeOne(job: Launch, ours: readonly FoundJob[], known: number): Promise<void> {
  const chosen = ours.find(isGoingOrDone) ?? ours[0];
  if (chosen === undefined) return;
  for (const other of ours) {
    if (other === chosen || other.state.kind !== 'pending') continue;
    await job.host.cancel(other.jobId, job.signal);
  }
  await job.ledger.append({ kind: 'found', jobId: chosen.jobId }, known);
}

function isGoingOrDone({ state }: FoundJob): boolean {
  return ['pending', 'succeeded', 'unnamed'].includes(state.kind);
}

/** One attempt: search, upload, intent, create. Returns when the ledger has moved. */
async function attempt(job: Launch, standing: JobStanding, known: number): Promise<void> {
  const { host, clock, ledger, signal } = job;
  const request = { ...job.request, serial: standing.jobs.length };
  let fileId: string;
  try {
    const { ours } = await host.find(request, null, signal);
    const usable = ours.filter((one) => !standing.jobs.includes(one.jobId) && isGoingOrDone(one));
    if (usable.length > 0) return await takeOne(job, usable, known);
    fileId = await host.upload(request, signal);
  } catch (error) {
    if (!(error instanceof ProviderError)) throw error;
    if (!error.isMoney) throw error;
    await ledger.append(parkedForMoney(standing.attempts, error), known);
    return;
  }
  const number = standing.attempts + 1;
  const began = clock.now();
  const intended = { kind: 'intended', attempt: number, at: isoTime(began) } as const;
  if (!(await ledger.append(intended, known))) return;
  const lateMs = clock.now() - began;
  if (lateMs > STALE_INTENT_MS) {
    await record(ledger, { kind: 'refused', attempt: number, status: null });
    const message = `the intent to create a job took ${Math.round(lateMs / 1000)} s to write; nothing was asked`;
    const late = { status: null, isRetryable: true, wasSent: false };
    throw withBackoff(new ProviderError(message, late), standing, clock);
  }
  await create(job, request, fileId, number, standing);
}

async function create(
  job: Launch,
  request: JobRequest,
  fileId: string,
  number: number,
  standing: JobStanding,
): Promise<void> {
  const { host, clock, ledger, signal } = job;
  let jobId: string;
  try {
    jobId = await host.create(request, fileId, signal);
  } catch (error) {
    // Whatever else was thrown, an abort included, says nothing: the intent stays open.
    if (!(error instanceof ProviderError)) throw error;
    if (error.mayHaveHappened) {
      await record(ledger, { kind: 'unclear', attempt: number, at: isoTime(clock.now()) });
      return;
    }
    if (error.isMoney) {
      await record(ledger, parkedForMoney(number, error));
      return;
    }
    await record(ledger, { kind: 'refused', attempt: number, status: error.status });
    throw withBackoff(error, standing, clock);
  }
  if (await record(ledger, { kind: 'created', attempt: number, jobId })) return;
  // It was thought lost, and given up by others or by a person: where nothing has come of that yet it is the one.
  if (await record(ledger, { kind: 'found', jobId })) return;
  const { jobs } = standingOf(await ledger.read());
  if (!jobs.includes(jobId)) await host.cancel(jobId, signal);
}

function parkedForMoney(number: number, { message }: ProviderError): JobEvent {
  return { kind: 'parked', attempt: number, reason: 'money', candidates: [], message };
}

/** Appends an entry however often others are first; whether it could follow. */
export async function record(ledger: JobLedger, event: JobEvent): Promise<boolean> {
  for (;;) {
    const events = await ledger.read();
    if (!mayFollow(standingOf(events), event)) return false;
    if (await ledger.append(event, events.length)) return true;
  }
}

/** Throttling is waited out as told, else longer and longer, by chance, so that nobody comes back in step. */
function withBackoff(
  error: ProviderError,
  { refusals }: JobStanding,
  { random }: LaunchClock,
): ProviderError {
  if (!error.isRetryable || error.retryAfterMs !== null) return error;
  const most = Math.min(LAST_BACKOFF_MS, FIRST_BACKOFF_MS * 2 ** refusals);
  return new ProviderError(error.message, {
    status: error.status,
    isRetryable: true,
    retryAfterMs: Math.ceil(random() * most),
    cause: error,
  });
}

function isoTime(ms: number): string {
  return new Date(ms).toISOString();
}
