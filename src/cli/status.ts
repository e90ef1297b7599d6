import { ScheduleNotFoundError } from '@temporalio/client';
import { askedNameOf } from '../../activities/deployments.js';
import type { Command } from './command-line.js';
import type { Configuration } from '../domain/configuration.js';
import type { LoadedConfiguration } from '../config/load.js';
import {
  approversOf,
  identitiesOf,
  identitiesSentence,
  type Identities,
} from '../domain/approver.js';
import type { PromotionStatus } from '../domain/promotion.js';
import { PrerequisiteError } from '../domain/errors.js';
import { formatUsd, monthOf, openCharge, spentIn, type SpendEntry } from '../domain/spend.js';
import { describeProgress } from '../domain/job.js';
import { scheduleId } from '../domain/workflow-names.js';
import { readAlias } from '../promotion/alias.js';
import type { ChainFate } from '../domain/manifest.js';
import { listChain } from '../release/find-run.js';
import { counted, shortDigest } from '../release/report/numbers.js';
import { readSpend } from '../release/spend-ledger.js';
import {
  defineAction,
  loadFor,
  type CliContext,
  type CommonOptions,
  type ExitCode,
} from './context.js';
import { columns } from './output.js';
import { lastPool, poolLines } from './pool-lines.js';
import { findPromotions, statusOf, type FoundPromotion } from './promotions.js';
import { findRunningWindows, type RunningWindow, withProgress } from './running-windows.js';
import { nextTimes } from './schedule.js';
import { openStoreOf } from './stored-run.js';
import { countWorkers, withTemporal, type TemporalClient } from './temporal-client.js';

const CHAIN_SHOWN = 8;

interface ScheduleState {
  readonly next: readonly string[];
  readonly paused: boolean;
  readonly running: number;
  /** Whether it starts runs with the configuration as it is now. */
  readonly current: boolean;
}

interface Waiting {
  readonly candidate: string;
  readonly window: string;
  readonly champion: string | null;
  readonly evidence: string | null;
  readonly deadline: string | null;
  readonly approvals: readonly string[];
  readonly required: number | null;
  readonly identities: Identities | null;
  readonly approve: string;
}

interface TemporalState {
  readonly workers: number;
  readonly schedule: ScheduleState | null;
  readonly running: readonly RunningWindow[];
  readonly waiting: readonly Waiting[];
}

/** `holdfast status`: champion, chain, what runs and what waits. */
export function registerStatus(program: Command, context: CliContext): void {
  const command = program
    .command('status')
    .summary('champion, chain, what runs and what waits for you')
    .description(
      'Shows the champion, the chain of windows, the schedule, what runs and which candidates wait for a ' +
        'decision, each with the command that approves it. Without Temporal it shows what the store knows.',
    )
    .option('--all', 'the whole chain instead of its last windows');
  defineAction<CommonOptions & { readonly all?: boolean }>(command, context, async (options) =>
    status(await loadFor(options), options.all === true, context),
  );
}

async function status(
  loaded: LoadedConfiguration,
  isWhole: boolean,
  context: CliContext,
): Promise<ExitCode> {
  const { configuration, digest } = loaded;
  const { model } = configuration;
  const store = await openStoreOf(loaded);
  const alias = await readAlias(store, model);
  const championId = alias?.alias.modelId ?? configuration.champion.modelId;
  const name = await askedNameOf({ store }, configuration, championId);
  const servedAs = name === championId ? '' : `, answers as ${name}`;
  const chain = await listChain(store, model);
  const spend = await readSpend(store, model);
  const temporal = await temporalState(loaded, context);
  const { output } = context;
  output.line(`model     ${model} (configuration ${shortDigest(digest)})`);
  output.line(
    alias === null
      ? `champion  ${configuration.champion.modelId}, to be declared by the first run`
      : `champion  ${alias.alias.modelId} (version ${alias.version}${alias.alias.promotion === null ? ', declared' : ''}${servedAs})`,
  );
  output.line(approvalLine(configuration));
  for (const line of spendLines(spend, configuration, context.now())) output.line(line);
  for (const line of chainLines(chain, isWhole)) output.line(line);
  const pool = await lastPool(store, configuration);
  for (const line of poolLines(pool)) output.line(line);
  for (const line of temporalLines(temporal)) output.line(line);
  const known = temporal instanceof PrerequisiteError ? null : temporal;
  output.result({
    model,
    configDigest: digest,
    champion: alias,
    ...(servedAs !== '' && { answersAs: name }),
    chain,
    ...(pool !== null && { pool }),
    spend,
    temporal: known,
  });
  return 0;
}

/** What this month's jobs come to; nothing where none cost anything and there is no cap. */
function spendLines(
  spend: readonly SpendEntry[],
  { train }: Configuration,
  now: Date,
): readonly string[] {
  const month = monthOf(now.toISOString());
  const { monthlyCost } = train;
  if (spend.length === 0 && monthlyCost === null) return [];
  const open = spend.filter((entry) => openCharge(entry) !== null).length;
  const cap = monthlyCost === null ? '' : ` of ${formatUsd(monthlyCost)}`;
  const promised = open === 0 ? '' : `, ${counted(open, 'job')} by estimate`;
  return [`spent     ${formatUsd(spentIn(spend, month))}${cap} in ${month}${promised}`];
}

function approvalLine({ approval }: Configuration): string {
  const names = approversOf(approval.approvers).map(({ name }) => name);
  const who = names.length === 0 ? 'anyone' : names.join(', ');
  const many = approval.required === 1 ? '' : `${approval.required} of `;
  return `approval  by ${many}${who}; ${identitiesSentence(identitiesOf(approval.approvers))}`;
}

function chainLines(chain: readonly ChainFate[], isWhole: boolean): readonly string[] {
  if (chain.length === 0) return ['chain     empty: no window has run'];
  const shown = isWhole ? chain : chain.slice(-CHAIN_SHOWN);
  const rows = columns(
    shown.map(({ window, release, fate }) => [window, `release ${shortDigest(release)}`, fate]),
  );
  const hidden = chain.length - shown.length;
  const more = hidden > 0 ? [`          ${hidden} earlier windows (--all)`] : [];
  return [
    ...more,
    ...rows.map((row, index) => `${index === 0 ? 'chain     ' : '          '}${row}`),
  ];
}

function temporalLines(state: TemporalState | PrerequisiteError): readonly string[] {
  if (state instanceof PrerequisiteError) {
    return ['temporal  what runs and what waits is not known', `          ${state.message}`];
  }
  const lines = [
    `workers   ${state.workers === 0 ? 'none: start one with holdfast worker' : state.workers}`,
  ];
  lines.push(...scheduleLines(state.schedule));
  for (const { window, stage, workflowId, progress = {} } of state.running) {
    lines.push(`running   ${window}  ${stage}  ${workflowId}`);
    const told = describeProgress(progress);
    if (told !== '') lines.push(`          ${told}`);
    if (stage === 'parked')
      lines.push('          it waits for you: holdfast jobs list says with what');
  }
  if (state.running.length === 0) lines.push('running   nothing');
  return [...lines, ...state.waiting.flatMap(waitingLines)];
}

function waitingLines(waiting: Waiting): readonly string[] {
  const { candidate, window, deadline, approvals, required, identities, approve } = waiting;
  const until = deadline === null ? '' : `, until ${deadline.slice(0, 16).replace('T', ' ')} UTC`;
  const lines = [`waiting   ${candidate} (${window}${until})`, `          ${approve}`];
  if (required !== null && required > 1) {
    const names = approvals.length === 0 ? '' : `: ${approvals.join(', ')}`;
    lines.push(`          ${approvals.length} of ${required} approvals${names}`);
  }
  if (identities !== null) lines.push(`          ${identitiesSentence(identities)}`);
  return lines;
}

function scheduleLines(schedule: ScheduleState | null): readonly string[] {
  if (schedule === null) return ['schedule  none: holdfast schedule makes one'];
  const next = schedule.next[0];
  const when =
    next === undefined ? 'fires no more' : `next ${next.slice(0, 16).replace('T', ' ')} UTC`;
  const lines = [`schedule  ${schedule.paused ? 'paused' : when}`];
  if (!schedule.current) {
    lines.push(
      '          runs with an older configuration: holdfast schedule brings it up to date',
    );
  }
  return lines;
}

/** What Temporal knows, or why it can't be asked. */
async function temporalState(
  loaded: LoadedConfiguration,
  context: CliContext,
): Promise<TemporalState | PrerequisiteError> {
  const { configuration } = loaded;
  try {
    return await withTemporal(configuration, context.environment, async (temporal) => {
      const workers = await countWorkers(temporal, context.now());
      return {
        workers,
        schedule: await scheduleState(temporal, loaded),
        running: await withProgress(
          temporal,
          await findRunningWindows(temporal, configuration.model),
        ),
        waiting: await waitingPromotions(temporal, configuration.model, workers > 0),
      };
    });
  } catch (error) {
    if (error instanceof PrerequisiteError) return error;
    throw error;
  }
}

async function scheduleState(
  { client }: TemporalClient,
  { configuration, digest }: LoadedConfiguration,
): Promise<ScheduleState | null> {
  try {
    const schedule = await client.schedule.getHandle(scheduleId(configuration.model)).describe();
    const { info, state, action } = schedule;
    const [input] = (action.args ?? []) as readonly (
      { readonly configDigest?: string } | undefined
    )[];
    return {
      next: nextTimes(schedule),
      paused: state.paused,
      running: info.runningActions.length,
      current: input?.configDigest === digest,
    };
  } catch (error) {
    if (error instanceof ScheduleNotFoundError) return null;
    throw error;
  }
}

async function waitingPromotions(
  temporal: TemporalClient,
  model: string,
  hasWorker: boolean,
): Promise<readonly Waiting[]> {
  const running = (await findPromotions(temporal, model)).filter((one) => one.isRunning);
  return Promise.all(
    running.map(async (promotion) => {
      const { candidate, window } = promotion;
      const status = hasWorker ? await statusOrNull(temporal, promotion) : null;
      return {
        candidate,
        window,
        champion: status?.subject.champion ?? null,
        evidence: status?.subject.evidenceDigest ?? null,
        deadline: status?.deadline ?? null,
        approvals: status?.approvals ?? [],
        required: status?.required ?? null,
        identities: status?.identities ?? null,
        approve: `holdfast approve ${candidate} --reason "…"`,
      };
    }),
  );
}

/** What a promotion says of itself, or `null` where no worker answers for it: the rest is still worth showing. */
async function statusOrNull(
  temporal: TemporalClient,
  { workflowId, runId }: FoundPromotion,
): Promise<PromotionStatus | null> {
  try {
    return await statusOf(temporal, temporal.client.workflow.getHandle(workflowId, runId));
  } catch (error) {
    if (error instanceof PrerequisiteError) return null;
    throw error;
  }
}
