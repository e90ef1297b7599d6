import { closeSync, openSync } from 'node:fs';
import { setImmediate } from 'node:timers/promises';
import {
  countConflicts,
  createFold,
  type Fold,
  type FoundDuplicate,
} from '../dedup/duplicate-search.js';
import type { SearchPolicy } from '../dedup/row-sketches.js';
import { datasetBytes } from '../formats/dataset-file.js';
import { createKernel } from '../text/kernel.js';
import type { RowScanner } from '../text/row-scanner.js';
import { createShingler } from '../text/shingler.js';
import { type RowPlace, readTexts, stopped } from './dataset-options.js';
import { readLines, requireUnchanged, stampOf } from './line-reader.js';
import { startProgress } from './progress.js';
import { createPromptStore } from './prompt-file.js';
import { createRowIntake, type RowIntake, type TakenRows } from './row-intake.js';
import { idAt, PROMPT_PLACES } from './row-places.js';
import { createPromptReader, type OpenFile } from './row-prompts.js';

/** What survives of near-duplicates. */
export type Keep = 'longest' | 'first';

export interface RowOfFile extends RowPlace {
  readonly id: string | number | null;
}

/** What duplicates are looked for in. */
export interface RowsPlan {
  readonly files: readonly string[];
  readonly policy: SearchPolicy;
  readonly fields: readonly string[] | null;
  readonly keep: Keep;
}

/** The rows of files while duplicates are looked for among them: places, lengths and hashes of texts. */
export interface DedupeRows {
  /** Reads the files. @throws as `readTexts` does. */
  read(interrupted: AbortSignal): Promise<void>;
  size(): number;
  at(row: number): RowOfFile;
  /** Finds the duplicates, by their numbers. @throws PrerequisiteError when `interrupted` is aborted. */
  compare(interrupted: AbortSignal): Promise<readonly FoundDuplicate[]>;
  /** Prompts that kept rows answer in more than one way. */
  conflictCount(): number;
  close(): void;
}

/** A file, the number of its first row, and where it is open for its prompts to be read again. */
interface ReadFile {
  readonly path: string;
  readonly firstRow: number;
  readonly open: (OpenFile & { readonly stamp: string }) | null;
}

/** Rows that are compared between two looks at Ctrl-C: some milliseconds' work. */
const ROWS_AT_A_TIME = 1_024;

export function createRows({ files, policy, fields, keep }: RowsPlan): DedupeRows {
  const kernel = createKernel();
  const scanner = kernel?.scanner ?? null;
  const shingler = createShingler(kernel);
  const store = createPromptStore();
  const intake = createRowIntake({ policy, fields, kernel, shingler });
  const known: ReadFile[] = [];
  let taken: TakenRows = intake.rows();
  const dropped = new Set<number>();
  let storedCount = 0;

  const fileOf = (row: number): ReadFile | undefined =>
    known.findLast(({ firstRow }) => firstRow <= row);

  async function readStored(path: string, interrupted: AbortSignal): Promise<void> {
    known.push({ path, firstRow: intake.size, open: null });
    for await (const texts of readTexts([path], fields, interrupted)) {
      for (const text of texts) {
        intake.add(text, (prompt) => {
          store.add(prompt);
          storedCount += 1;
          const offset = storedCount - 1;
          return { kind: PROMPT_PLACES.store, offset, size: 0, line: text.line ?? 0 };
        });
      }
    }
  }

  function fold(): Fold {
    const read = createPromptReader(
      taken.places,
      { fileOf: (row) => fileOf(row)?.open ?? null, store, fields, scanner },
      shingler,
    );
    return createFold(taken.columns, { policy, kernel, shingler, read });
  }

  return {
    async read(interrupted) {
      for (const path of files) {
        if (scanner === null || !isPlainLines(path)) await readStored(path, interrupted);
        else {
          const open = await openPlain(path);
          known.push({ path, firstRow: intake.size, open });
          await readPlain(open, intake, scanner, interrupted);
        }
      }
      taken = intake.rows();
    },
    size: () => intake.size,
    at(row) {
      const { path = '', firstRow = 0 } = fileOf(row) ?? {};
      const line = taken.places.lines[row] ?? 0;
      const place = { file: path, index: row - firstRow, line: line === 0 ? null : line };
      return { ...place, id: idAt(taken.places, row) };
    },
    async compare(interrupted) {
      const { lengths } = taken.places;
      const search = fold();
      const order = search.order(
        keep === 'first' ? (a, b) => a - b : (a, b) => (lengths[b] ?? 0) - (lengths[a] ?? 0),
      );
      const found = await foldAll(search, order, interrupted);
      for (const { open } of known) {
        if (open !== null) requireUnchanged(open.path, open.descriptor, open.stamp);
      }
      found.forEach(({ row }) => dropped.add(row));
      return found;
    },
    conflictCount: () => countConflicts(taken.columns, (row) => dropped.has(row)),
    close() {
      store.close();
      known.forEach(({ open }) => open !== null && closeSync(open.descriptor));
    },
  };
}

/** Whether a file is JSON Lines as it stands, whose prompts can be read again in their places. */
function isPlainLines(path: string): boolean {
  return /\.(?:jsonl|ndjson)$/iu.test(path);
}

async function openPlain(path: string): Promise<OpenFile & { readonly stamp: string }> {
  await datasetBytes(path);
  const descriptor = openSync(path, 'r');
  return { path, descriptor, stamp: stampOf(descriptor) };
}

async function readPlain(
  { path, descriptor }: OpenFile,
  intake: RowIntake,
  scanner: RowScanner,
  interrupted: AbortSignal,
): Promise<void> {
  const bytes = await datasetBytes(path);
  const progress = await startProgress(path, bytes);
  const whole = { start: 0, end: Number.MAX_SAFE_INTEGER };
  try {
    for (const read of readLines(descriptor, whole, scanner, intake.visitor(path, scanner))) {
      progress.advance(read);
      await setImmediate();
      if (interrupted.aborted) throw stopped();
    }
  } finally {
    progress.stop();
  }
}

/** Folds rows, and lets signals and the progress bar have their turn every so many. */
async function foldAll(
  search: Fold,
  order: Uint32Array,
  interrupted: AbortSignal,
): Promise<FoundDuplicate[]> {
  const progress = await startProgress('comparing', order.length);
  const found: FoundDuplicate[] = [];
  try {
    for (let placed = 0; placed < order.length; placed += 1) {
      const duplicate = search.fold(order[placed] ?? 0);
      if (duplicate !== null) found.push(duplicate);
      if (placed % ROWS_AT_A_TIME !== 0) continue;
      progress.advance(ROWS_AT_A_TIME);
      await setImmediate();
      if (interrupted.aborted) throw stopped();
    }
  } finally {
    progress.stop();
  }
  return found.sort((a, b) => a.row - b.row);
}
