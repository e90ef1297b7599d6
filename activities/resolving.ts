import { z } from 'zod';
import type { ResolveTuneInput } from '../src/domain/contracts.js';
import { ConfigError, DataError, ProviderError } from '../src/domain/errors.js';
import type { FineTuneProvider, JobLedger } from '../src/domain/fine-tuning.js';
import {
  givenName,
  standingOf,
  type JobEvent,
  type JobPhase,
  type JobStanding,
} from '../src/domain/job-machine.js';
import { resolutionProblem } from '../src/domain/job-resolution.js';
import { approveCommand, type JobResolution, type JobState } from '../src/domain/job.js';
import { formatUsd } from '../src/domain/spend.js';
import { record } from '../src/providers/launch.js';
import { auditResolution } from './auditing-resolutions.js';
import type { Dependencies } from './dependencies.js';
import { createJobLedger } from './job-ledger.js';
import { assertModel } from './named-model.js';
import { servedAsNow } from './served-base.js';
import { loadStoredConfiguration } from './stored-configuration.js';

type Adoption = Extract<JobResolution, { readonly kind: 'adopt' }>;

const by = z.string().min(1).max(200);
const resolutionShape: z.ZodType<JobResolution> = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('adopt'),
    jobId: z.string().min(1).max(200),
    by,
    modelId: z.string().min(1).max(200).optional(),
  }),
  z.strictObject({ kind: z.literal('retry'), by }),
  z.strictObject({ kind: z.literal('approve-cost'), cost: z.number().gt(0), by }),
]);

/**
 * Writes a person's decision on a parked job to its ledger, from where the next submission takes it, and to the audit log.
 * @throws ConfigError for a job that the provider does not know or that carries another run's key, DataError where
 * nothing is parked any more, and for what is no decision
 */
export async function resolveTune(
  deps: Dependencies,
  input: ResolveTuneInput,
  signal: AbortSignal,
): Promise<void> {
  const resolution = parseResolution(input.resolution);
  const ledger = createJobLedger(deps.store, input.runKey);
  if (resolution.kind === 'adopt') {
    await assertAdoptable(deps, input, ledger, resolution, signal);
  }
  const isNew = await record(ledger, eventOf(resolution, deps.now()));
  const standing = standingOf(await ledger.read());
  if (!isNew && !isDone(resolution, standing))
    throw notParked(resolution, standing, input.window.id);
  await auditResolution(deps, input, resolution, standing);
}

async function assertAdoptable(
  deps: Dependencies,
  { configDigest, runKey }: ResolveTuneInput,
  ledger: JobLedger,
  resolution: Adoption,
  signal: AbortSignal,
): Promise<void> {
  const { jobId, modelId } = resolution;
  const configuration = servedAsNow(deps, await loadStoredConfiguration(deps, configDigest));
  const provider = deps.providerFor(configuration);
  const state = await knownState(provider, jobId, runKey, signal);
  await assertOfRun(provider, jobId, runKey, signal);
  const given = givenName(standingOf(await ledger.read()), jobId);
  // What another run of the key was told is as good as it was then: the model may be down again.
  if (modelId === undefined || modelId === given) return;
  await assertModel(deps, configuration, state, { runKey, jobId, modelId }, signal);
}

/** Said twice, or a job that is asked about as before, by the name that it was given if any. */
function isDone(resolution: JobResolution, { phase, approvedCost }: JobStanding): boolean {
  switch (resolution.kind) {
    case 'adopt': {
      const isTaken = phase.kind === 'submitted' || (phase.kind === 'ended' && phase.isUsable);
      if (!isTaken || phase.jobId !== resolution.jobId) return false;
      return resolution.modelId === undefined || resolution.modelId === phase.modelId;
    }
    case 'retry':
      return phase.kind !== 'parked';
    case 'approve-cost':
      return approvedCost === resolution.cost;
  }
}

function notParked(resolution: JobResolution, { phase }: JobStanding, window: string): DataError {
  const waits =
    phase.kind !== 'parked'
      ? `the run is not parked any more, it is ${phase.kind}`
      : phase.reason === 'approval'
        ? `the run waits for approval of ${formatUsd(phase.cost ?? 0)}: \`${approveCommand(window, phase.cost)}\``
        : 'no cost of this run waits for approval';
  const message =
    resolution.kind === 'adopt' && phase.kind !== 'parked' ? notAdopted(resolution, phase) : waits;
  return new DataError('job-not-parked', message);
}

function notAdopted({ jobId, modelId }: Adoption, phase: JobPhase): string {
  if (modelId === undefined || !('jobId' in phase) || phase.jobId !== jobId) {
    return `job ${jobId} can't be adopted: the run has another one`;
  }
  if (phase.modelId === undefined) {
    return `job ${jobId} was adopted without a name, so ${modelId} is not taken; name its model if the run is parked again`;
  }
  return `job ${jobId} goes on as ${phase.modelId} already, and a name that was written down stays: ${modelId} is not taken`;
}

function parseResolution(resolution: unknown): JobResolution {
  const parsed = resolutionShape.safeParse(resolution);
  const problem = resolutionProblem(resolution);
  if (parsed.success && problem === null) return parsed.data;
  const what =
    problem ??
    'expected {"kind": "adopt", "jobId", "by"} with "modelId" where it has to be named, {"kind": "retry", "by"} or {"kind": "approve-cost", "cost", "by"}';
  throw new DataError('resolution-malformed', `the decision on a parked job: ${what}`);
}

function eventOf(resolution: JobResolution, at: string): JobEvent {
  const { by } = resolution;
  switch (resolution.kind) {
    case 'adopt':
      return {
        ...{ kind: 'adopted', jobId: resolution.jobId, by, at },
        ...(resolution.modelId !== undefined && { modelId: resolution.modelId }),
      };
    case 'retry':
      return { kind: 'retried', by, at };
    case 'approve-cost':
      return { kind: 'cost-approved', cost: resolution.cost, by, at };
  }
}

async function knownState(
  provider: FineTuneProvider,
  jobId: string,
  runKey: string,
  signal: AbortSignal,
): Promise<JobState> {
  try {
    return await provider.poll({ provider: provider.name, jobId, runKey }, signal);
  } catch (error) {
    const isAbsent = error instanceof ProviderError && [400, 404].includes(error.status ?? 0);
    if (!isAbsent) throw error;
    throw new ConfigError(
      `${provider.name} knows no job ${jobId}; look its id up in the provider's own list`,
    );
  }
}

/** A job that carries no key may be anybody's; of one that does only its own run may take the model. */
async function assertOfRun(
  provider: FineTuneProvider,
  jobId: string,
  runKey: string,
  signal: AbortSignal,
): Promise<void> {
  const owner = await provider.runKeyOf(jobId, signal);
  if (owner === null || owner === runKey) return;
  throw new ConfigError(
    `${provider.name} has job ${jobId} as one of run key ${owner}, and this run's is ${runKey}: it trains on other ` +
      `data or otherwise; adopt a job without a run key, or have another attempt made with \`holdfast jobs retry\``,
  );
}
