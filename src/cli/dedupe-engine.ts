import { createFold, type Fold, type FoundDuplicate } from '../dedup/duplicate-search.js';
import type { RowGroups } from '../dedup/row-groups.js';
import type { SearchPolicy } from '../dedup/row-sketches.js';
import type { PromptStore } from '../dedup/duplicate-search.js';
import { InvariantError } from '../domain/errors.js';
import { createKernel } from '../text/kernel.js';
import { createShingler } from '../text/shingler.js';
import type { KeepRule } from './keep-rules.js';
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

/** A file whose rows begin at a number; `open` is `null` where prompts are in the store. */
export interface FileRows {
  readonly path: string;
  readonly firstRow: number;
  readonly open: OpenFile | null;
}

/** All that rows are folded by: arrays that threads have in common. */
export interface FoldInput {
  readonly rows: TakenRows;
  readonly groups: RowGroups;
  readonly files: readonly FileRows[];
}

/** Reads and compares rows in one thread. Whoever drives it decides what happens between the steps. */
export interface DedupeEngine {
  /** Whether lines can be read by their bytes. */
  readonly canScan: boolean;
  intake(): RowIntake;
  /** Reads a part; yields how many bytes it has read on. */
  read(task: PartTask): Generator<number, TakenRows, undefined>;
  /** Begins folding. */
  prepare(input: FoldInput, store: PromptStore | null): void;
  /** Folds rows in their order; yields after each what it was found to be. */
  fold(rows: Uint32Array): Generator<FoundDuplicate | null, void, undefined>;
  /** How many of all rows that were folded here were compared with a part of their look-alikes only. */
  cappedCount(): number;
}

/** What folding rows found. */
export interface FoldedRows {
  readonly found: readonly FoundDuplicate[];
  readonly cappedCount: number;
}

/** The file that a row is from. */
export function fileOf(files: readonly FileRows[], row: number): FileRows | undefined {
  return files.length === 1 ? files[0] : files.findLast(({ firstRow }) => firstRow <= row);
}

export function createDedupeEngine({ policy, fields, keep }: EnginePlan): DedupeEngine {
  const kernel = createKernel();
  const scanner = kernel?.scanner ?? null;
  const shingler = createShingler(kernel);
  let search: Fold | null = null;
  const intake = (): RowIntake => createRowIntake({ policy, fields, keep, kernel, shingler });
  return {
    canScan: scanner !== null,
    intake,
    *read({ path, descriptor, range }) {
      if (scanner === null) throw new InvariantError('lines are scanned without a scanner');
      const own = intake();
      yield* readLines(descriptor, range, scanner, own.visitor(path, scanner));
      return own.rows();
    },
    prepare({ rows, groups, files }, store) {
      const sources = {
        fileOf: (row: number) => fileOf(files, row)?.open ?? null,
        store,
        fields,
        scanner,
      };
      const read = createPromptReader(rows.places, sources, shingler);
      search = createFold(rows.columns, groups, { policy, kernel, shingler, read });
    },
    *fold(rows) {
      if (search === null) throw new InvariantError('rows are folded before they are grouped');
      for (const row of rows) yield search.fold(row);
    },
    cappedCount: () => search?.cappedCount() ?? 0,
  };
}
