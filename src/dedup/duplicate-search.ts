import { createHashIndex } from '../text/hash-index.js';
import { joinLanes } from '../text/hash.js';
import type { Kernel } from '../text/kernel.js';
import { createShingler } from '../text/shingler.js';
import { hashText } from '../text/text-hash.js';
import { growingNumbers } from './growing-numbers.js';
import { type PromptStore, type SearchPolicy, createNearRows } from './near-rows.js';

export type { PromptStore, SearchPolicy } from './near-rows.js';

/** A row as it is added: only hashes and a sketch of it stay in memory. */
export interface SearchRow {
  readonly prompt: string;
  /** Rows with other keys (another answer, other tool calls) are never duplicates; empty without an answer. */
  readonly answerKey: string;
  /** Equal for exact duplicates only. */
  readonly content: string;
}

/** A dropped row, the kept one that it was compared with, and how near their prompts are. */
export interface FoundDuplicate {
  readonly row: number;
  readonly kept: number;
  readonly similarity: number;
  readonly rule: 'exact' | 'near';
}

export interface SearchOptions {
  readonly kernel: Kernel | null;
  readonly prompts: PromptStore;
}

/** Finds duplicates among any number of rows. */
export interface DuplicateSearch {
  /** Adds a row under the next number, from 0 on. */
  add(row: SearchRow): void;
  /**
   * Folds every row into the nearest kept row that it was itself compared with, or keeps it (`null`). Rows are
   * taken in the order of `survivesBefore`, then of their content's hash, then of their numbers, so that the
   * order of arrival makes no difference where `survivesBefore` makes none.
   */
  fold(survivesBefore: (a: number, b: number) => number): Iterable<FoundDuplicate | null>;
  /** How many prompts the kept rows answer in more than one way. */
  conflictCount(): number;
}

const NO_ANSWER = hashText('');

export function createDuplicateSearch(
  policy: SearchPolicy,
  { kernel, prompts }: SearchOptions,
): DuplicateSearch {
  const shingler = createShingler(kernel);
  const near = createNearRows(policy, kernel, shingler, prompts);
  const contents = growingNumbers();
  const answers = growingNumbers();
  const conflicts = createConflicts();

  function add({ prompt, answerKey, content }: SearchRow): void {
    // What UTF-8 can't hold, half of a surrogate pair, is compared as it is kept.
    const text = prompt.toWellFormed();
    const words = shingler.read(text);
    prompts.add(shingler.utf8());
    contents.push(content === prompt ? shingler.textHash() : hashText(content));
    answers.push(answerKey === '' ? NO_ANSWER : hashText(answerKey));
    near.add(words);
    if (answerKey === '' || words === 0) return;
    const { lows, highs } = shingler.words(words);
    conflicts.ask(contents.size - 1, joinLanes(highs[0] ?? 0, lows[0] ?? 0));
  }

  function isNothing(row: number): boolean {
    return near.isEmpty(row) && answers.at(row) === NO_ANSWER;
  }

  return {
    add,
    *fold(survivesBefore) {
      near.seal();
      const firsts = createHashIndex();
      const folds = new Map<number, Omit<FoundDuplicate, 'row'>>();
      const order = Uint32Array.from({ length: contents.size }, (_, row) => row).sort(
        (a, b) => survivesBefore(a, b) || contents.at(a) - contents.at(b) || a - b,
      );
      for (const row of order) {
        const first = isNothing(row) ? -1 : firsts.get(contents.at(row));
        if (first !== -1) {
          const folded = folds.get(first) ?? { kept: first, similarity: 1, rule: 'exact' };
          yield { ...folded, row };
          continue;
        }
        firsts.set(contents.at(row), row);
        const found = near.nearest(row, (kept) => answers.at(kept) === answers.at(row));
        if (found !== null) {
          folds.set(row, { ...found, rule: 'near' });
          yield { row, ...found, rule: 'near' };
          continue;
        }
        near.keep(row);
        conflicts.answer(row, answers.at(row));
        yield null;
      }
    },
    conflictCount: () => conflicts.count(),
  };
}

interface Conflicts {
  ask(row: number, prompt: number): void;
  answer(row: number, answer: number): void;
  count(): number;
}

/** Which prompts, by a hash of their words, are answered how. */
function createConflicts(): Conflicts {
  const prompts = new Map<number, number>();
  const answers = new Map<number, Set<number>>();
  return {
    ask: (row, prompt) => void prompts.set(row, prompt),
    answer(row, answer) {
      const prompt = prompts.get(row);
      if (prompt === undefined) return;
      const known = answers.get(prompt);
      if (known === undefined) answers.set(prompt, new Set([answer]));
      else known.add(answer);
    },
    count: () => [...answers.values()].filter(({ size }) => size > 1).length,
  };
}
