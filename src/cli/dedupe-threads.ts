import { once } from 'node:events';
import { statSync } from 'node:fs';
import { Worker } from 'node:worker_threads';
import { InvariantError } from '../domain/errors.js';
import type { EnginePlan } from './dedupe-engine.js';
import type { ThreadAnswer, ThreadRequest } from './dedupe-thread.js';
import { cutFile } from './line-reader.js';
import { isPlainLines } from './plain-lines.js';

/** What a thread reads at a time; a file of less than two parts is not worth one. */
export const PART_BYTES = 16 * 1024 * 1024;

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
  /** Has it share some work and tell its results; false where it failed. */
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

function startThread(plan: EnginePlan): Thread {
  const worker = new Worker(new URL('./dedupe-thread.js', import.meta.url), { workerData: plan });
  return {
    async run(request, hear) {
      const ended = new AbortController();
      const { signal } = ended;
      try {
        return await Promise.race([
          new Promise<boolean>((resolve) => {
            const onAnswer = (answer: ThreadAnswer): void => {
              if (answer.kind === 'result') hear(answer);
              else resolve(answer.kind === 'ended');
            };
            worker.on('message', onAnswer);
            signal.addEventListener('abort', () => worker.off('message', onAnswer));
            worker.postMessage(request);
          }),
          once(worker, 'exit', { signal }).then(() => {
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
