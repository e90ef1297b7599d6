import {
  ScheduleAlreadyRunning,
  ScheduleNotFoundError,
  ScheduleOverlapPolicy,
} from '@temporalio/client';
import type { ScheduleDescription, ScheduleHandle, ScheduleOptions } from '@temporalio/client';
import type { Command } from './command-line.js';
import type { Configuration } from '../domain/configuration.js';
import type { WeeklyInput } from '../domain/contracts.js';
import type { ConfigReference } from '../domain/config-reference.js';
import { ConfigError } from '../domain/errors.js';
import { assertEvalSets } from '../evals/eval-set.js';
import { windowAt } from '../domain/window.js';
import { scheduleId, WORKFLOWS } from '../domain/workflow-names.js';
import {
  defineAction,
  loadFor,
  type CliContext,
  type CommonOptions,
  type ExitCode,
} from './context.js';
import { openStoreOf, storeConfiguration } from './stored-run.js';
import { withTemporal, type TemporalClient } from './temporal-client.js';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const NEXT_TIMES_SHOWN = 3;

interface ScheduleCommandOptions extends CommonOptions {
  readonly pause?: boolean;
  readonly resume?: boolean;
  readonly trigger?: boolean;
  readonly delete?: boolean;
}

/** `holdfast schedule`: the weekly run, started by Temporal. */
export function registerSchedule(program: Command, context: CliContext): void {
  const command = program
    .command('schedule')
    .summary('start a run by itself after every window')
    .description(
      'Makes the schedule that starts a run after every window, or brings it up to date with the ' +
        'configuration. A run that is due while another runs waits for it; runs missed while Temporal was ' +
        'down are made up for as far back as schedule.catchUpDays.',
    )
    .option('--pause', 'start nothing until --resume')
    .option('--resume', 'go on after --pause')
    .option('--trigger', 'start a run now as well; one that runs already is waited for')
    .option('--delete', 'take the schedule away; what runs goes on')
    .addHelpText('after', '\nExamples:\n  holdfast schedule\n  holdfast schedule --trigger\n');
  defineAction<ScheduleCommandOptions>(command, context, (options) => schedule(options, context));
}

async function schedule(options: ScheduleCommandOptions, context: CliContext): Promise<ExitCode> {
  const asked = [options.pause, options.resume, options.trigger, options.delete].filter(Boolean);
  if (asked.length > 1) {
    throw new ConfigError('give one of --pause, --resume, --trigger and --delete');
  }
  const loaded = await loadFor(options);
  const { configuration } = loaded;
  const isMade = asked.length === 0 || options.trigger === true;
  if (isMade) assertEvalSets(configuration);
  return withTemporal(configuration, context.environment, async (temporal) => {
    const handle = temporal.client.schedule.getHandle(scheduleId(configuration.model));
    if (options.delete === true) {
      await orMissing(configuration, () => handle.delete());
      return tell(context, configuration, 'deleted', []);
    }
    if (options.pause === true || options.resume === true) {
      const pausing = options.pause === true;
      await orMissing(configuration, () => (pausing ? handle.pause() : handle.unpause()));
      const did = pausing ? 'paused' : 'resumed';
      return tell(context, configuration, did, nextTimes(await handle.describe()));
    }
    const reference = await storeConfiguration(await openStoreOf(loaded), loaded);
    const wanted = scheduleOptions(configuration, reference, temporal.taskQueue);
    const did = await createOrUpdate(temporal, handle, wanted);
    if (options.trigger === true) await handle.trigger(ScheduleOverlapPolicy.BUFFER_ONE);
    const what = options.trigger === true ? `${did} and triggered` : did;
    return tell(context, configuration, what, nextTimes(await handle.describe()));
  });
}

/**
 * The schedule of a model: every window's length, so that it fires `delayHours` after a window's end.
 * Temporal counts intervals from 1970-01-01; the offset is the first firing's distance from that grid.
 */
export function scheduleOptions(
  configuration: Configuration,
  reference: ConfigReference,
  taskQueue: string,
): ScheduleOptions {
  const { model, window, schedule: policy } = configuration;
  const every = window.weeks * 7 * DAY_MS;
  const firstEnd = Date.parse(windowAt(window, 0).to);
  const firstFiring = firstEnd + policy.delayHours * HOUR_MS;
  const input: WeeklyInput = { ...reference, window: null, mode: 'run', reopen: false };
  return {
    scheduleId: scheduleId(model),
    spec: { intervals: [{ every, offset: firstFiring % every }], startAt: new Date(firstEnd) },
    policies: {
      overlap: ScheduleOverlapPolicy.BUFFER_ONE,
      catchupWindow: policy.catchUpDays * DAY_MS,
      pauseOnFailure: false,
    },
    action: {
      type: 'startWorkflow',
      workflowType: WORKFLOWS.weekly,
      workflowId: `weekly/${model}`,
      taskQueue,
      args: [input],
      staticSummary: `${model}: the windows that are over`,
      staticDetails: `Started by the schedule ${scheduleId(model)} with configuration ${reference.configDigest.slice(0, 12)}.`,
    },
    memo: { configDigest: reference.configDigest },
  };
}

async function createOrUpdate(
  { client }: TemporalClient,
  handle: ScheduleHandle,
  wanted: ScheduleOptions,
): Promise<'created' | 'updated'> {
  try {
    await client.schedule.create(wanted);
    return 'created';
  } catch (error) {
    if (!(error instanceof ScheduleAlreadyRunning)) throw error;
  }
  await handle.update((previous) => ({
    spec: wanted.spec,
    action: wanted.action,
    ...(wanted.policies === undefined ? {} : { policies: wanted.policies }),
    state: previous.state,
  }));
  return 'updated';
}

/** The next times a schedule fires, ISO 8601. */
export function nextTimes({ info }: Pick<ScheduleDescription, 'info'>): readonly string[] {
  return info.nextActionTimes.slice(0, NEXT_TIMES_SHOWN).map((time) => time.toISOString());
}

async function orMissing(configuration: Configuration, act: () => Promise<unknown>): Promise<void> {
  try {
    await act();
  } catch (error) {
    if (!(error instanceof ScheduleNotFoundError)) throw error;
    throw new ConfigError(
      `${configuration.model} has no schedule; \`holdfast schedule\` makes one`,
      {
        cause: error,
      },
    );
  }
}

function tell(
  { output }: CliContext,
  { model }: Configuration,
  did: string,
  next: readonly string[],
): ExitCode {
  output.line(`schedule ${scheduleId(model)} ${did}`);
  for (const time of next) output.line(`  next ${time.slice(0, 16).replace('T', ' ')} UTC`);
  output.result({ schedule: scheduleId(model), did, next });
  return 0;
}
