import type { ObjectReference } from './manifest.js';

/** What a model was trained on, as far as we know; written at submission or declared, never inferred. */
export interface Lineage {
  readonly v: 1;
  readonly modelId: string;
  readonly baseModel: string | null;
  /** The first release a candidate was trained on; `null` for a declared champion. */
  readonly release: string | null;
  /** `unknown` has to be written out in the configuration, and every report says so. */
  readonly trainingFiles: readonly ObjectReference[] | 'unknown';
  /** The model that it was trained on top of; its files are among `trainingFiles`. Absent where that is the base model. */
  readonly parent?: string;
  /** Set where an ancestor's training is not known: `trainingFiles` are then what is known. */
  readonly hasUnknownAncestor?: true;
  /** Set where its provider named no model of the job, and a person said which one it is. */
  readonly isNamedByPerson?: true;
}

/** The champion alias: a compare-and-set pointer. */
export interface Alias {
  readonly modelId: string;
  /** The candidate's promotion id, or `null` for the declared champion. */
  readonly promotion: string | null;
  readonly evidence: string | null;
  readonly previousModelId: string | null;
}

/** One line of the audit log, `audit/<model>/<number>.json`. */
export interface AuditEntry {
  readonly v: 1;
  readonly at: string;
  readonly action:
    | 'champion-declared'
    | 'approved'
    | 'refused'
    | 'promoted'
    | 'rejected'
    | 'expired'
    | 'superseded'
    | 'cancelled'
    | 'rolled-back'
    | 'window-skipped'
    | 'opted-out'
    | 'cost-approved'
    | 'job-adopted'
    | 'retried';
  readonly by: string;
  readonly reason: string;
  readonly subject: Readonly<Record<string, string | null>>;
  /**
   * SHA-256 (hex) of the entry before, `null` for the first. Made when the entry is appended; absent in
   * entries of versions that made none.
   */
  readonly previous?: string | null;
}
