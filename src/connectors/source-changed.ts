import { DataError } from '../domain/errors.js';

/** What a log is that was changed after it was named; `how` says what happened to it. */
export function sourceChanged(uri: string, how: string): DataError {
  return new DataError(
    'source-changed',
    `the log file ${uri} is not what it was when the window was closed: ${how}; ` +
      'put it back, or run the window again with --reopen',
  );
}
