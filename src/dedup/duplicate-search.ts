import { createHashIndex } from '../text/hash-index.js';
import type { Kernel } from '../text/kernel.js';
import { createShingler } from '../text/shingler.js';
import { hashText } from '../text/text-hash.js';
import { createNearRows, type NearOptions } from './near-rows.js';
import { groupRows, type RowGroups, survivalOrder } from './row-groups.js';
import {
  createRowSketches,
  NOT_ASKED,
  ROW_FLAGS,
  type RowColumns,
  type SearchPolicy,
} from './row-sketches.js';

export type { SearchPolicy } from './row-sketches.js';

/** Texts in UTF-8 under numbers from 0 on, for the comparisons that come after all were added. */
export interface PromptStore {
  add(utf8: Uint8Array): void;
  /** May share memory with the next one. */
  at(number: number): Uint8Array;
}

/** A row as it is added: only hashes and a sketch of it stay in memory. */
export interface SearchRow {
  readonly prompt: string;
  /** Rows with other keys (another answer, other tool calls) are never duplicates; empty without an answer. */
  readonly answerKey: string;
  /** Equal for exact duplicates only, whose prompts are equal, too. */
  readonly content: string;
}

/** A dropped row, the kept one that it was compared with, and how near their prompts are. */
export interface FoundDuplicate {
  readonly row: number;
  readonly kept: number;
  readonly similarity: number;
  readonly rule: 'exact' | 'near';
}

/** Finds duplicates among any number of rows. */
export interface DuplicateSearch {
  /** Adds a row under the next number, from 0 on. */
  add(row: SearchRow): void;
  /** Ends adding, and folds what was added. */
  fold(survivesBefore: (a: number, b: number) => number): Iterable<FoundDuplicate | null>;
  /** How many prompts the kept rows answer in more than one way. */
  conflictCount(): number;
  /** How many rows look like so many others that they were compared with the likeliest of them only. */
  cappedCount(): number;
}

/** What stands in the place of the hash of an answer where there is none. */
export const NO_ANSWER = hashText('');

export function createDuplicateSearch(
  policy: SearchPolicy,
  { kernel, prompts }: { readonly kernel: Kernel | null; readonly prompts: PromptStore },
): DuplicateSearch {
  const shingler = createShingler(kernel);
  const sketches = createRowSketches(policy, kernel, shingler);
  const dropped = new Set<number>();
  let cappedCount = 0;
  return {
    add({ prompt, answerKey, content }) {
      // What UTF-8 can't hold, half of a surrogate pair, is compared as it is kept.
      const words = shingler.read(prompt.toWellFormed());
      prompts.add(shingler.utf8());
      sketches.add({
        words,
        content: content === prompt ? shingler.textHash() : hashText(content),
        answer: answerKey === '' ? NO_ANSWER : hashText(answerKey),
        isAnswered: answerKey !== '',
        choices: 0,
      });
    },
    *fold(survivesBefore) {
      const read = (row: number): void => void shingler.readUtf8(prompts.at(row));
      const columns = sketches.columns();
      const groups = groupRows(columns, policy);
      const search = createFold(columns, groups, { policy, kernel, shingler, read });
      for (const row of survivalOrder(columns, groups, survivesBefore)) {
        const found = search.fold(row);
        if (found !== null) dropped.add(row);
        yield found;
      }
      cappedCount = search.cappedCount();
    },
    conflictCount: () => countConflicts(sketches.columns(), (row) => dropped.has(row)),
    cappedCount: () => cappedCount,
  };
}

/** Folds rows one by one, in the order of their survival. */
export interface Fold {
  /** Folds a row into the nearest kept row that it was itself compared with, or keeps it (`null`). */
  fold(row: number): FoundDuplicate | null;
  /** As `DuplicateSearch` has it. */
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
