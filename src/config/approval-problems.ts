import { z } from 'zod';
import { approversOf, identitiesOf } from '../domain/approver.js';
import { MAXIMUM_REMINDERS } from '../domain/promotion-contracts.js';
import type { Problem } from './problems.js';

/** What is malformed is reported elsewhere, and then nothing is said here. */
const looseSchema = z.object({
  approval: z.object({
    approvers: z
      .array(z.union([z.string(), z.object({ name: z.string(), publicKey: z.string() })]))
      .default([]),
    required: z.number().default(1),
  }),
});

/** By their defaults where they are absent. */
const reminderSchema = z.object({
  approval: z.object({
    deadlineHours: z.number().default(120),
    reminders: z.object({ everyHours: z.number().gt(0).default(24) }),
  }),
});

/**
 * What is wrong between the entries of `approval`: a list that lets one person count twice, or nobody decide,
 * and more reminders until the deadline than a workflow's history holds.
 */
export function approvalProblems(raw: unknown): readonly Problem[] {
  return [...approverProblems(raw), ...reminderProblems(raw)];
}

function approverProblems(raw: unknown): readonly Problem[] {
  const approval = looseSchema.safeParse(raw).data?.approval;
  if (approval === undefined) return [];
  const approvers = approversOf(approval.approvers);
  const path = ['approval', 'approvers'] as const;
  const problems: Problem[] = [];
  approvers.forEach(({ name, publicKey }, index) => {
    const before = approvers.slice(0, index);
    if (before.some((one) => one.name === name)) {
      problems.push({ path: [...path, index], message: 'another approver has this name' });
    }
    if (publicKey !== null && before.some((one) => one.publicKey === publicKey)) {
      problems.push({ path: [...path, index], message: 'another approver has this key' });
    }
    if (publicKey === null && identitiesOf(approval.approvers) === 'signed') {
      const message =
        'expected a name and a publicKey, as other approvers have: without one nobody can sign';
      problems.push({ path: [...path, index], message });
    }
  });
  if (approval.required > Math.max(1, approvers.length)) {
    const message = `expected at most the number of approvers that are listed, ${approvers.length}`;
    problems.push({ path: ['approval', 'required'], message });
  }
  return problems;
}

function reminderProblems(raw: unknown): readonly Problem[] {
  const approval = reminderSchema.safeParse(raw).data?.approval;
  if (approval === undefined) return [];
  const { deadlineHours, reminders } = approval;
  const count = Math.ceil(deadlineHours / reminders.everyHours);
  if (count <= MAXIMUM_REMINDERS) return [];
  const message =
    `expected at most ${MAXIMUM_REMINDERS} reminders until the deadline, since the history of a workflow is ` +
    `limited; ${deadlineHours} hours by ${reminders.everyHours} are ${count}: remind less often, or set an ` +
    `earlier approval.deadlineHours`;
  return [{ path: ['approval', 'reminders', 'everyHours'], message }];
}
