import { closeSync, openSync } from 'node:fs';
import { countConflicts, type FoundDuplicate } from '../dedup/duplicate-search.js';
import { createDisjointSets, disjointParents } from '../dedup/disjoint-sets.js';
import { independentPortions } from '../dedup/independent-portions.js';
import { joinRows } from '../dedup/join-rows.js';
import { bandTasks, type FoundBands, joinGroups, partneredRows } from '../dedup/row-groups.js';
import { besidesOf, expectedOf } from '../formats/dataset-besides.js';
import { datasetBytes } from '../formats/dataset-file.js';
import { type RestOf, type RowPlace, type RowRest, readTexts } from './dataset-options.js';
import { createDedupeEngine } from './dedupe-engine.js';
import { createDedupePool } from './dedupe-pool.js';
import { PART_BYTES, startThreads, type Thread, type ThreadsPlan } from './dedupe-threads.js';
import { fileOf, type FileRows } from './file-rows.js';
import { type FoldedRows, joinFolded } from './found-rows.js';
import { type KeepReason, keepOrder, ranksOf, requireRanked } from './keep-rules.js';
import { cutFile, requireUnchanged, stampOf } from './line-reader.js';
import { isPlainLines, type Pause, withPauses } from './plain-lines.js';
import { createPromptStore } from './prompt-file.js';
import type { TakenRows } from './row-intake.js';
import { createIdReader, joinPlaces, PROMPT_PLACES, type RowId } from './row-places.js';
import type { OpenFile } from './row-prompts.js';

export interface RowOfFile extends RowPlace {
  readonly id: RowId;
}

/** What duplicates are looked for in. */
export type RowsPlan = ThreadsPlan;

/** The rows of files while duplicates are looked for among them: places, lengths and hashes of texts. */
export interface DedupeRows {
  /** Reads the files. @throws as `readTexts` and `requireRanked` do. */
  read(interrupted: AbortSignal): Promise<void>;
  size(): number;
  at(row: number): RowOfFile;
  /** Finds the duplicates, by their numbers. @throws PrerequisiteError when `interrupted` is aborted. */
  compare(interrupted: AbortSignal): Promise<readonly FoundDuplicate[]>;
  /** Why a row survived another. */
  reason(kept: number, dropped: number): KeepReason;
  /** Prompts that kept rows answer in more than one way. */
  conflictCount(): number;
  /** Rows that look like so many others that they were compared with the likeliest of them only. */
  cappedCount(): number;
  close(): Promise<void>;
}

interface StampedFile extends OpenFile {
  readonly stamp: string;
  readonly bytes: number;
}

/** Stretches of bands for each thread, that none waits long for the last. */
const STRETCHES_PER_THREAD = 2;
/** Portions of rows for each thread: some more, so that none waits long for the last. */
const PORTIONS_PER_THREAD = 32;

/** Rows that nothing is read of yet, and the threads that share the work; both have to be closed. */
export function createRows(
  plan: RowsPlan,
  threads: readonly Thread[] = startThreads(plan),
): DedupeRows {
  const { files, policy, fields, keep } = plan;
  const store = createPromptStore();
  const engine = createDedupeEngine({ policy, fields, keep }, store);
  let storedCount = 0;
  const known: FileRows[] = [];
  const opened: StampedFile[] = [];
  const parts: TakenRows[] = [];
  let rowCount = 0;
  let linesBefore: number[] = [];
  let rows: TakenRows = engine.intake.taken();
  let idOf: (row: number) => RowId = () => null;
  let order = keepOrder(keep, rows.places);
  const alone = createDedupePool(engine, []);
  const pool = threads.length > 0 && engine.canScan ? createDedupePool(engine, threads) : alone;
  /** By row, 1 for a duplicate. */
  let dropped = new Uint8Array(0);
  let cappedCount = 0;
  let closed: Promise<void> | null = null;

  const stop = async (): Promise<void> => {
    await Promise.all(threads.map((thread) => thread.stop()));
  };

  async function open(path: string): Promise<StampedFile> {
    const bytes = await datasetBytes(path);
    const descriptor = openSync(path, 'r');
    const file = { path, descriptor, bytes, stamp: stampOf(descriptor) };
    opened.push(file);
    return file;
  }

  /** Adds the parts of a file, in their order. */
  function take(path: string, file: OpenFile | null, read: readonly TakenRows[]): void {
    known.push({ path, firstRow: rowCount, open: file });
    let lines = 0;
    for (const part of read) {
      linesBefore.push(lines);
      lines += part.lineCount;
      rowCount += part.places.kinds.length;
      parts.push(part);
    }
  }

  const restOf: RestOf<RowRest> = (row, place, { answer }) => ({
    ranks: ranksOf(row, keep, place),
    besides: besidesOf(row, fields),
    expected: expectedOf(row, fields, answer),
  });

  async function readStored(path: string, interrupted: AbortSignal): Promise<TakenRows> {
    const { intake } = engine;
    for await (const texts of readTexts([path], fields, interrupted, restOf)) {
      for (const text of texts) {
        intake.add(text, text, (prompt) => {
          store.add(prompt);
          storedCount += 1;
          const offset = storedCount - 1;
          return { kind: PROMPT_PLACES.store, offset, size: 0, line: text.line ?? 0 };
        });
      }
    }
    return intake.taken();
  }

  async function readLined(file: StampedFile, pause: Pause): Promise<readonly TakenRows[]> {
    const ranges = cutFile(file.bytes, plan.partBytes ?? PART_BYTES, pool.threadCount);
    if (pool !== alone && ranges.length > 1) {
      const tasks = ranges.map((range) => ({ ...file, range }));
      const read = await pool.share('read', { tasks }, pause);
      if (read !== null) return read;
    }
    // A part does not know its first line's number, so that errors are told by one that reads all.
    const range = { start: 0, end: Number.MAX_SAFE_INTEGER };
    return (await alone.share('read', { tasks: [{ ...file, range }] }, pause)) ?? [];
  }

  /** Finds the rows that share bands, and joins them in `parents` where there are such. */
  async function search(
    parents: Int32Array | null,
    interrupted: AbortSignal,
  ): Promise<readonly FoundBands[]> {
    const { columns } = rows;
    const count = pool === alone ? 1 : pool.threadCount * STRETCHES_PER_THREAD;
    const tasks = bandTasks(columns, policy, count);
    const bands = tasks.reduce((sum, { from, to }) => sum + to - from, 0);
    return withPauses('grouping', bands, interrupted, async (pause) => {
      const work = { tasks, columns, parents };
      const found = await pool.share('group', work, pause);
      return found ?? (await alone.share('group', work, pause)) ?? [];
    });
  }

  /** Folds all rows that can be duplicates, those of different sets by different threads. */
  async function fold(
    bands: readonly FoundBands[],
    parents: Int32Array | null,
    interrupted: AbortSignal,
  ): Promise<readonly FoldedRows[]> {
    const { columns } = rows;
    const groups = joinGroups(columns, bands);
    const partnered = partneredRows(columns, groups);
    const all = { rows, groups, files: known };
    return withPauses('comparing', partnered.length, interrupted, async (pause) => {
      if (parents !== null) {
        const count = pool.threadCount * PORTIONS_PER_THREAD;
        const tasks = independentPortions(partnered, columns, createDisjointSets(parents), count);
        const folded = await pool.share('fold', { ...all, tasks }, pause);
        if (folded !== null) return folded;
      }
      return (await alone.share('fold', { ...all, tasks: [partnered] }, pause)) ?? [];
    });
  }

  return {
    async read(interrupted) {
      for (const path of files) {
        if (!engine.canScan || !isPlainLines(path)) {
          take(path, null, [await readStored(path, interrupted)]);
          continue;
        }
        const file = await open(path);
        const read = await withPauses(path, file.bytes, interrupted, (pause) =>
          readLined(file, pause),
        );
        take(path, file, read);
      }
      rows = joinParts(parts, linesBefore);
      parts.length = 0;
      linesBefore = [];
      requireRanked(keep, rows.places.ranks);
      idOf = createIdReader(rows.places);
      order = keepOrder(keep, rows.places);
    },
    size: () => rowCount,
    at(row) {
      const { path = '', firstRow = 0 } = fileOf(known, row) ?? {};
      const line = rows.places.lines[row] ?? 0;
      const index = row - firstRow;
      return { file: path, index, line: line === 0 ? null : line, id: idOf(row) };
    },
    async compare(interrupted) {
      // Prompts that are in the store are this thread's own.
      const isShared = pool !== alone && storedCount === 0;
      const parents = isShared ? disjointParents(rowCount) : null;
      const folded = await fold(await search(parents, interrupted), parents, interrupted);
      // What the threads hold is given back while the rest is done.
      closed = stop();
      for (const { path, descriptor, stamp } of opened) requireUnchanged(path, descriptor, stamp);
      cappedCount = folded.reduce((sum, portion) => sum + portion.cappedCount, 0);
      const found = joinFolded(folded, rowCount);
      dropped = new Uint8Array(rowCount);
      for (const { row } of found) dropped[row] = 1;
      return found;
    },
    reason(kept, row) {
      const { contents } = rows.columns;
      const reason = order.reason(kept, row);
      // Of equal rows no hash is the less.
      return reason === 'hash' && contents[kept] === contents[row] ? 'first' : reason;
    },
    conflictCount: () => countConflicts(rows.columns, (row) => dropped[row] === 1),
    cappedCount: () => cappedCount,
    async close() {
      await (closed ?? stop());
      store.close();
      opened.forEach(({ descriptor }) => closeSync(descriptor));
    },
  };
}

function joinParts(parts: readonly TakenRows[], linesBefore: readonly number[]): TakenRows {
  const [only] = parts;
  if (only !== undefined && parts.length === 1) return only;
  return {
    columns: joinRows(parts.map(({ columns }) => columns)),
    places: joinPlaces(
      parts.map(({ places }) => places),
      linesBefore,
    ),
    lineCount: 0,
  };
}
