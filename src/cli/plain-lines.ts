import { setImmediate } from 'node:timers/promises';
import { stopped } from './dataset-options.js';
import { startProgress } from './progress.js';

/** Called between two pieces of work, with the bytes that were read on meanwhile. */
export type Pause = (done: number) => Promise<void>;

/** Whether a file is JSON Lines that can be read by their bytes: not packed. */
export function isPlainLines(path: string): boolean {
  return /\.(?:jsonl|ndjson)$/iu.test(path);
}

/**
 * Does some work under a progress bar; every pause gives signals and the bar their turn.
 * @throws PrerequisiteError when `interrupted` is aborted.
 */
export async function withPauses<Result>(
  name: string,
  total: number,
  interrupted: AbortSignal,
  work: (pause: Pause) => Promise<Result>,
): Promise<Result> {
  const progress = await startProgress(name, total);
  try {
    return await work(async (done) => {
      progress.advance(done);
      await setImmediate();
      if (interrupted.aborted) throw stopped();
    });
  } finally {
    progress.stop();
  }
}
