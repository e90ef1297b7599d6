import { z } from 'zod';
import { PUBLIC_KEY } from '../domain/approver.js';

const publicKey = z
  .string()
  .regex(PUBLIC_KEY, {
    error: 'expected ed25519: and 43 digits of base64url, as `holdfast keys new` printed it',
  })
  .describe('Ed25519 public key that decisions of this approver are verified with.');

/** https anywhere, http on this machine only; neither user, password, query nor fragment: it is stored. */
const WEBHOOK =
  /^(https:\/\/[^/?#@\\\s]+|http:\/\/(localhost|127\.0\.0\.1|\[::1\])(:\d+)?)(\/[^?#\\\s]*)?$/;

const WEBHOOK_RULE =
  'expected an https:// address (http:// on localhost only) without user, password, query or fragment; it is stored, so nothing secret may stand in it';

const reminders = z
  .strictObject({
    url: z
      .string()
      .regex(WEBHOOK, { error: WEBHOOK_RULE })
      .describe('The address, stored with the configuration: nothing secret may stand in it.'),
    everyHours: z
      .number()
      .min(0.25)
      .max(720)
      .default(24)
      .describe(
        'How often, until the deadline, or until a parked run goes on: at most 1,000 times.',
      ),
  })
  .describe('Where waiting candidates and parked runs are told of, by POST: a JSON object.');

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
    reminders: reminders.optional(),
    inconclusive: z
      .enum(['end', 'wait'])
      .default('end')
      .describe('Whether an inconclusive candidate waits for a person too.'),
  })
  .prefault({})
  .describe('The person who decides last.');
