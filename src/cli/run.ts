import type { WorkflowHandle } from '@temporalio/client';
import type { Command } from './command-line.js';
import { operatorName } from '../config/environment.js';
import type { LoadedConfiguration } from '../config/load.js';
import type { RunMode, WeeklyInput, WeeklyOutcome } from '../domain/contracts.js';
import { ConfigError } from '../domain/errors.js';
import { assertEvalSets } from '../evals/eval-set.js';
import { lastWindowEndedBy, windowAt, windowIndex, type WindowPlan } from '../domain/window.js';
import { WORKFLOWS } from '../domain/workflow-names.js';
import {
  defineAction,
  loadFor,
  type CliContext,
  type CommonOptions,
  type ExitCode,
} from './context.js';
import { followStages } from './follow.js';
import { tellOutcome } from './run-story.js';
import { runSkip } from './skip.js';
import { openStoreOf, storeConfiguration } from './stored-run.js';
import { requireWorker, withTemporal, type TemporalClient } from './temporal-client.js';

/** Options of `holdfast run`. */
export interface RunOptions extends CommonOptions {
  readonly window?: string;
  readonly dryRun?: boolean;
  readonly rebuild?: boolean;
  readonly reopen?: boolean;
  readonly skip?: string;
  readonly reason?: string;
  readonly by?: string;
  readonly detach?: boolean;
}

const HELP = `
Examples:
  holdfast run
      the last window that is over, and whatever misses before it
  holdfast run --window 2026-W07 --dry-run
      as far as the release and the cost estimate; nothing is sent
  holdfast run --window 2026-W07 --rebuild
      the release once more; fails unless it is the same to the byte
  holdfast run --window 2026-W07 --reopen
      closes the input anew (the last window of the chain only)
  holdfast run --skip 2026-W08 --reason "no logs were kept"
      an audited, empty release in the place of the window
`;

/** `holdfast run`: one window, now. */
export function registerRun(program: Command, context: CliContext): void {
  const command = program
    .command('run')
    .summary('run a window now')
    .description(
      'Runs a window: logs in, a release, a candidate, a comparison and a decision out. Windows that the ' +
        'chain misses before it run first. A window that runs already, started by whomever, is joined; one ' +
        'that was decided on is not run twice. Ctrl-C leaves the run to the worker. ' +
        'A decision of any kind ends with exit code 0, a run that failed with 1.',
    )
    .option('-w, --window <week>', 'the window, by the ISO week it begins with (2026-W07)')
    .option('--dry-run', 'stop at the release and the cost estimate')
    .option('--rebuild', 'make the release again and hold it against the chain')
    .option('--reopen', 'close a new window manifest, under the next attempt')
    .option('--skip <week>', 'put an empty release in the place of this window')
    .option('--reason <text>', 'why a window is skipped; goes into the audit log')
    .option('--by <name>', 'who runs or skips it; the user at the terminal otherwise')
    .option('--detach', 'start it and return')
    .addHelpText('after', HELP);
  defineAction<RunOptions>(command, context, (options) => run(options, context));
}

async function run(options: RunOptions, context: CliContext): Promise<ExitCode> {
  const mode = modeOf(options);
  const loaded = await loadFor(options);
  if (options.skip !== undefined) return runSkip(options.skip, options, loaded, context);
  const { configuration } = loaded;
  const window = chooseWindow(configuration.window, options.window, mode, context.now());
  assertEvalSets(configuration);
  return withTemporal(configuration, context.environment, async (temporal) => {
    await requireWorker(temporal, context.now());
    const reference = await storeConfiguration(await openStoreOf(loaded), loaded);
    const startedBy = options.by ?? operatorName(context.environment);
    const handle = await start(temporal, {
      ...reference,
      window,
      mode,
      reopen: options.reopen === true,
      ...(startedBy === null ? {} : { startedBy }),
    });
    context.output.line(`${configuration.model} ${window}: ${handle.workflowId}`);
    if (options.detach === true) {
      context.output.result({ workflowId: handle.workflowId, runId: handle.firstExecutionRunId });
      return 0;
    }
    return waitAndTell(temporal, handle, loaded, context);
  });
}

function modeOf({ dryRun, rebuild, reopen, skip, window, reason }: RunOptions): RunMode {
  if ([dryRun, rebuild, reopen, skip !== undefined].filter(Boolean).length > 1) {
    throw new ConfigError('give one of --dry-run, --rebuild, --reopen and --skip');
  }
  if (skip !== undefined && window !== undefined) {
    throw new ConfigError('--skip names the window itself; leave --window out');
  }
  if (skip !== undefined && (reason ?? '').trim() === '') {
    throw new ConfigError('--skip needs --reason TEXT, for the audit log');
  }
  if (dryRun === true) return 'dry-run';
  return rebuild === true ? 'rebuild' : 'run';
}

/** The window asked for, or the last that is over. @throws ConfigError when there is none, or it is not over. */
export function chooseWindow(
  plan: WindowPlan,
  asked: string | undefined,
  mode: RunMode,
  now: Date,
): string {
  const last = lastWindowEndedBy(plan, now.getTime());
  if (asked === undefined) {
    if (last >= 0) return windowAt(plan, last).id;
    const { id, to } = windowAt(plan, 0);
    throw new ConfigError(
      `the first window, ${id}, ends on ${to.slice(0, 10)}: nothing is due yet`,
    );
  }
  const index = windowIndex(plan, asked);
  if (index > last && mode !== 'dry-run') {
    const { to } = windowAt(plan, index);
    throw new ConfigError(
      `window ${asked} ends on ${to.slice(0, 10)} and is not over: closing it now would leave records out (--dry-run may look)`,
    );
  }
  return asked;
}

function start(
  { client, taskQueue }: TemporalClient,
  input: WeeklyInput & { readonly window: string },
): Promise<WorkflowHandle & { readonly firstExecutionRunId: string }> {
  const { model, mode, reopen, window } = input;
  const kind = reopen ? '/reopen' : mode === 'run' ? '' : `/${mode}`;
  return client.workflow.start(WORKFLOWS.weekly, {
    workflowId: `run/${model}/${window}${kind}`,
    taskQueue,
    args: [input],
    workflowIdConflictPolicy: 'USE_EXISTING',
    workflowIdReusePolicy: 'ALLOW_DUPLICATE',
    staticSummary: `${model} ${window}, by hand${kind === '' ? '' : ` (${kind.slice(1)})`}`,
  });
}

async function waitAndTell(
  temporal: TemporalClient,
  handle: WorkflowHandle,
  loaded: LoadedConfiguration,
  context: CliContext,
): Promise<ExitCode> {
  const { output, interrupted } = context;
  const following = followStages(temporal, loaded.configuration.model, context);
  const result = handle.result() as Promise<WeeklyOutcome>;
  // Left alone after Ctrl-C, it ends with the connection; that is no failure of the run.
  result.catch(() => undefined);
  const left = new Promise<null>((resolve) => {
    if (interrupted.aborted) resolve(null);
    interrupted.addEventListener('abort', () => resolve(null), { once: true });
  });
  try {
    const ended = await Promise.race([result, left]);
    if (ended === null) {
      output.note(`left ${handle.workflowId} to the worker; \`holdfast status\` shows it`);
      output.result({ workflowId: handle.workflowId, left: true });
      return 0;
    }
    await following.stop();
    await tellOutcome(ended, loaded, await openStoreOf(loaded), context);
    return 0;
  } finally {
    await following.stop();
  }
}
