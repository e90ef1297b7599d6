import { z } from 'zod';
import type { StepInput } from '../src/domain/contracts.js';
import { ConfigError, DataError, ProviderError } from '../src/domain/errors.js';
import type { FineTuneProvider } from '../src/domain/fine-tuning.js';
import { standingOf, type JobEvent } from '../src/domain/job-machine.js';
import { resolutionProblem } from '../src/domain/job-resolution.js';
import type { JobResolution } from '../src/domain/job.js';
import { record } from '../src/providers/launch.js';
import type { Dependencies } from './dependencies.js';
import { createJobLedger } from './job-ledger.js';
import { loadStoredConfiguration } from './stored-configuration.js';

const by = z.string().min(1).max(200);
const resolutionShape: z.ZodType<JobResolution> = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('adopt'), jobId: z.string().min(1).max(200), by }),
  z.strictObject({ kind: z.literal('retry'), by }),
]);

/**
 * Writes a person's decision on a parked job to its ledger, from where the next submission takes it.
 * @throws ConfigError for a job that the provider does not know or that carries another run's key, DataError where
 * nothing is parked any more, and for what is no decision
 */
export async function resolveTune(
  deps: Dependencies,
  input: StepInput & { readonly runKey: string; readonly resolution: JobResolution },
  signal: AbortSignal,
): Promise<void> {
  const resolution = parseResolution(input.resolution);
  const configuration = await loadStoredConfiguration(deps, input.configDigest);
  if (resolution.kind === 'adopt') {
    const provider = deps.providerFor(configuration);
    await assertKnown(provider, resolution.jobId, input.runKey, signal);
    await assertOfRun(provider, resolution.jobId, input.runKey, signal);
  }
  const ledger = createJobLedger(deps.store, input.runKey);
  if (await record(ledger, eventOf(resolution, deps.now()))) return;
  const { phase } = standingOf(await ledger.read());
  // Said twice, or a job that is asked about as before.
  const isDone =
    resolution.kind === 'retry'
      ? phase.kind !== 'parked'
      : phase.kind === 'submitted' && phase.jobId === resolution.jobId;
  if (isDone) return;
  throw new DataError(
    'job-not-parked',
    `job ${resolution.kind === 'adopt' ? resolution.jobId : ''} can't be adopted: the run has another one`,
  );
}

function parseResolution(resolution: unknown): JobResolution {
  const parsed = resolutionShape.safeParse(resolution);
  const problem = resolutionProblem(resolution);
  if (parsed.success && problem === null) return parsed.data;
  const what = problem ?? 'expected {"kind": "adopt", "jobId", "by"} or {"kind": "retry", "by"}';
  throw new DataError('resolution-malformed', `the decision on a parked job: ${what}`);
}

function eventOf(resolution: JobResolution, at: string): JobEvent {
  return resolution.kind === 'adopt'
    ? { kind: 'adopted', jobId: resolution.jobId, by: resolution.by, at }
    : { kind: 'retried', by: resolution.by, at };
}

async function assertKnown(
  provider: FineTuneProvider,
  jobId: string,
  runKey: string,
  signal: AbortSignal,
): Promise<void> {
  try {
    await provider.poll({ provider: provider.name, jobId, runKey }, signal);
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
