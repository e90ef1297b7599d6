import type { SourcePosition } from '../domain/record.js';
import type { QuarantinedLine } from './connector.js';

/** A JSON object. */
export type JsonObject = Readonly<Record<string, unknown>>;

/** A row of a log: a JSON object and where it stands, or why it is none. */
export type LogRow =
  | { readonly kind: 'row'; readonly position: SourcePosition; readonly value: JsonObject }
  | QuarantinedLine;

export interface RowOptions {
  /** Longest line, or row of a table, that is read, in bytes. */
  readonly maximumLineBytes: number;
  /** Whether lines need not outlast the batch that they come in. */
  readonly isPassing?: boolean;
}

/** How far a file was read: its last line, where the next begins, and all bytes so far. */
export interface Reached {
  line: number;
  next: number;
  bytes: number;
}
