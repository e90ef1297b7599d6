import {
  allHandlersFinished,
  ApplicationFailure,
  CancellationScope,
  CancelledFailure,
  condition,
  currentUpdateInfo,
  setHandler,
  upsertSearchAttributes,
  workflowInfo,
} from '@temporalio/workflow';
import type { Identities } from '../src/domain/approver.js';
import type { ArrivedDecision } from '../src/domain/promotion-contracts.js';
import type {
  CountedApproval,
  DecisionRequest,
  PromotionInput,
  PromotionOutcome,
  PromotionStatus,
  PromotionSubject,
} from '../src/domain/promotion.js';
import { refusalOf } from '../src/domain/approval.js';
import { isLapse } from '../src/domain/promotion.js';
import { endings, promotions } from './activity-options.js';
import { attributes, decideUpdate, statusQuery, supersedeSignal } from './messages.js';
import { showPromotion } from './promotion-page.js';
import { remind } from './reminding.js';

interface State {
  stage: PromotionStatus['stage'];
  decidedBy: string | null;
  aliasVersion: number | null;
  /** A newer candidate is there; counts once no decision is being carried out. */
  isSuperseded: boolean;
  /** An approval that failed while it was carried out: the alias may have moved for all that is known. */
  interrupted: DecisionRequest | null;
  /** Approvals that count, while more are needed. */
  approvals: readonly CountedApproval[];
  /** As the workers' configuration had it when a decision was looked at last. */
  required: number;
  identities: Identities;
}

/**
 * Waits for a person, with a deadline. The decision is an Update that is bound to the candidate, the
 * evidence and the champion it was measured against; one that does not fit is refused with a sentence.
 * Nobody is promoted by the passing of time.
 */
export async function promotion(input: PromotionInput): Promise<PromotionOutcome> {
  const subject = subjectOf(input);
  const deadline = new Date(workflowInfo().startTime.getTime() + input.deadlineHours * 3_600_000);
  const state: State = {
    stage: 'awaiting-approval',
    decidedBy: null,
    aliasVersion: null,
    isSuperseded: false,
    interrupted: null,
    approvals: [],
    required: input.required ?? 1,
    identities: input.identities ?? 'claims',
  };
  const status = (): PromotionStatus => ({
    stage: state.stage,
    subject,
    deadline: deadline.toISOString(),
    decidedBy: state.decidedBy,
    approvals: state.approvals.map(({ approver }) => approver),
    required: state.required,
    identities: state.identities,
  });
  upsertSearchAttributes([
    { key: attributes.model, value: input.model },
    { key: attributes.window, value: input.window },
    { key: attributes.candidate, value: input.candidate },
    { key: attributes.decision, value: input.decision },
  ]);
  showPromotion(input, status());
  setHandler(statusQuery, status, {
    description: 'What this promotion is about and where it stands.',
  });
  setHandler(supersedeSignal, () => {
    state.isSuperseded = true;
    if (state.stage === 'awaiting-approval') state.stage = 'superseded';
  });
  setHandler(
    decideUpdate,
    async (request) => {
      await decide(input, subject, state, request);
      showPromotion(input, status());
      return status();
    },
    {
      description:
        'Approve or reject with one JSON object: paste what `holdfast approve CANDIDATE --reason … --print` writes',
      validator: (request) => {
        const refusal = refusalOf(request, status(), Date.now());
        if (refusal !== null) throw refused(refusal);
      },
    },
  );
  if (input.remindEveryHours !== undefined) void remind(input, status);
  const cancelled = await waitForEnd(state, deadline);
  await CancellationScope.nonCancellable(async () => {
    await recordEnd(subject, state);
    showPromotion(input, status());
    await condition(allHandlersFinished);
  });
  if (cancelled !== null && isLapse(state.stage)) throw cancelled;
  return ending(state);
}

/**
 * Waits until somebody has decided, the deadline has passed, something newer came, or the workflow was cancelled.
 * A decision that was accepted before is carried out first, however long that takes. Gives the cancellation, if it
 * was one.
 */
async function waitForEnd(state: State, deadline: Date): Promise<CancelledFailure | null> {
  const isOpen = (): boolean => state.stage === 'awaiting-approval' || state.stage === 'deciding';
  try {
    const inTime = await condition(
      () => !isOpen(),
      deadline.getTime() - workflowInfo().startTime.getTime(),
      { summary: `deadline for a decision: ${deadline.toISOString().slice(0, 16)} UTC` },
    );
    if (!inTime) await condition(() => state.stage !== 'deciding');
    if (state.stage === 'awaiting-approval') state.stage = 'expired';
    return null;
  } catch (error) {
    if (!(error instanceof CancelledFailure)) throw error;
    await CancellationScope.nonCancellable(() => condition(() => state.stage !== 'deciding'));
    if (state.stage === 'awaiting-approval') state.stage = 'cancelled';
    return error;
  }
}

async function decide(
  input: PromotionInput,
  subject: PromotionSubject,
  state: State,
  request: DecisionRequest,
): Promise<void> {
  state.stage = 'deciding';
  const arrived: ArrivedDecision = {
    ...subject,
    request,
    attempt: `${workflowInfo().runId}/${currentUpdateInfo()?.id ?? ''}`,
    approvals: state.approvals,
    submitter: input.submitter ?? null,
  };
  try {
    const checked = await promotions.checkPromotion.executeWithOptions(
      { summary: `may ${request.approver} ${request.decision}?` },
      [arrived],
    );
    state.required = checked.required ?? state.required;
    state.identities = checked.identities ?? state.identities;
    if (checked.refusal !== null) {
      if (checked.superseded) state.stage = 'superseded';
      throw refused(checked.refusal);
    }
    const approvals = checked.approval === undefined ? [] : [...state.approvals, checked.approval];
    // Whoever cancels the promotion from here on is too late: what was decided is carried out.
    await CancellationScope.nonCancellable(async () => {
      if (request.decision === 'reject') await reject(subject, state, request);
      else if ((checked.stillNeeded ?? 0) > 0) waitForMore(state, approvals);
      else await approve(subject, { ...arrived, approvals }, state);
    });
  } catch (error) {
    if (state.stage === 'deciding') {
      state.stage = state.isSuperseded ? 'superseded' : 'awaiting-approval';
    }
    throw error;
  }
}

/** An approval that counts, but not alone. */
function waitForMore(state: State, approvals: readonly CountedApproval[]): void {
  state.approvals = approvals;
  state.stage = state.isSuperseded ? 'superseded' : 'awaiting-approval';
}

/** What the event of an end that is written down says. */
const END: Readonly<Record<PromotionOutcome['outcome'], string>> = {
  promoted: 'written down: promoted',
  rejected: 'written down: rejected',
  expired: 'written down: nobody decided in time',
  superseded: 'written down: something newer came',
  cancelled: 'written down: cancelled',
};

/** Once the alias has moved, the candidate is promoted, and its record is written however long that takes. */
async function approve(
  subject: PromotionSubject,
  arrived: ArrivedDecision,
  state: State,
): Promise<void> {
  const { request, approvals = [] } = arrived;
  state.interrupted = request;
  const { aliasVersion, refusal } = await promotions.promote.executeWithOptions(
    { summary: `the alias moves to ${arrived.candidate}` },
    [arrived],
  );
  state.interrupted = null;
  if (refusal !== undefined) throw refused(refusal);
  if (aliasVersion === null) {
    state.stage = 'superseded';
    throw refused(`superseded: the champion is no longer ${arrived.champion}`);
  }
  state.aliasVersion = aliasVersion;
  state.approvals = approvals;
  state.decidedBy = [
    ...new Set([...approvals.map(({ approver }) => approver), request.approver]),
  ].join(', ');
  state.stage = 'promoted';
  await endings.recordPromotionEnd.executeWithOptions({ summary: END.promoted }, [
    { ...subject, outcome: 'promoted', request, approvals },
  ]);
}

async function reject(
  subject: PromotionSubject,
  state: State,
  request: DecisionRequest,
): Promise<void> {
  const recorded = await promotions.recordPromotionEnd.executeWithOptions(
    { summary: END.rejected },
    [{ ...subject, outcome: 'rejected', request }],
  );
  end(state, recorded);
}

/** Writes down an end that nobody decided on, or learns that an approval that failed had come through. */
async function recordEnd(subject: PromotionSubject, state: State): Promise<void> {
  if (!isLapse(state.stage)) return;
  const { approvals, interrupted: request, stage: outcome } = state;
  const { runId: run } = workflowInfo();
  const recorded = await endings.recordPromotionEnd.executeWithOptions({ summary: END[outcome] }, [
    { ...subject, outcome, request, approvals, run },
  ]);
  end(state, recorded);
}

function end(state: State, { outcome, by, aliasVersion }: PromotionOutcome): void {
  state.decidedBy = by;
  state.aliasVersion = aliasVersion;
  state.stage = outcome;
}

/** A refusal as the person sees it in Temporal's UI: a sentence, without the code's own stack. */
function refused(reason: string): ApplicationFailure {
  const failure = ApplicationFailure.nonRetryable(reason, 'ApprovalRefused');
  failure.stack = '';
  return failure;
}

function ending(state: State): PromotionOutcome {
  if (state.stage === 'awaiting-approval' || state.stage === 'deciding') {
    throw ApplicationFailure.nonRetryable(
      `a promotion ended while ${state.stage}`,
      'InvariantError',
    );
  }
  return { outcome: state.stage, by: state.decidedBy, aliasVersion: state.aliasVersion };
}

function subjectOf(input: PromotionInput): PromotionSubject {
  const { model, configDigest, window, release, candidate, champion } = input;
  const { championVersion, evidenceDigest, decision } = input;
  return {
    model,
    configDigest,
    window,
    release,
    candidate,
    champion,
    championVersion,
    evidenceDigest,
    decision,
  };
}
