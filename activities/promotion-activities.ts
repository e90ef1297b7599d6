import { isSigned } from '../src/domain/approval.js';
import type {
  PromoteInput,
  PromoteResult,
  PromotionActivities,
  PromotionEnd,
  Reminder,
} from '../src/domain/promotion-contracts.js';
import type { AuditEntry } from '../src/domain/model.js';
import type { ParkedReminder } from '../src/domain/parked.js';
import { isLapse, type DecisionRequest, type PromotionOutcome } from '../src/domain/promotion.js';
import { hasMoved, promoteAlias, promotedAlias } from '../src/promotion/alias.js';
import { appendAudit } from '../src/promotion/audit.js';
import { authorityOf } from '../src/promotion/authority.js';
import { approvalProblem, checkPromotion, recordRefusal } from './checking-decisions.js';
import type { Dependencies } from './dependencies.js';
import { settleFate } from './deploying.js';

/** The activities of the promotion workflow. */
export function createPromotionActivities(deps: Dependencies): PromotionActivities {
  return {
    checkPromotion: (input) => checkPromotion(deps, input),
    promote: (input) => promote(deps, input),
    recordPromotionEnd: (input) => recordEnd(deps, input),
    sendReminder: (input) => sendReminder(deps, input),
  };
}

/** Moves the alias, once enough recorded approvals hold; one that this promotion moved already stays moved. */
async function promote(deps: Dependencies, input: PromoteInput): Promise<PromoteResult> {
  const { store } = deps;
  const { model, championVersion } = input;
  const alias = promotedAlias(input);
  const aliasVersion = championVersion + 1;
  if (await hasMoved(store, model, championVersion, alias)) return { aliasVersion };
  const problem = await approvalProblem(deps, input);
  if (problem !== null) {
    await refuse(deps, input, problem);
    return { aliasVersion: null, refusal: problem };
  }
  if (await promoteAlias(store, model, championVersion, alias)) return { aliasVersion };
  await refuse(deps, input, `superseded: the champion is no longer ${input.champion}`);
  return { aliasVersion: null };
}

/** Notes down a refusal that came after the decision was found to be right. */
async function refuse(deps: Dependencies, input: PromoteInput, refusal: string): Promise<void> {
  const { request } = input;
  if (request !== undefined) await recordRefusal(deps, { ...input, request }, refusal);
}

/** Audit entry and fate of a promotion's end; both can be written again without a second trace. */
async function recordEnd(deps: Dependencies, input: PromotionEnd): Promise<PromotionOutcome> {
  const { store } = deps;
  const { request } = input;
  const isMoved = await hasMoved(store, input.model, input.championVersion, promotedAlias(input));
  const outcome = isMoved ? 'promoted' : input.outcome;
  const isAsDecided = (request?.decision === 'approve') === (outcome === 'promoted');
  const decided = isAsDecided ? request : null;
  const by = decided === null ? null : deciders(input, decided.approver);
  const entry: AuditEntry = {
    v: 1,
    at: deps.now(),
    action: outcome,
    by: by ?? 'holdfast',
    reason: decided?.reason ?? `the promotion was ${outcome}`,
    subject: {
      candidate: input.candidate,
      champion: input.champion,
      evidence: input.evidenceDigest,
      release: input.release,
      window: input.window,
      ...(input.run === undefined || !isLapse(outcome) ? {} : { run: input.run }),
      ...(decided === null ? {} : { identity: provedBy(deps, decided) }),
    },
  };
  await appendAudit(store, input.model, entry);
  // An undecided candidate says nothing against its rows; only a person's no keeps them out of history.
  const fate = {
    promoted: 'promoted',
    rejected: 'rejected',
    expired: 'inconclusive',
    superseded: 'inconclusive',
    cancelled: 'inconclusive',
  } as const;
  const { model, release } = input;
  await settleFate(deps, { model, release, fate: fate[outcome] });
  return {
    outcome,
    by,
    aliasVersion: isMoved ? input.championVersion + 1 : null,
  };
}

/** Whether a decision was signed by an approver, or is a claim. */
function provedBy(deps: Dependencies, request: DecisionRequest): 'signed' | 'claim' {
  if (!isSigned(request)) return 'claim';
  return authorityOf(request, deps.startedWith.approval, null).refusal === null
    ? 'signed'
    : 'claim';
}

/** The address is the worker's own: what a workflow was given could be anybody's. */
async function sendReminder(
  { postJson, startedWith }: Dependencies,
  reminder: Reminder | ParkedReminder,
): Promise<{ readonly sent: boolean }> {
  const { reminders } = startedWith.approval;
  if (reminders === undefined) return { sent: false };
  await postJson(reminders.url, reminder);
  return { sent: true };
}

/** Everybody whose approval moved the alias, or who rejected. */
function deciders({ approvals = [] }: PromotionEnd, last: string): string {
  return [...new Set([...approvals.map(({ approver }) => approver), last])].join(', ');
}
