import {
  allHandlersFinished,
  ApplicationFailure,
  condition,
  setCurrentDetails,
  setHandler,
  upsertSearchAttributes,
  workflowInfo,
} from '@temporalio/workflow';
import type {
  ApprovalRequest,
  PromotionInput,
  PromotionOutcome,
  PromotionStatus,
  PromotionSubject,
} from '../src/domain/promotion.js';
import { refusalOf } from '../src/domain/approval.js';
import { endings, promotions } from './activity-options.js';
import { attributes, decideUpdate, statusQuery, supersedeSignal } from './messages.js';

interface State {
  stage: PromotionStatus['stage'];
  decidedBy: string | null;
  aliasVersion: number | null;
  /** A newer candidate is there; counts once no decision is being carried out. */
  isSuperseded: boolean;
  /** An approval that failed while it was carried out: the alias may have moved for all that is known. */
  interrupted: ApprovalRequest | null;
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
  };
  const status = (): PromotionStatus => ({
    stage: state.stage,
    subject,
    deadline: deadline.toISOString(),
    decidedBy: state.decidedBy,
  });
  upsertSearchAttributes([
    { key: attributes.model, value: input.model },
    { key: attributes.window, value: input.window },
    { key: attributes.candidate, value: input.candidate },
    { key: attributes.decision, value: input.decision },
  ]);
  show(input, state, deadline);
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
      show(input, state, deadline);
      return status();
    },
    {
      description:
        'Approve or reject: {"decision":"approve","candidate":…,"evidence":…,"champion":…,"approver":…,"reason":…}',
      validator: (request) => {
        const refusal = refusalOf(request, status(), input.approvers);
        if (refusal !== null) throw refused(refusal);
      },
    },
  );
  const inTime = await condition(
    () => state.stage !== 'awaiting-approval' && state.stage !== 'deciding',
    deadline.getTime() - workflowInfo().startTime.getTime(),
    { summary: `deadline for a decision: ${deadline.toISOString().slice(0, 16)} UTC` },
  );
  // A decision that was accepted before the deadline is carried out, however long that takes.
  if (!inTime) await condition(() => state.stage !== 'deciding');
  if (state.stage === 'awaiting-approval') state.stage = 'expired';
  if (state.stage === 'expired' || state.stage === 'superseded') {
    await recordEnd(subject, state, state.stage);
  }
  show(input, state, deadline);
  await condition(allHandlersFinished);
  return ending(state);
}

async function decide(
  input: PromotionInput,
  subject: PromotionSubject,
  state: State,
  request: ApprovalRequest,
): Promise<void> {
  state.stage = 'deciding';
  try {
    const { refusal, superseded } = await promotions.checkPromotion.executeWithOptions(
      { summary: `may ${request.approver} ${request.decision}?` },
      [{ ...subject, request }],
    );
    if (refusal !== null) {
      if (superseded) state.stage = 'superseded';
      throw refused(refusal);
    }
    if (request.decision === 'approve') await approve(input, subject, state, request);
    else await reject(subject, state, request);
  } catch (error) {
    if (state.stage === 'deciding') {
      state.stage = state.isSuperseded ? 'superseded' : 'awaiting-approval';
    }
    throw error;
  }
}

/** Once the alias has moved, the candidate is promoted, and its record is written however long that takes. */
async function approve(
  input: PromotionInput,
  subject: PromotionSubject,
  state: State,
  request: ApprovalRequest,
): Promise<void> {
  state.interrupted = request;
  const { aliasVersion } = await promotions.promote.executeWithOptions(
    { summary: `the alias moves to ${input.candidate}` },
    [subject],
  );
  state.interrupted = null;
  if (aliasVersion === null) {
    state.stage = 'superseded';
    throw refused(`superseded: the champion is no longer ${input.champion}`);
  }
  state.aliasVersion = aliasVersion;
  state.decidedBy = request.approver;
  state.stage = 'promoted';
  await endings.recordPromotionEnd({ ...subject, outcome: 'promoted', request });
}

async function reject(
  subject: PromotionSubject,
  state: State,
  request: ApprovalRequest,
): Promise<void> {
  const recorded = await promotions.recordPromotionEnd({
    ...subject,
    outcome: 'rejected',
    request,
  });
  end(state, recorded);
}

/** Writes down an end that nobody decided on, or learns that an approval that failed had come through. */
async function recordEnd(
  subject: PromotionSubject,
  state: State,
  outcome: 'expired' | 'superseded',
): Promise<void> {
  const request = state.interrupted;
  const recorded = await endings.recordPromotionEnd({ ...subject, outcome, request });
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

/** The page's account, with the JSON a person can paste into Temporal's Update dialog. */
function show(input: PromotionInput, state: State, deadline: Date): void {
  upsertSearchAttributes([{ key: attributes.stage, value: state.stage }]);
  const request: ApprovalRequest = {
    decision: 'approve',
    candidate: input.candidate,
    evidence: input.evidenceDigest,
    champion: input.champion,
    approver: 'your name',
    reason: 'why',
  };
  const lines = [
    `## ${input.candidate}: ${state.stage}`,
    '',
    `Measured against ${input.champion} in window ${input.window}; the gate says **${input.decision}**.`,
    '',
    ...input.reasons.map((reason) => `- ${reason}`),
  ];
  if (state.stage === 'awaiting-approval') {
    lines.push(
      '',
      `Until ${deadline.toISOString().slice(0, 16)} UTC a person decides: \`holdfast approve ${input.candidate} --reason …\`,`,
      'or More Actions, Send an Update, `decide`, with this object:',
      '',
      '```json',
      JSON.stringify(request, null, 2),
      '```',
    );
    if (input.approvers.length === 0) {
      lines.push(
        '',
        'No approvers are configured: whoever can reach this page can decide, and names are claims.',
      );
    }
  }
  setCurrentDetails(lines.join('\n'));
}
