import { setTimeout } from 'node:timers/promises';
import { DataError } from '../domain/errors.js';
import type { DedupeEngine, Work, WorkKind, WorkResults } from './dedupe-engine.js';
import type { ThreadRequest } from './dedupe-thread.js';
import type { Thread } from './dedupe-threads.js';
import type { Pause } from './plain-lines.js';
import { createTaskCounter, endTasks, takeTasks } from './task-counter.js';

/** Threads that share work, this one among them. */
export interface DedupePool {
  readonly threadCount: number;
  /**
   * Does all tasks of some work; whoever is free takes the next one. The results are in the order of the tasks.
   * `null` where one of several threads failed: the work has to be done again by one to hear why.
   * @throws as a thread that broke down, once this one does nothing any more.
   */
  share<Kind extends WorkKind>(
    kind: Kind,
    work: Work[Kind],
    pause: Pause,
  ): Promise<readonly WorkResults[Kind][] | null>;
}

/** How long it is waited for other threads before signals have their turn. */
const WAIT_MS = 50;

/** A pool of this thread, whose engine is `own`, and others. */
export function createDedupePool(own: DedupeEngine, threads: readonly Thread[]): DedupePool {
  return {
    threadCount: threads.length + 1,
    async share<Kind extends WorkKind>(kind: Kind, work: Work[Kind], pause: Pause) {
      const results: WorkResults[Kind][] = [];
      const count = work.tasks.length;
      const counter = createTaskCounter();
      let heard = 0;
      let broken: { readonly error: unknown } | null = null;
      const there = threads.map(async (thread) => {
        try {
          return await thread.run({ kind, work, counter } as ThreadRequest, (answer) => {
            results[answer.task] = answer.result as WorkResults[Kind];
            heard += answer.done;
          });
        } catch (error) {
          broken ??= { error };
          throw error;
        }
      });
      /** A pause after a step of this thread, that tells what the others have done meanwhile, too. */
      const rest = async (step: number): Promise<void> => {
        const done = step + heard;
        heard = 0;
        await pause(done);
        if (broken !== null) throw broken.error;
      };
      const here = async (): Promise<boolean> => {
        try {
          const doTask = own.begin[kind](work);
          for (const task of takeTasks(counter, count)) {
            results[task] = await doHere(doTask(task), rest);
          }
          return true;
        } catch (error) {
          endTasks(counter, count);
          if (threads.length > 0 && error instanceof DataError) return false;
          throw error;
        }
      };
      const ours = here();
      const all = Promise.all([ours, ...there]);
      try {
        const ended = await (threads.length === 0 ? all : waitFor(all, rest));
        return ended.includes(false) ? null : results;
      } finally {
        // What it reads may be closed from here on.
        await ours.catch(() => undefined);
      }
    },
  };
}

/** Waits for what other threads do, and pauses meanwhile. */
async function waitFor<Value>(
  promise: Promise<Value>,
  rest: (step: number) => Promise<void>,
): Promise<Value> {
  for (;;) {
    const first = await Promise.race([
      promise.then((value) => ({ value })),
      setTimeout(WAIT_MS, null, { ref: false }),
    ]);
    await rest(0);
    if (first !== null) return first.value;
  }
}

async function doHere<Result>(
  steps: Generator<number, Result, undefined>,
  rest: (step: number) => Promise<void>,
): Promise<Result> {
  for (;;) {
    const step = steps.next();
    if (step.done === true) return step.value;
    await rest(step.value);
  }
}
