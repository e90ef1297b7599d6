import { InvariantError } from './errors.js';

/** Why records left a stage, and how many for each reason. */
export type ReasonCounts = Readonly<Record<string, number>>;

/** What one stage did with every record it read. */
export interface Books {
  readonly stage: string;
  readonly read: number;
  readonly kept: number;
  readonly dropped: ReasonCounts;
  readonly quarantined: ReasonCounts;
  readonly deferred: number;
  /** Worth knowing of what was kept (late, revised, near-copies): counts that are no part of the sum. */
  readonly notes?: ReasonCounts;
  /** The same by source, in the order of the configuration, where the stage reads sources. */
  readonly bySource?: readonly Books[];
}

/** Notes of what was seen by decontamination and is no finding: what many rows hold, and parts in templates. */
export const UNCOUNTED_NOTES = { excused: 'match-excused', template: 'match-in-template' } as const;

/** The same of the champion's training files, which are no part of the release. */
export const CHAMPION_UNCOUNTED_NOTES = {
  excused: 'champion-match-excused',
  template: 'champion-match-in-template',
} as const;

/** The same of the anchor's, where it is another model. */
export const ANCHOR_UNCOUNTED_NOTES = {
  excused: 'anchor-match-excused',
  template: 'anchor-match-in-template',
} as const;

/** The sum of a reason table. */
export function total(counts: ReasonCounts): number {
  return Object.values(counts).reduce((sum, count) => sum + count, 0);
}

/** Adds `amount` to `reason` in a table that is being built. */
export function count(counts: Record<string, number>, reason: string, amount = 1): void {
  counts[reason] = (counts[reason] ?? 0) + amount;
}

/**
 * Holds `read = kept + dropped + quarantined + deferred`, and that no count is negative or fractional.
 * @throws InvariantError naming the stage and both sides of the sum.
 */
export function assertBalanced(books: Books): Books {
  const counts = [
    books.read,
    books.kept,
    books.deferred,
    ...Object.values(books.dropped),
    ...Object.values(books.quarantined),
  ];
  if (!counts.every((value) => Number.isSafeInteger(value) && value >= 0)) {
    throw new InvariantError(`the books of ${books.stage} hold a count that is no whole number`);
  }
  const accounted = books.kept + total(books.dropped) + total(books.quarantined) + books.deferred;
  if (accounted !== books.read) {
    throw new InvariantError(
      `the books of ${books.stage} don't balance: read ${books.read}, accounted for ${accounted} ` +
        `(kept ${books.kept}, dropped ${total(books.dropped)}, quarantined ${total(books.quarantined)}, ` +
        `deferred ${books.deferred})`,
    );
  }
  if (books.bySource !== undefined) assertSum(books, books.bySource);
  return books;
}

function assertSum(books: Books, bySource: readonly Books[]): void {
  for (const key of ['read', 'kept', 'deferred'] as const) {
    const sum = bySource.reduce((amount, part) => amount + assertBalanced(part)[key], 0);
    if (sum === books[key]) continue;
    throw new InvariantError(
      `the books of ${books.stage} don't balance: ${key} ${books[key]}, by source ${sum}`,
    );
  }
}

/** The books of a stage that reads sources: the sum of theirs, which are kept beside it. */
export function addBooks(stage: string, bySource: readonly Books[]): Books {
  const dropped: Record<string, number> = {};
  const quarantined: Record<string, number> = {};
  const notes: Record<string, number> = {};
  let read = 0;
  let kept = 0;
  let deferred = 0;
  for (const part of bySource) {
    read += part.read;
    kept += part.kept;
    deferred += part.deferred;
    for (const [reason, amount] of Object.entries(part.dropped)) count(dropped, reason, amount);
    for (const [reason, amount] of Object.entries(part.quarantined)) {
      count(quarantined, reason, amount);
    }
    for (const [note, amount] of Object.entries(part.notes ?? {})) count(notes, note, amount);
  }
  return assertBalanced({ stage, read, kept, dropped, quarantined, deferred, notes, bySource });
}
