import { logName } from '../domain/log-order.js';

let last = { uri: '', log: '' };

/** The log that a file is of, whatever it is called by now; a log has many lines. */
export function logOf(uri: string): string {
  if (last.uri !== uri) last = { uri, log: logName(uri) };
  return last.log;
}
