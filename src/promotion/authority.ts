import { isSigned } from '../domain/approval.js';
import { approversOf, identitiesOf } from '../domain/approver.js';
import type { Configuration } from '../domain/configuration.js';
import type { DecisionRequest } from '../domain/promotion.js';
import { isSignedBy } from './decision-signature.js';

/** Who may decide: the section `approval` of a configuration. */
export type ApprovalRules = Configuration['approval'];

/** What is known of whoever decides: the key that proves it, or `null` for a name that is a claim. */
export type Authority =
  | { readonly refusal: null; readonly publicKey: string | null }
  | { readonly refusal: string; readonly publicKey: null };

/**
 * Whether `request` comes from somebody who may decide. Its shape was looked at before; whether it came in
 * time, and what it is about, is not looked at here. `submitter`: who started the run, as far as known.
 */
export function authorityOf(
  request: DecisionRequest,
  rules: ApprovalRules,
  submitter: string | null,
): Authority {
  const identity = identityOf(request, rules);
  if (identity.refusal !== null) return identity;
  const isOwn = submitter !== null && isSameName(submitter, request.approver);
  if (request.decision === 'approve' && isOwn && !rules.submitterMayApprove) {
    return refused(
      `${request.approver} started this run, and approval.submitterMayApprove is false: somebody else has to approve`,
    );
  }
  return identity;
}

function identityOf(request: DecisionRequest, rules: ApprovalRules): Authority {
  const approvers = approversOf(rules.approvers);
  const listed = approvers.find(({ name }) => name === request.approver);
  if (identitiesOf(rules.approvers) === 'claims') {
    if (isSigned(request)) {
      return refused(
        'signed, but the configuration of this worker names no key to verify it with: start the worker with the one that does',
      );
    }
    const mayDecide = approvers.length === 0 || listed !== undefined;
    return mayDecide ? { refusal: null, publicKey: null } : refused(NOT_LISTED);
  }
  if (!isSigned(request)) {
    return refused(
      'unsigned: approvers have keys, and only a signed decision counts; `holdfast approve` signs one, and with --print writes it for this dialog',
    );
  }
  const publicKey = listed?.publicKey ?? null;
  if (publicKey === null) return refused(NOT_LISTED);
  if (isSignedBy(request, publicKey)) return { refusal: null, publicKey };
  return refused(
    `forged: the signature is not that of ${request.approver}'s key over what this decision says`,
  );
}

const NOT_LISTED = 'not on the list of approvers in the configuration';

function refused(refusal: string): Authority {
  return { refusal, publicKey: null };
}

/** Names that differ in case only are taken for one: a submitter who is refused wrongly asks a colleague. */
function isSameName(one: string, other: string): boolean {
  const [a, b] = [one, other].map((name) => name.trim().normalize('NFC').toLowerCase());
  return a === b;
}
