import { createFold, type PromptStore } from '../dedup/duplicate-search.js';
import { createDisjointSets } from '../dedup/disjoint-sets.js';
import {
  type BandTask,
  createBandSearch,
  type FoundBands,
  inSurvivalOrder,
  type RowGroups,
} from '../dedup/row-groups.js';
import type { RowColumns, SearchPolicy } from '../dedup/row-sketches.js';
import { InvariantError } from '../domain/errors.js';
import { createKernel } from '../text/kernel.js';
import { createShingler } from '../text/shingler.js';
import { fileOf, type FileRows } from './file-rows.js';
import { createFoundRows, type FoldedRows } from './found-rows.js';
import { type KeepRule, keepOrder } from './keep-rules.js';
import { type FileRange, readLines } from './line-reader.js';
import { createRowIntake, type RowIntake, type TakenRows } from './row-intake.js';
import { createPromptReader, type OpenFile } from './row-prompts.js';

/** What decides how rows are read and compared. */
export interface EnginePlan {
  readonly policy: SearchPolicy;
  readonly fields: readonly string[] | null;
  readonly keep: readonly KeepRule[];
}

/** The lines of a file that begin in a range. */
export interface PartTask extends OpenFile {
  readonly range: FileRange;
}

/** Work on tasks that have nothing to do with each other, so that threads can share it. */
export interface Work {
  /** Reads parts of files. */
  readonly read: { readonly tasks: readonly PartTask[] };
  /** Groups rows by bands, and joins those that share one where there are sets of rows. */
  readonly group: {
    readonly tasks: readonly BandTask[];
    readonly columns: RowColumns;
    readonly parents: Int32Array | null;
  };
  /** Folds portions of the rows, each in the order of survival. */
  readonly fold: {
    readonly tasks: readonly Uint32Array[];
    readonly rows: TakenRows;
    readonly groups: RowGroups;
    readonly files: readonly FileRows[];
  };
}

/** What comes of one task. */
export interface WorkResults {
  readonly read: TakenRows;
  readonly group: FoundBands;
  readonly fold: FoldedRows;
}

export type WorkKind = keyof Work;

/** Does a task; yields after every step how many bytes, bands or rows are done with it. */
export type DoTask<Result> = (task: number) => Generator<number, Result, undefined>;

/** Work of one thread. Whoever drives it decides what happens between the steps. */
export interface DedupeEngine {
  /** Whether lines can be read by their bytes. */
  readonly canScan: boolean;
  /** Takes rows in, part by part. */
  readonly intake: RowIntake;
  readonly begin: {
    readonly [Kind in WorkKind]: (work: Work[Kind]) => DoTask<WorkResults[Kind]>;
  };
}

/** Rows that are compared between two pauses: some milliseconds' work. */
const ROWS_AT_A_TIME = 1_024;

/** Prompts that can't be read again where they stand are in the store. */
export function createDedupeEngine(
  { policy, fields, keep }: EnginePlan,
  store: PromptStore | null,
): DedupeEngine {
  const kernel = createKernel();
  const scanner = kernel?.scanner ?? null;
  const shingler = createShingler(kernel);
  const intake = createRowIntake({ policy, fields, keep, kernel, shingler });

  function readerOf({ rows, files }: Work['fold']): (row: number) => void {
    const openFile = (row: number): OpenFile | null => fileOf(files, row)?.open ?? null;
    return createPromptReader(rows.places, { fileOf: openFile, store, fields, scanner }, shingler);
  }

  function read({ tasks }: Work['read']): DoTask<TakenRows> {
    return function* (task) {
      const part = taskOf(tasks, task);
      if (scanner === null) throw new InvariantError('lines are scanned without a scanner');
      // What a part that could not be read has left.
      if (intake.size > 0) intake.taken();
      yield* readLines(part.descriptor, part.range, scanner, intake.visitor(part.path));
      return intake.taken();
    };
  }

  function group({ tasks, columns, parents }: Work['group']): DoTask<FoundBands> {
    const sets = parents === null ? null : createDisjointSets(parents);
    const search = createBandSearch(columns, sets);
    return (task) => search(taskOf(tasks, task));
  }

  function fold(work: Work['fold']): DoTask<FoldedRows> {
    const { tasks, rows, groups } = work;
    const near = { policy, kernel, shingler, read: readerOf(work) };
    const search = createFold(rows.columns, groups, near);
    const { compare } = keepOrder(keep, rows.places);
    return function* (task) {
      const before = search.cappedCount();
      const found = createFoundRows();
      let placed = 0;
      for (const row of inSurvivalOrder(taskOf(tasks, task), rows.columns, compare)) {
        const duplicate = search.fold(row);
        if (duplicate !== null) found.add(duplicate);
        placed += 1;
        if (placed % ROWS_AT_A_TIME === 0) yield ROWS_AT_A_TIME;
      }
      yield placed % ROWS_AT_A_TIME;
      return found.taken(search.cappedCount() - before);
    };
  }

  return { canScan: scanner !== null, intake, begin: { read, group, fold } };
}

function taskOf<Task>(tasks: readonly Task[], number: number): Task {
  const task = tasks[number];
  if (task === undefined) throw new InvariantError('a task is done that is none');
  return task;
}
