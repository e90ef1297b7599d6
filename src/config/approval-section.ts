import { z } from 'zod';
import { PUBLIC_KEY } from '../domain/approver.js';

const publicKey = z
  .string()
  .regex(PUBLIC_KEY, {
    error: 'expected ed25519: and 43 digits of base64url, as `holdfast keys new` printed it',
  })
  .describe('Ed25519 public key that decisions of this approver are verified with.');

const approver = z.union([
  z.string().min(1).max(200),
  z.strictObject({
    name: z.string().min(1).max(200).describe('As `holdfast approve --approver` names it.'),
    publicKey,
  }),
]);

/** The `approval` section. */
export const approval = z
  .strictObject({
    deadlineHours: z
      .number()
      .gt(0)
      .default(120)
      .describe('A candidate nobody decided on by then expires.'),
    approvers: z
      .array(approver)
      .default([])
      .describe(
        'Who may decide; [] means anyone. Bare names are claims, since Temporal does not prove who somebody is; a name with a publicKey has to sign.',
      ),
    required: z.int().min(1).max(20).default(1).describe('How many of them have to approve.'),
    submitterMayApprove: z
      .boolean()
      .default(true)
      .describe('Whether whoever started a run by hand may approve its candidate.'),
    inconclusive: z
      .enum(['end', 'wait'])
      .default('end')
      .describe('Whether an inconclusive candidate waits for a person too.'),
  })
  .prefault({})
  .describe('The person who decides last.');
