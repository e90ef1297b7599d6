import { WorkflowUpdateFailedError, type WorkflowHandle } from '@temporalio/client';
import type { Command } from './command-line.js';
import type { Configuration } from '../domain/configuration.js';
import { ConfigError, PrerequisiteError } from '../domain/errors.js';
import { approveCommand, type JobResolution } from '../domain/job.js';
import type { Parked } from '../domain/parked.js';
import { formatUsd } from '../domain/spend.js';
import { PARKED_QUERY, RESOLVE_JOB_UPDATE, windowWorkflowId } from '../domain/workflow-names.js';
import {
  defineAction,
  loadFor,
  type CliContext,
  type CommonOptions,
  type ExitCode,
} from './context.js';
import { operatorOf } from './operator.js';
import { parkedLines, type ParkedRun } from './parked-lines.js';
import { findRunningWindows } from './running-windows.js';
import {
  isDeadlineExceeded,
  requireWorker,
  withTemporal,
  type TemporalClient,
} from './temporal-client.js';

/** Looking a job up at its provider, and two small writes. */
const TIMEOUT_MS = 60_000;

interface ByOptions extends CommonOptions {
  readonly by?: string;
}

interface AdoptOptions extends ByOptions {
  readonly model?: string;
}

interface CostOptions extends ByOptions {
  readonly cost: string;
}

/** `holdfast jobs`: runs that wait for a person to say what becomes of a fine-tuning job, or that a bill is paid. */
export function registerJobs(program: Command, context: CliContext): void {
  const jobs = program
    .command('jobs')
    .summary('runs that are parked, and how they go on')
    .description(
      'A run is parked where only a person can say whether its job exists (a create whose answer was lost), or ' +
        'see to a bill, of the trainer or of whoever answers and judges, or let so much be spent. It waits until somebody ' +
        'does, and never creates a second job by itself. Who decided what goes into the audit log; the name is a claim.',
    );
  defineAction<CommonOptions>(
    jobs
      .command('list')
      .summary('what is parked, and why')
      .description('Lists the parked runs, each with its candidates and the commands that go on.'),
    context,
    (options) => list(options, context),
  );
  defineAction<AdoptOptions>(
    jobs
      .command('adopt <run> <job>')
      .summary('go on with a job that the provider shows')
      .description(
        'Says that the job of a parked run is this one. RUN is its window (2026-W07) or workflow id. The job is ' +
          'looked up at the provider first; one that it does not know is refused (exit code 1). Where the job is done ' +
          'and the provider names no model of it, --model says what its model is asked as; it is asked a word first.',
      )
      .option('--model <name>', 'the name of its model, where the provider names none')
      .option('--by <name>', 'who decides; the user at the terminal otherwise'),
    context,
    (options, [run = '', jobId = '']) =>
      resolve(run, (by) => adoptionOf(by, jobId, options.model), options, context),
  );
  defineAction<ByOptions>(
    jobs
      .command('retry <run>')
      .summary('have another attempt made')
      .description(
        'Says that there is no job, or that the bill is seen to: the provider is searched once more, and asked ' +
          'for a job if none is found; where models are being measured, whoever did not answer is asked for the rest. RUN ' +
          'is the window (2026-W07) or workflow id.',
      )
      .option('--by <name>', 'who decides; the user at the terminal otherwise'),
    context,
    (options, [run = '']) => resolve(run, (by) => ({ kind: 'retry', by }), options, context),
  );
  defineAction<CostOptions>(
    jobs
      .command('approve-cost <run>')
      .summary('let a job be paid for that costs more than train.approveAbove')
      .description(
        'Lets the job of a parked run be asked for at the estimate that `holdfast jobs list` shows; where it is another ' +
          'by now, nothing is let (exit code 2). RUN is the window (2026-W07) or workflow id.',
      )
      .requiredOption('--cost <usd>', 'the estimate that is let, as shown: 12.30')
      .option('--by <name>', 'who decides; the user at the terminal otherwise'),
    context,
    (options, [run = '']) =>
      resolve(run, (by, parked) => approvalOf(by, options.cost, parked), options, context),
  );
}

function adoptionOf(by: string, jobId: string, modelId: string | undefined): JobResolution {
  return { kind: 'adopt', jobId, by, ...(modelId !== undefined && { modelId }) };
}

/** @throws ConfigError where the run waits for something else, or for the approval of another figure */
function approvalOf(by: string, seen: string, { window, parked }: ParkedRun): JobResolution {
  const cost = parked.reason === 'approval' ? parked.cost : undefined;
  if (cost === undefined) {
    throw new ConfigError(
      `run ${window} does not wait for approval of its cost; \`holdfast jobs list\` says what it waits for`,
    );
  }
  if (!/^\d+(\.\d+)?$/.test(seen)) {
    throw new ConfigError(
      `--cost ${seen}: expected USD as \`holdfast jobs list\` shows them, such as 12.30`,
    );
  }
  if (Number(seen) === cost) return { kind: 'approve-cost', cost, by };
  throw new ConfigError(
    `run ${window} waits for approval of ${formatUsd(cost)}, and --cost says ${formatUsd(Number(seen))}; nothing was ` +
      `let. If that is right as well: \`${approveCommand(window, cost)}\``,
  );
}

async function list(options: CommonOptions, context: CliContext): Promise<ExitCode> {
  const { configuration } = await loadFor(options);
  const { output } = context;
  return withTemporal<ExitCode>(configuration, context.environment, async (temporal) => {
    const runs = await findParked(temporal, configuration.model, context.now());
    for (const run of runs) for (const line of parkedLines(run)) output.line(line);
    if (runs.length === 0) output.line('no run is parked');
    output.result({ model: configuration.model, parked: runs });
    return 0;
  });
}

/** The runs of a model that are parked, by their own account. */
async function findParked(
  temporal: TemporalClient,
  model: string,
  now: Date,
): Promise<readonly ParkedRun[]> {
  const stopped = (await findRunningWindows(temporal, model)).filter(
    ({ stage }) => stage === 'parked',
  );
  if (stopped.length > 0) await requireWorker(temporal, now);
  const runs: ParkedRun[] = [];
  for (const { window, workflowId } of stopped) {
    const parked = await parkedOf(temporal, temporal.client.workflow.getHandle(workflowId));
    if (parked !== null) runs.push({ window, workflowId, parked });
  }
  return runs;
}

function parkedOf({ client }: TemporalClient, handle: WorkflowHandle): Promise<Parked | null> {
  return client.connection.withDeadline(Date.now() + TIMEOUT_MS, () =>
    handle.query<Parked | null, []>(PARKED_QUERY),
  );
}

async function resolve(
  run: string,
  resolutionOf: (by: string, run: ParkedRun) => JobResolution,
  options: ByOptions,
  context: CliContext,
): Promise<ExitCode> {
  const { configuration } = await loadFor(options);
  const { output } = context;
  return withTemporal<ExitCode>(configuration, context.environment, async (temporal) => {
    await requireWorker(temporal, context.now());
    const parkedRun = await parkedRunOf(temporal, configuration, run, context.now());
    const { workflowId } = parkedRun;
    const resolution = resolutionOf(operatorOf(options.by, context.environment), parkedRun);
    const handle = temporal.client.workflow.getHandle(workflowId);
    const refused = await send(temporal, handle, resolution, `resolution-${context.randomId()}`);
    if (refused === null) {
      output.line(`${workflowId} goes on with ${describe(resolution)}`);
    } else output.note(`refused: ${refused}`);
    output.result({ workflowId, ...resolution, refused });
    return refused === null ? 0 : 1;
  });
}

function describe(resolution: JobResolution): string {
  switch (resolution.kind) {
    case 'adopt':
      return resolution.modelId === undefined
        ? `job ${resolution.jobId}`
        : `job ${resolution.jobId}, whose model is ${resolution.modelId}`;
    case 'retry':
      return 'another attempt';
    case 'approve-cost':
      return `a job of about ${formatUsd(resolution.cost)}`;
  }
}

/** @throws ConfigError where no such run is parked */
async function parkedRunOf(
  temporal: TemporalClient,
  { model }: Configuration,
  run: string,
  now: Date,
): Promise<ParkedRun> {
  const wanted = run.includes('/') ? run : windowWorkflowId('run', model, run);
  const parked = await findParked(temporal, model, now);
  const found = parked.find(({ workflowId }) => workflowId === wanted);
  if (found !== undefined) return found;
  const names = parked.map(({ window }) => window).join(', ');
  throw new ConfigError(
    `no run ${run} of ${model} is parked; ${names === '' ? 'none is' : `parked: ${names}`}`,
  );
}

/** Sends the decision; why it was refused, or `null`. */
async function send(
  { client }: TemporalClient,
  handle: WorkflowHandle,
  resolution: JobResolution,
  updateId: string,
): Promise<string | null> {
  try {
    await client.connection.withDeadline(Date.now() + TIMEOUT_MS, () =>
      handle.executeUpdate<undefined, [JobResolution]>(RESOLVE_JOB_UPDATE, {
        args: [resolution],
        updateId,
      }),
    );
    return null;
  } catch (error) {
    if (error instanceof WorkflowUpdateFailedError) return deepestMessage(error);
    if (!isDeadlineExceeded(error)) throw error;
    throw new PrerequisiteError(
      `no answer within ${TIMEOUT_MS / 1000} s: the decision may still be carried out; look with \`holdfast jobs list\``,
      { cause: error },
    );
  }
}

function deepestMessage(error: Error): string {
  return error.cause instanceof Error ? deepestMessage(error.cause) : error.message;
}
