import { setCurrentDetails, upsertSearchAttributes } from '@temporalio/workflow';
import { identitiesSentence } from '../src/domain/approver.js';
import type { ApprovalRequest, PromotionInput, PromotionStatus } from '../src/domain/promotion.js';
import { attributes } from './messages.js';

/** Writes the account of a promotion to its page in Temporal's UI, with how a person decides there. */
export function showPromotion(input: PromotionInput, status: PromotionStatus): void {
  upsertSearchAttributes([{ key: attributes.stage, value: status.stage }]);
  setCurrentDetails([...accountOf(input, status), ...askOf(input, status)].join('\n'));
}

function accountOf(input: PromotionInput, status: PromotionStatus): readonly string[] {
  const { approvals, decidedBy, identities, required, stage } = status;
  return [
    `## ${input.candidate}: ${stage}${decidedBy === null ? '' : ` by ${decidedBy}`}`,
    '',
    `Measured against ${input.champion} in window ${input.window}; the gate says **${input.decision}**.`,
    '',
    ...input.reasons.map((reason) => `- ${reason}`),
    '',
    `Approvals: ${approvals.length} of ${required}${approvals.length === 0 ? '' : ` (${approvals.join(', ')})`}; ${identitiesSentence(identities)}.`,
  ];
}

function askOf(input: PromotionInput, status: PromotionStatus): readonly string[] {
  if (status.stage !== 'awaiting-approval') return [];
  const until = `Until ${status.deadline.slice(0, 16)} UTC a person decides: \`holdfast approve ${input.candidate} --reason …\`,`;
  if (status.identities === 'signed') {
    return [
      '',
      until,
      'or, with `--print`, that command writes a signed decision to paste here: More Actions, Send an Update, `decide`.',
    ];
  }
  return [
    '',
    until,
    'or More Actions, Send an Update, `decide`, with this object:',
    '',
    '```json',
    JSON.stringify(exampleOf(input), null, 2),
    '```',
    ...(input.approvers.length === 0
      ? ['', 'No approvers are configured: whoever can reach this page can decide.']
      : []),
  ];
}

function exampleOf(input: PromotionInput): ApprovalRequest {
  return {
    decision: 'approve',
    candidate: input.candidate,
    evidence: input.evidenceDigest,
    champion: input.champion,
    approver: 'your name',
    reason: 'why',
  };
}
