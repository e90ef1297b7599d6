import type { Configuration } from '../src/domain/configuration.js';
import type { StepInput } from '../src/domain/contracts.js';
import { ConfigError } from '../src/domain/errors.js';
import type { JobLedger } from '../src/domain/fine-tuning.js';
import { standingOf, type JobStanding } from '../src/domain/job-machine.js';
import type { EndedJob, UnnamedModel } from '../src/domain/job.js';
import {
  type Charge,
  formatUsd,
  isCounted,
  monthAfter,
  monthOf,
  openCharge,
  reserved,
  settled,
  type SpendEntry,
  spentIn,
  toCents,
  withdrawn,
} from '../src/domain/spend.js';
import { record } from '../src/providers/launch.js';
import { changeSpend, readSpend } from '../src/release/spend-ledger.js';
import type { Dependencies } from './dependencies.js';

type Trained = StepInput & { readonly release: string };

/** A job before it is asked for. */
export interface PricedJob {
  readonly runKey: string;
  /** USD, estimated. */
  readonly cost: number;
}

type NewCharge = Omit<Charge, 'jobId' | 'actual'>;

/** Whether a launch may ask for a job that is paid for: none is there, and none may be. */
export function mayCost({ phase }: JobStanding): boolean {
  return phase.kind === 'ready' || (phase.kind === 'ended' && !phase.isUsable);
}

/**
 * Parks a job that costs more than may be spent unasked, in the ledger, where the launch finds it. The limit is that of
 * the configuration that the worker started with: what may be spent is no matter of a window's bytes.
 */
export async function parkForApproval(
  { startedWith }: Dependencies,
  ledger: JobLedger,
  { cost }: PricedJob,
): Promise<void> {
  const { approveAbove } = startedWith.train;
  const standing = standingOf(await ledger.read());
  if (approveAbove === null || cost <= approveAbove || cost <= standing.approvedCost) return;
  await record(ledger, {
    kind: 'parked',
    attempt: standing.attempts,
    reason: 'approval',
    candidates: [],
    message:
      `training would cost about ${formatUsd(cost)}, and more than the ${formatUsd(approveAbove)} of train.approveAbove ` +
      `is spent only when a person says so; nothing was sent`,
    cost,
  });
}

/**
 * Puts a job's estimate into its month before it is asked for, and gives the charge; `null` where it costs nothing.
 * Written first and summed up afterwards, so that of two runs at once neither overlooks the other.
 * @throws ConfigError where the month's cap would be exceeded; nothing is left reserved
 */
export async function reserveCost(
  deps: Dependencies,
  { model, window, release }: Trained,
  { runKey, cost }: PricedJob,
): Promise<NewCharge | null> {
  if (cost === 0) return null;
  const { store } = deps;
  const charge = { window: window.id, release, at: deps.now(), estimate: cost };
  await changeSpend(store, model, runKey, (entry) => reserved(entry, runKey, charge));
  const entries = await readSpend(store, model);
  const month = monthOf(charge.at);
  const problem = monthProblem(deps.startedWith, month, spentIn(entries, month) - cost, cost);
  if (problem === null) return charge;
  await withdraw(deps, model, runKey, charge);
  throw new ConfigError(problem);
}

/** Takes a charge back, and none that another attempt has put in its place: that one's job may be on its way. */
async function withdraw(
  { store }: Dependencies,
  model: string,
  runKey: string,
  charge: NewCharge,
): Promise<void> {
  await changeSpend(store, model, runKey, (entry) =>
    entry !== null && openCharge(entry)?.at === charge.at ? withdrawn(entry) : null,
  );
}

/**
 * Leaves a charge open once a launch is over where a job is there or may be, and only there: what was refused costs
 * nothing, and counts in the month in which it is asked for again. `own`: the charge that this launch wrote.
 */
export async function settleReservation(
  deps: Dependencies,
  { model, window, release }: Trained,
  ledger: JobLedger,
  { runKey, cost }: PricedJob,
  own: NewCharge | null,
): Promise<void> {
  const standing = standingOf(await ledger.read());
  if (isUnasked(standing)) {
    if (own !== null) await withdraw(deps, model, runKey, own);
  } else if (cost > 0) {
    // Another launch that was refused may have taken the charge back, and a person may name a job that nobody asked for.
    const charge = own ?? { window: window.id, release, at: deps.now(), estimate: cost };
    const jobId = jobOf(standing);
    const isTold = (entry: SpendEntry | null): boolean =>
      jobId === null ? openCharge(entry) !== null : isCounted(entry, jobId);
    await changeSpend(deps.store, model, runKey, (entry) =>
      isTold(entry) ? null : reserved(entry, runKey, charge),
    );
  }
}

/** The job that a ledger stands at, where it is known. */
function jobOf({ phase }: JobStanding): string | null {
  if ('jobId' in phase) return phase.jobId;
  return phase.kind === 'parked' && phase.reason === 'unnamed'
    ? (phase.candidates[0] ?? null)
    : null;
}

/** Whether no job is there, and none may be: never asked for, or refused. */
function isUnasked(standing: JobStanding): boolean {
  const { phase } = standing;
  if (phase.kind !== 'parked') return mayCost(standing);
  return phase.reason === 'money' || phase.reason === 'approval';
}

/**
 * The same look as before a reservation, without a trace: for the estimate, and before a person is asked. @throws
 * ConfigError where the month's cap would be exceeded
 */
export async function assertWithinMonth(
  deps: Dependencies,
  model: string,
  ledger: JobLedger,
  { runKey, cost }: PricedJob,
): Promise<void> {
  if (deps.startedWith.train.monthlyCost === null || cost === 0) return;
  if (!mayCost(standingOf(await ledger.read()))) return;
  const entries = await readSpend(deps.store, model);
  const others = entries.map((entry) => (entry.runKey === runKey ? withdrawn(entry) : entry));
  const month = monthOf(deps.now());
  const problem = monthProblem(deps.startedWith, month, spentIn(others, month), cost);
  if (problem !== null) throw new ConfigError(problem);
}

/** Why a job may not be asked for, or `null`. `spent`: by others of the month. */
function monthProblem(
  { train }: Configuration,
  month: string,
  spent: number,
  cost: number,
): string | null {
  const { monthlyCost } = train;
  if (monthlyCost === null || toCents(spent + cost) <= monthlyCost) return null;
  return (
    `training would cost about ${formatUsd(cost)}, and ${formatUsd(Math.max(0, spent))} of the ` +
    `${formatUsd(monthlyCost)} of train.monthlyCost are spent or promised in ${month}; nothing was sent. Raise it and ` +
    `restart the worker, or wait until ${monthAfter(month)} (UTC), and run the window again`
  );
}

/** What an ended job cost, USD: as its provider says, else by the tokens that it trained on; `null` where neither is known. */
export function actualCost(
  ended: EndedJob | UnnamedModel,
  pricePerMillionTokens: number,
): number | null {
  if (ended.kind !== 'succeeded' && ended.kind !== 'unnamed') return null;
  if (ended.cost !== undefined) return ended.cost;
  const { trainedTokens } = ended;
  if (trainedTokens === null || pricePerMillionTokens === 0) return null;
  return toCents((trainedTokens / 1e6) * pricePerMillionTokens);
}

/** Closes the charge of a job that has ended. */
export async function settleCost(
  { store, now }: Dependencies,
  { model, window, release }: Trained,
  { runKey, jobId }: { readonly runKey: string; readonly jobId: string },
  actual: number | null,
): Promise<void> {
  const job = { window: window.id, release, at: now(), jobId, actual };
  await changeSpend(store, model, runKey, (entry) => settled(entry, runKey, job));
}
