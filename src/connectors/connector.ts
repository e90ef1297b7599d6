import type { FieldMapping } from '../domain/configuration.js';
import type { SourceObject } from '../domain/manifest.js';
import type { Message, Signal, SourcePosition } from '../domain/record.js';

/** A log line as a connector understood it, before redaction. Never written, hashed or logged as it is. */
export interface RawRecord {
  readonly kind: 'record';
  readonly position: SourcePosition;
  /** The log that the line belongs to, whatever its file is called by now. */
  readonly log: string;
  readonly externalId: string | null;
  /** ISO 8601, UTC. */
  readonly time: string;
  readonly tenant: string | null;
  readonly userId: string | null;
  readonly conversationId: string | null;
  readonly model: string | null;
  readonly messages: readonly Message[];
  readonly output: Message;
  readonly signals: readonly Signal[];
  readonly consent: 'allow' | 'deny' | 'unmarked';
  /** The higher the better, where the log says it. */
  readonly quality?: number;
}

/** A line that could not be understood: where it stands and a reason code, never a piece of its text. */
export interface QuarantinedLine {
  readonly kind: 'quarantined';
  readonly position: SourcePosition;
  /** e.g. `invalid-json`, `invalid-utf8`, `missing-output`, `invalid-time`, `line-too-long`. */
  readonly reason: string;
}

/**
 * Reads logs. `list` names the objects there are, in a stable order, and `unknown` what lies beside them
 * and is not read; `read` yields every line of one object's first `bytes` bytes, in order, as a record or
 * a quarantined line. Blank lines are no lines.
 */
export interface Connector {
  list(): Promise<readonly SourceObject[]>;
  unknown(): Promise<readonly string[]>;
  read(object: SourceObject): AsyncIterable<RawRecord | QuarantinedLine>;
}

/** Longest log line that is read; longer ones are quarantined. */
export const MAXIMUM_LOG_LINE_BYTES = 16 * 1024 * 1024;

export interface ConnectorOptions {
  /** A folder or a file. */
  readonly path: string;
  readonly fields: FieldMapping;
  /** Longest line that is read, in bytes. */
  readonly maximumLineBytes: number;
}
