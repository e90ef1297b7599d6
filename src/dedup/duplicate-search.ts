import { createHashIndex } from '../text/hash-index.js';
import { hashText } from '../text/text-hash.js';
import { createNearRows, type NearOptions } from './near-rows.js';
import type { RowGroups } from './row-groups.js';
import { NOT_ASKED, ROW_FLAGS, type RowColumns } from './row-sketches.js';

/** Texts in UTF-8 under numbers from 0 on, for the comparisons that come after all were added. */
export interface PromptStore {
  add(utf8: Uint8Array): void;
  /** May share memory with the next one. */
  at(number: number): Uint8Array;
}

/** A dropped row, the kept one that it was compared with, and how near their prompts are. */
export interface FoundDuplicate {
  readonly row: number;
  readonly kept: number;
  readonly similarity: number;
  readonly rule: 'exact' | 'near';
}

/** What stands in the place of the hash of an answer where there is none. */
export const NO_ANSWER = hashText('');

/** Folds rows one by one, in the order of their survival. */
export interface Fold {
  /** Folds a row into the nearest kept row that it was itself compared with, or keeps it (`null`). */
  fold(row: number): FoundDuplicate | null;
  /** How many rows look like so many others that they were compared with the likeliest of them only. */
  cappedCount(): number;
}

export function createFold(columns: RowColumns, groups: RowGroups, options: NearOptions): Fold {
  const near = createNearRows(columns, groups, options);
  const { contents, answers, flags } = columns;
  const firsts = createHashIndex(flags.length / 4);
  const folds = new Map<number, Omit<FoundDuplicate, 'row'>>();
  const contentOf = (row: number): number => contents[row] ?? 0;

  function isNothing(row: number): boolean {
    return ((flags[row] ?? 0) & ROW_FLAGS.empty) !== 0 && answers[row] === NO_ANSWER;
  }

  return {
    fold(row) {
      const first = isNothing(row) ? -1 : firsts.get(contentOf(row));
      if (first !== -1) {
        return { ...(folds.get(first) ?? { kept: first, similarity: 1, rule: 'exact' }), row };
      }
      firsts.set(contentOf(row), row);
      const found = near.nearest(row);
      if (found === null) {
        near.keep(row);
        return null;
      }
      folds.set(row, { ...found, rule: 'near' });
      return { row, ...found, rule: 'near' };
    },
    cappedCount: () => near.cappedCount(),
  };
}

/** How many prompts are answered in more than one way by rows that were not dropped. */
export function countConflicts(
  { asked, answers }: RowColumns,
  isDropped: (row: number) => boolean,
): number {
  const known = new Map<number, number>();
  const conflicts = new Set<number>();
  asked.forEach((prompt, row) => {
    if (prompt === NOT_ASKED || isDropped(row)) return;
    const answer = answers[row] ?? NO_ANSWER;
    const other = known.get(prompt);
    if (other === undefined) known.set(prompt, answer);
    else if (other !== answer) conflicts.add(prompt);
  });
  return conflicts.size;
}
