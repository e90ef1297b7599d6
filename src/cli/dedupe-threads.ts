import { statSync } from 'node:fs';
import { Worker } from 'node:worker_threads';
import { InvariantError, PrerequisiteError } from '../domain/errors.js';
import type { EnginePlan } from './dedupe-engine.js';
import type { ThreadAnswer, ThreadRequest } from './dedupe-thread.js';
import { cutFile } from './line-reader.js';
import { isPlainLines } from './plain-lines.js';

/** What a thread reads at a time; a file of less than two parts is not worth one. */
export const PART_BYTES = 16 * 1024 * 1024;

const THREAD_PROGRAM = new URL('./dedupe-thread.js', import.meta.url);

/** What says how many threads are worth starting. */
export interface ThreadsPlan extends EnginePlan {
  readonly files: readonly string[];
  /** How many may work at a time, the one that asks among them. */
  readonly threads: number;
  readonly partBytes?: number;
}

type TaskAnswer = Extract<ThreadAnswer, { readonly kind: 'result' }>;

/** Another thread with an engine of its own. */
export interface Thread {
  /**
   * Has it share some work and tell its results; false where it failed.
   * @throws PrerequisiteError where the thread has broken down, then or before.
   */
  run(request: ThreadRequest, hear: (answer: TaskAnswer) => void): Promise<boolean>;
  stop(): Promise<void>;
}

/** Starts the threads beside this one where there is a file that they can read in parts. Each has to be stopped. */
export function startThreads(plan: ThreadsPlan): readonly Thread[] {
  const { files, threads, policy, fields, keep, partBytes = PART_BYTES } = plan;
  const count = files.some((path) => isInParts(path, partBytes)) ? threads - 1 : 0;
  return Array.from({ length: count }, () => startThread({ policy, fields, keep }));
}

function isInParts(path: string, partBytes: number): boolean {
  if (!isPlainLines(path)) return false;
  const bytes = statSync(path, { throwIfNoEntry: false })?.size ?? 0;
  return cutFile(bytes, partBytes, 2).length > 1;
}

/** A run that is being waited for. */
interface Pending {
  readonly hear: (answer: TaskAnswer) => void;
  readonly resolve: (hasEnded: boolean) => void;
  readonly reject: (error: Error) => void;
}

/** A thread of a program that answers as `dedupe-thread.ts` does. It is listened to from start to end. */
export function startThread(plan: EnginePlan, program: URL = THREAD_PROGRAM): Thread {
  const worker = new Worker(program, { workerData: plan });
  let death: Error | null = null;
  let pending: Pending | null = null;

  function die(error: Error): void {
    death ??= error;
    pending?.reject(death);
    pending = null;
  }

  worker.on('error', (error) => {
    die(brokenDown(error));
  });
  worker.on('exit', () => {
    die(new InvariantError('a thread of the duplicate search ended by itself'));
  });
  worker.on('message', (answer: ThreadAnswer) => {
    if (answer.kind === 'result') pending?.hear(answer);
    else {
      pending?.resolve(answer.kind === 'ended');
      pending = null;
    }
  });
  return {
    run: (request, hear) =>
      new Promise((resolve, reject) => {
        if (death !== null) throw death;
        worker.postMessage(request);
        pending = { hear, resolve, reject };
      }),
    async stop() {
      await worker.terminate();
    },
  };
}

/** Of a thread that could not start or go on only the code is told, as of any error that is not holdfast's own. */
function brokenDown(error: unknown): PrerequisiteError {
  const { code } = (error ?? {}) as { readonly code?: unknown };
  const why = typeof code === 'string' ? ` (${code})` : '';
  return new PrerequisiteError(
    `a thread of the duplicate search broke down${why}; fewer --threads take less memory, 1 does without any`,
    { cause: error },
  );
}
