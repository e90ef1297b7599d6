/** One addition to a model's list of opt-outs; nothing is ever taken off it. */
export interface OptOutEntry {
  readonly v: 1;
  /** ISO 8601; no digested byte depends on it. */
  readonly at: string;
  readonly by: string;
  /** Of the key that the hashes were made with: with another they would be of nobody. */
  readonly splitKeyFingerprint: string;
  /** Keyed hashes of records and of users, 64 hexadecimal digits each; which is which can't be told. */
  readonly hashes: readonly string[];
}

/** Whether a record was opted out, by itself or by its user. */
export type IsOptedOut = (record: {
  readonly id: string;
  /** `CanonicalRecord.userKeyHash`. */
  readonly user?: string | null;
}) => boolean;
