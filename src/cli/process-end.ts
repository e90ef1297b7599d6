import { writeSync } from 'node:fs';
import { tellError, type ToldError } from './errors.js';

const STANDARD_ERROR = 2;
const COULD_NOT_RUN = 2;

/** What reads the output may stop reading, as `head` does: the program goes on to its end and exit code. */
export function outliveReaders(streams: readonly NodeJS.WritableStream[]): void {
  for (const stream of streams) {
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EPIPE') throw error;
    });
  }
}

/**
 * An error that nothing caught ends the process with 2, "could not run"; Node's own 1 would read as a finding
 * or a refusal. With `isVerbose` its stack is told. `answer` says it on standard output, where an answer is owed.
 */
export function endOnUncaught(
  isVerbose: boolean,
  answer: (told: ToldError) => void = () => undefined,
): void {
  process.on('uncaughtException', (error: unknown) => {
    const told = tellError(error);
    const stack = isVerbose && error instanceof Error ? `${error.stack ?? ''}\n` : '';
    try {
      writeSync(STANDARD_ERROR, `holdfast: ${told.message}\n${stack}`);
    } catch {
      // Nobody can be told: standard error may be what failed.
    }
    answer(told);
    process.exit(COULD_NOT_RUN);
  });
}
