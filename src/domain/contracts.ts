import type { Books } from './books.js';
import type { ConfigReference } from './config-reference.js';
import type { CostEstimate } from './cost-estimate.js';
import type { EndedJob, JobHandle, JobResolution, ParkedJob } from './job.js';
import type { Decision } from './gate.js';
import type { Fate, Generation, ObjectReference } from './manifest.js';
import type { ParkedStep } from './parked.js';
import type { ApprovalTerms } from './promotion.js';
import type { PromotionActivities } from './promotion-contracts.js';
import type { Window } from './window.js';

/** What every step of a window is told: which configuration and which closed input. */
export interface StepInput extends ConfigReference {
  readonly window: Window;
  /** Key of the window manifest. */
  readonly manifestKey: string;
}

/** What a step leaves behind: objects by name, and its books. */
export interface StepResult {
  readonly outputs: Readonly<Record<string, ObjectReference>>;
  readonly books: Books;
}

export interface PlanRunInput extends ConfigReference {
  readonly mode: RunMode;
  readonly reopen: boolean;
  /** The schedule's nominal time (ISO 8601), or the window that was asked for. */
  readonly until:
    | { readonly kind: 'nominal-time'; readonly time: string }
    | { readonly kind: 'window'; readonly window: string };
}

export interface PlanRunResult {
  /** Windows to run, oldest first, up to the one asked for: all that the chain lacks or that were left untrained. */
  readonly missing: readonly Window[];
  /** The window asked for, where the chain holds it already and its candidate was decided on. */
  readonly existing: {
    readonly window: Window;
    readonly release: string;
    readonly fate: Fate;
  } | null;
}

export interface CloseWindowInput extends ConfigReference {
  readonly window: Window;
  readonly mode: RunMode;
  readonly reopen: boolean;
}

export interface CloseWindowResult {
  readonly manifestKey: string;
  readonly manifestDigest: string;
  /** The configuration the window was closed with, which its steps read. */
  readonly configDigest: string;
  readonly attempt: number;
  readonly sourceCount: number;
  readonly sourceBytes: number;
  /** Files beside the source objects that are no logs by their names and are not read. */
  readonly unknownFileCount: number;
  readonly parentRelease: string | null;
  /** The release of this window that was in the chain when it was reopened. */
  readonly replacedRelease: string | null;
  readonly championId: string;
  /** Set where the chain holds this window and its candidate was decided on: nothing is left to do. */
  readonly decided: { readonly release: string; readonly fate: Fate } | null;
  /** Where one begins with this window. */
  readonly generation?: Generation;
  /** How often a webhook is reminded while the run is parked; never where absent. */
  readonly remindEveryHours?: number;
}

export interface ReleaseResult {
  readonly release: string;
  readonly findings: number;
  readonly manifestKey: string;
  readonly trainRows: number;
  /** Training rows of this window itself; without any there is nothing new to learn. */
  readonly freshRows: number;
  readonly holdoutSamples: number;
}

/** How much of the samples each side of the comparison has to answer, and what the step found. */
export interface EvaluationPlan {
  readonly suites: readonly string[];
  readonly samples: number;
  /** What else is asked, after champion and candidate were; left out where nothing is. */
  readonly further?: readonly FurtherQuestion[];
}

/** Another model, or the champion with examples in its prompt, on one suite. */
export interface FurtherQuestion {
  readonly role: 'anchor' | 'rival';
  readonly suite: string;
  /** How many stand in the rival's prompt. */
  readonly examples?: number;
}

export interface EvaluateInput extends StepInput {
  readonly release: string;
  readonly candidate: string;
  readonly role: 'champion' | 'candidate' | FurtherQuestion['role'];
  /** `frozen:<eval set>` or `holdout`. */
  readonly suite: string;
  /** How many stand in the rival's prompt. */
  readonly examples?: number;
  /** Set where the run was parked since its candidate was put up: it may be gone. */
  readonly wasParked?: true;
}

export interface DecideInput extends StepInput {
  readonly release: string;
  readonly candidate: string;
  readonly answers: readonly EvaluateResult[];
}

export interface EvaluateResult {
  readonly suite: string;
  readonly role: EvaluateInput['role'];
  readonly examples?: number;
  /** `null` where its host does not let the anchor or a rival answer at all. */
  readonly answers: ObjectReference | null;
  readonly missing: number;
  /** What a judge said of the champion's and the candidate's answers, where samples of the suite are scored so. */
  readonly verdicts?: ObjectReference;
  /** Why there are none: `status-404`, `budget`. */
  readonly refusal?: string;
}

export interface DecideResult extends ApprovalTerms {
  readonly decision: Decision;
  readonly evidenceDigest: string;
  readonly evidenceKey: string;
  /** One sentence per check, numbers only. */
  readonly reasons: readonly string[];
  readonly championVersion: number;
  /** Whether a person is asked: always after `promote`, after `inconclusive` where so configured. */
  readonly waits: boolean;
  readonly deadlineHours: number;
  /** Names only; keys stay in the configuration. */
  readonly approvers: readonly string[];
}

/** A job that is under way, and after how long it is cancelled. */
export interface SubmittedJob {
  readonly handle: JobHandle;
  readonly deadlineHours: number;
}

/** A provider that takes no job now: after how long it is to be asked again. */
export interface BusyProvider {
  readonly waitMs: number;
  readonly message: string;
}

/** How a submission ended: with a job, with a person to ask, or with a provider that has no room yet. */
export type SubmitResult =
  SubmittedJob | { readonly parked: ParkedJob } | { readonly busy: BusyProvider };

/** A person's decision on a parked run. `decision` names the one Update that brought it; absent in what earlier versions sent. */
interface Resolved extends StepInput {
  readonly resolution: JobResolution;
  readonly decision?: string;
}

export interface ResolveTuneInput extends Resolved {
  readonly runKey: string;
}

export interface ResolveStepInput extends Resolved {
  readonly parked: ParkedStep;
}

/** How waiting for a job ended: with the job, or with a provider that wants a person to see to its bill. */
export type PollResult = EndedJob | { readonly kind: 'parked'; readonly parked: ParkedJob };

export interface WindowOutcome {
  readonly window: string;
  readonly release: string;
  readonly decision: Decision | 'dry-run' | 'rebuilt' | 'nothing-to-train-on' | 'already-decided';
  readonly candidate: string | null;
  readonly evidenceDigest: string | null;
  readonly promotionId: string | null;
  readonly trainRows: number;
  /** What training would cost, where a dry run stopped before it. */
  readonly estimate?: CostEstimate;
}

/** Data work between a window's opening and its release. */
export interface DataActivities {
  planRun(input: PlanRunInput): Promise<PlanRunResult>;
  closeWindow(input: CloseWindowInput): Promise<CloseWindowResult>;
  ingest(input: StepInput): Promise<StepResult>;
  split(input: StepInput): Promise<StepResult>;
  select(input: StepInput): Promise<StepResult>;
  assemble(input: StepInput): Promise<StepResult>;
  dedupe(input: StepInput): Promise<StepResult>;
  decontaminate(input: StepInput): Promise<StepResult>;
  writeRelease(input: StepInput): Promise<ReleaseResult>;
  advanceChain(input: StepInput & { readonly release: string }): Promise<void>;
  skipWindow(input: SkipInput): Promise<ReleaseResult>;
  compareRelease(
    input: StepInput & { readonly release: string },
  ): Promise<{ readonly same: boolean }>;
}

/** Training, measuring and deciding. */
export interface ModelActivities {
  estimateCost(input: StepInput & { readonly release: string }): Promise<CostEstimate>;
  /** The suites that both models answer. */
  planEvaluation(input: StepInput & { readonly release: string }): Promise<EvaluationPlan>;
  /** `refusals`: how often in a row the provider had no room before, by which the wait for the next attempt grows. */
  submitTune(
    input: StepInput & { readonly release: string; readonly refusals?: number },
  ): Promise<SubmitResult>;
  /** Asks about the job until it is over, however long that takes. */
  pollTune(
    input: StepInput & { readonly release: string; readonly handle: JobHandle },
  ): Promise<PollResult>;
  /** Writes a person's decision on a parked job down. @throws where it can't be carried out */
  resolveTune(input: ResolveTuneInput): Promise<void>;
  /** Writes down that a person has a step taken again. */
  resolveStep(input: ResolveStepInput): Promise<void>;
  /** Cancels a job, and takes down what was put up for its model. */
  cancelTune(
    input: StepInput & { readonly release: string; readonly handle: JobHandle },
  ): Promise<void>;
  evaluate(input: EvaluateInput): Promise<EvaluateResult>;
  decide(input: DecideInput): Promise<DecideResult>;
  writeReport(
    input: StepInput & { readonly release: string; readonly evidenceKey: string | null },
  ): Promise<{
    readonly key: string;
  }>;
  /** Takes down what was put up for a run that ended before its candidate waits for a person. */
  abandonCandidate(input: StepInput & { readonly release: string }): Promise<void>;
  recordFate(
    input: ConfigReference & {
      readonly window: string;
      readonly release: string;
      readonly fate: Fate;
    },
  ): Promise<void>;
}

/** Activities that speak to Temporal itself, so that a run can join another. */
export interface ControlActivities {
  /** Waits for the workflow `workflowId` to close and returns its result. */
  awaitWindow(input: { readonly workflowId: string }): Promise<WindowOutcome>;
  /**
   * Tells promotions of this model (of one window, or of all where it is `null`) that wait for a person that
   * `exceptId`, which is one itself or takes their window's place, leaves nothing to decide on.
   */
  supersedePromotions(
    input: ConfigReference & { readonly exceptId: string; readonly window: string | null },
  ): Promise<{
    readonly superseded: readonly string[];
  }>;
}

export type Activities = DataActivities & ModelActivities & PromotionActivities & ControlActivities;

/** How far a window is taken. */
export type RunMode = 'run' | 'dry-run' | 'rebuild';

/** Input of the workflow `weeklyFineTune`, which the schedule, the command line and a trigger start. */
export interface WeeklyInput extends ConfigReference {
  /** `null`: the schedule's nominal time decides. */
  readonly window: string | null;
  readonly mode: RunMode;
  /** Closes a new window manifest under a new attempt, where the window has one already. */
  readonly reopen: boolean;
  /** Who started it, as far as known: a claim. Absent for a schedule. */
  readonly startedBy?: string;
}

export interface WeeklyOutcome {
  readonly windows: readonly WindowOutcome[];
}

/** Input of the workflow `fineTuneWindow`: one window's twelve steps. */
export interface WindowInput extends ConfigReference {
  readonly window: Window;
  readonly mode: RunMode;
  readonly reopen: boolean;
  readonly startedBy?: string;
}

/** Input of the workflow `skipWindow`: an audited, empty release takes the window's place in the chain. */
export interface SkipInput extends ConfigReference {
  readonly window: string;
  readonly reason: string;
  readonly by: string;
}
