import { z } from 'zod';
import type { ResolveTuneInput } from '../src/domain/contracts.js';
import { ConfigError, DataError, ProviderError } from '../src/domain/errors.js';
import type { FineTuneProvider } from '../src/domain/fine-tuning.js';
import { standingOf, type JobEvent, type JobStanding } from '../src/domain/job-machine.js';
import { resolutionProblem } from '../src/domain/job-resolution.js';
import { approveCommand, type JobResolution, type JobState } from '../src/domain/job.js';
import { formatUsd } from '../src/domain/spend.js';
import { record } from '../src/providers/launch.js';
import { auditResolution } from './auditing-resolutions.js';
import type { Dependencies } from './dependencies.js';
import { createJobLedger } from './job-ledger.js';
import { assertModel } from './named-model.js';
import { loadStoredConfiguration } from './stored-configuration.js';

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
  const configuration = await loadStoredConfiguration(deps, input.configDigest);
  if (resolution.kind === 'adopt') {
    const provider = deps.providerFor(configuration);
    const state = await knownState(provider, resolution.jobId, input.runKey, signal);
    await assertOfRun(provider, resolution.jobId, input.runKey, signal);
    await assertModel(deps, configuration, state, resolution, signal);
  }
  const ledger = createJobLedger(deps.store, input.runKey);
  const isNew = await record(ledger, eventOf(resolution, deps.now()));
  const standing = standingOf(await ledger.read());
  if (!isNew && !isDone(resolution, standing))
    throw notParked(resolution, standing, input.window.id);
  await auditResolution(deps, input, resolution, standing);
}

/** Said twice, or a job that is asked about as before. */
function isDone(resolution: JobResolution, { phase, approvedCost }: JobStanding): boolean {
  switch (resolution.kind) {
    case 'adopt':
      return phase.kind === 'submitted' && phase.jobId === resolution.jobId;
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
    resolution.kind === 'adopt' && phase.kind !== 'parked'
      ? `job ${resolution.jobId} can't be adopted: the run has another one`
      : waits;
  return new DataError('job-not-parked', message);
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
