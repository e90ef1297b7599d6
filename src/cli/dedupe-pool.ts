import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import type { FoundDuplicate } from '../dedup/duplicate-search.js';
import { DataError, InvariantError } from '../domain/errors.js';
import type { DedupeEngine, EnginePlan, FoldInput, FoldedRows, PartTask } from './dedupe-engine.js';
import type { ThreadAnswer, ThreadRequest } from './dedupe-thread.js';
import type { Pause } from './plain-lines.js';
import type { TakenRows } from './row-intake.js';

/** Several threads, this one among them, that do the same kinds of work. Results come in the order of the tasks. */
export interface DedupePool {
  /** `null` where a thread failed: the work has to be done again to hear why. */
  read(tasks: readonly PartTask[], pause: Pause): Promise<readonly TakenRows[] | null>;
  fold(
    input: FoldInput,
    portions: readonly Uint32Array[],
    pause: Pause,
  ): Promise<FoldedRows | null>;
  close(): Promise<void>;
}

/** Rows that are compared between two pauses: some milliseconds' work. */
const ROWS_AT_A_TIME = 1_024;

/** Starts `threadCount - 1` threads beside this one, whose engine is `own`. */
export function createDedupePool(
  own: DedupeEngine,
  plan: EnginePlan,
  threadCount: number,
): DedupePool {
  const threads = Array.from({ length: threadCount - 1 }, () => startThread(plan));

  async function share<Task, Result>(
    tasks: readonly Task[],
    here: (task: Task) => Promise<Result | null>,
    there: (thread: Thread, task: Task) => Promise<Result | null>,
  ): Promise<readonly Result[] | null> {
    const results: Result[] = [];
    let next = 0;
    let hasFailed = false;
    const work = async (run: (task: Task) => Promise<Result | null>): Promise<void> => {
      while (next < tasks.length && !hasFailed) {
        const index = next;
        next += 1;
        const result = await run(tasks[index] as Task);
        if (result === null) hasFailed = true;
        else results[index] = result;
      }
    };
    await Promise.all([
      work(here),
      ...threads.map((thread) => work((task) => there(thread, task))),
    ]);
    return hasFailed ? null : results;
  }

  return {
    read: (tasks, pause) =>
      share(
        tasks,
        (task) => readHere(own, task, pause).catch(nullOfData),
        async (thread, task) => {
          const answer = await thread.ask({ kind: 'read', task });
          await pause(answer.kind === 'rows' ? task.range.end - task.range.start : 0);
          return answer.kind === 'rows' ? answer.rows : null;
        },
      ),
    async fold(input, portions, pause) {
      own.prepare(input, null);
      const ready = await Promise.all(
        threads.map((thread) => thread.ask({ kind: 'prepare', input })),
      );
      if (ready.some(({ kind }) => kind !== 'ready')) return null;
      const folded = await share(
        portions,
        (rows) => foldHere(own, rows, pause),
        async (thread, rows) => {
          const answer = await thread.ask({ kind: 'fold', rows });
          await pause(rows.length);
          return answer.kind === 'found' ? answer.folded : null;
        },
      );
      return folded === null ? null : joinFolded(folded);
    },
    close: async () => {
      await Promise.all(threads.map((thread) => thread.stop()));
    },
  };
}

/** What is wrong with the data is told by whoever reads all of it. */
function nullOfData(error: unknown): null {
  if (error instanceof DataError) return null;
  throw error;
}

/** Reads a part in this thread. */
export async function readHere(
  engine: DedupeEngine,
  task: PartTask,
  pause: Pause,
): Promise<TakenRows> {
  const steps = engine.read(task);
  for (;;) {
    const step = steps.next();
    if (step.done === true) return step.value;
    await pause(step.value);
  }
}

/** Folds rows in this thread; those that are duplicates come back. */
export async function foldHere(
  engine: DedupeEngine,
  rows: Uint32Array,
  pause: Pause,
): Promise<FoldedRows> {
  const before = engine.cappedCount();
  const found: FoundDuplicate[] = [];
  let placed = 0;
  for (const duplicate of engine.fold(rows)) {
    if (duplicate !== null) found.push(duplicate);
    placed += 1;
    if (placed % ROWS_AT_A_TIME === 0) await pause(ROWS_AT_A_TIME);
  }
  await pause(placed % ROWS_AT_A_TIME);
  return { found, cappedCount: engine.cappedCount() - before };
}

function joinFolded(parts: readonly FoldedRows[]): FoldedRows {
  return {
    found: parts.flatMap(({ found }) => found),
    cappedCount: parts.reduce((sum, { cappedCount }) => sum + cappedCount, 0),
  };
}

interface Thread {
  ask(request: ThreadRequest): Promise<ThreadAnswer>;
  stop(): Promise<void>;
}

function startThread(plan: EnginePlan): Thread {
  const worker = new Worker(new URL('./dedupe-thread.js', import.meta.url), { workerData: plan });
  return {
    async ask(request) {
      worker.postMessage(request);
      const ended = new AbortController();
      try {
        return await Promise.race([
          once(worker, 'message', { signal: ended.signal }).then(
            ([answer]) => answer as ThreadAnswer,
          ),
          once(worker, 'exit', { signal: ended.signal }).then(() => {
            throw new InvariantError('a thread of the duplicate search ended by itself');
          }),
        ]);
      } finally {
        ended.abort();
      }
    },
    async stop() {
      await worker.terminate();
    },
  };
}
