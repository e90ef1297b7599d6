import { isLapse, type CountedApproval, type PromotionSubject } from '../src/domain/promotion.js';
import { readAudit, type NumberedEntry } from '../src/promotion/audit.js';
import type { ObjectStore } from '../src/storage/object-store.js';

/**
 * Why a promotion that has ended before may not be approved, or `null`. A rejection is final for its evidence.
 * One that lapsed may be opened again, and then be approved anew: `approvals` that the audit
 * log has before that end are refused. The release's fate is not asked: another candidate of it may wait.
 *
 * Who is first is told by the log's numbers, not by clocks. An approval that the log doesn't have is taken for
 * one from before.
 */
export async function endProblem(
  store: ObjectStore,
  subject: PromotionSubject,
  approvals: readonly CountedApproval[],
): Promise<string | null> {
  const log = await readAudit(store, subject.model);
  const ends = log.filter(({ entry }) => entry.subject['evidence'] === subject.evidenceDigest);
  const rejection = ends.find(({ entry }) => entry.action === 'rejected');
  if (rejection !== undefined) {
    return `rejected: ${rejection.entry.by} rejected this candidate on this evidence, and that is final`;
  }
  const end = ends.findLast(({ entry }) => isLapse(entry.action));
  if (end === undefined) return null;
  const old = approvals.find(({ id }) => approvalNumber(log, id) < end.number);
  return old === undefined
    ? null
    : `the approval of ${old.approver} came before the promotion was ${end.entry.action}; approve again`;
}

/** Number of the entry that tells of an approval, or 0. */
function approvalNumber(log: readonly NumberedEntry[], id: string): number {
  const found = log.find(({ entry }) => entry.action === 'approved' && entry.subject['id'] === id);
  return found?.number ?? 0;
}
