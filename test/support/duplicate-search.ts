import {
  countConflicts,
  createFold,
  type FoundDuplicate,
  NO_ANSWER,
  type PromptStore,
} from '../../src/dedup/duplicate-search.js';
import {
  bandTasks,
  createBandSearch,
  inSurvivalOrder,
  joinGroups,
  partneredRows,
} from '../../src/dedup/row-groups.js';
import {
  createRowSketches,
  type RowColumns,
  type SearchPolicy,
} from '../../src/dedup/row-sketches.js';
import type { Kernel } from '../../src/text/kernel.js';
import { createShingler } from '../../src/text/shingler.js';
import { hashText } from '../../src/text/text-hash.js';

/** A row as it is added: only hashes and a sketch of it stay in memory. */
export interface SearchRow {
  readonly prompt: string;
  /** Rows with other keys (another answer, other tool calls) are never duplicates; empty without an answer. */
  readonly answerKey: string;
  /** Equal for exact duplicates only, whose prompts are equal, too. */
  readonly content: string;
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

/** The search over rows that are given one by one, from sketches to folds, in one thread and without files. */
export function createDuplicateSearch(
  policy: SearchPolicy,
  { kernel, prompts }: { readonly kernel: Kernel | null; readonly prompts: PromptStore },
): DuplicateSearch {
  const shingler = createShingler(kernel);
  const sketches = createRowSketches(policy, kernel, shingler);
  const dropped = new Set<number>();
  let columns: RowColumns | null = null;
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
      columns = sketches.taken();
      const searchBands = createBandSearch(columns, null);
      const found = bandTasks(columns, policy, 1).map((task) => resultOf(searchBands(task)));
      const groups = joinGroups(columns, found);
      const search = createFold(columns, groups, { policy, kernel, shingler, read });
      const rows = partneredRows(columns, groups);
      for (const row of inSurvivalOrder(rows, columns, survivesBefore)) {
        const found = search.fold(row);
        if (found !== null) dropped.add(row);
        yield found;
      }
      cappedCount = search.cappedCount();
    },
    conflictCount: () =>
      columns === null ? 0 : countConflicts(columns, (row) => dropped.has(row)),
    cappedCount: () => cappedCount,
  };
}

function resultOf<Result>(steps: Generator<number, Result, undefined>): Result {
  for (;;) {
    const step = steps.next();
    if (step.done === true) return step.value;
  }
}
