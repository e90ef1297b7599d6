import type { FieldMapping } from '../domain/configuration.js';
import type { ListedObject, SourceObject } from '../domain/manifest.js';
import type { FinishReason, Message, Signal, SourcePosition } from '../domain/record.js';
import type { Listing, LogBytes, LogNames } from './log-bytes.js';

/** A tool that a request offered. */
export interface OfferedTool {
  readonly name: string;
  readonly description?: string;
  /** JSON Schema of its arguments; `undefined` where any are taken. */
  readonly parameters: unknown;
}

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
  /** Where the call was made, unless in production; such a record never becomes a label. */
  readonly surface?: 'staging' | 'debug';
  /** Why the model stopped, where the log says it. */
  readonly finishReason?: FinishReason;
  /** How many images stood in messages and answer; a mark stands for each. */
  readonly imagesLeftOut?: number;
  /** Whether a cache answered, and not the model. */
  readonly cached?: true;
  /** That the request wanted JSON, and the JSON Schema it gave, if any. */
  readonly jsonRequest?: { readonly schema: unknown };
  /** The tools that the request offered, where the log has them. */
  readonly tools?: readonly OfferedTool[];
}

/** A line that could not be understood: where it stands and a reason code, never a piece of its text. */
export interface QuarantinedLine {
  readonly kind: 'quarantined';
  readonly position: SourcePosition;
  /** e.g. `invalid-json`, `invalid-utf8`, `missing-output`, `invalid-time`, `line-too-long`. */
  readonly reason: string;
}

/** A line that was understood and is no record of its own: counted as dropped, for this reason. */
export interface PassedLine {
  readonly kind: 'passed';
  readonly position: SourcePosition;
  /** e.g. `failed-call`, `no-model-call`, `feedback`. */
  readonly reason: string;
}

export type LogLine = RawRecord | QuarantinedLine | PassedLine;

/** Lines that come together; each is read when it is asked for. */
export type LineBatch = Iterable<LogLine>;

/**
 * Reads logs. Every line comes out once, as what it is: a record, quarantined or passed over; where a line
 * holds several calls, each of them does. Blank lines are no lines.
 */
export interface Connector {
  /** Which files are read. */
  readonly names: LogNames;
  /** What there is, in a stable order; nothing of it is read. */
  look(): Promise<Listing>;
  /**
   * Listed logs with their digests, as a window names them; those of `known` objects are taken over where the place
   * itself tells that they are the same.
   */
  name(
    listed: readonly ListedObject[],
    known: readonly SourceObject[],
  ): Promise<readonly SourceObject[]>;
  /**
   * Which of `listed` have to be read for what `fresh` of them, unread so far, hold: `fresh` itself and,
   * where feedback comes in objects of its own, those that it may be about. In the order of `listed`.
   */
  toRead(listed: readonly SourceObject[], fresh: readonly SourceObject[]): readonly SourceObject[];
  /**
   * The lines of these objects' first `bytes` bytes. Nothing but the objects decides what comes out.
   * @throws DataError `source-changed` where one is not what it was when it was named
   */
  read(objects: readonly ListedObject[]): AsyncIterable<LogLine>;
  /**
   * As `read`, many at a time: a step of an asynchronous loop for each line costs more than the line. What comes of a
   * batch, unread texts above all, is valid until the next one is asked for.
   */
  readBatches(objects: readonly ListedObject[]): AsyncIterable<LineBatch>;
}

/** Longest log line that is read; longer ones are quarantined. */
export const MAXIMUM_LOG_LINE_BYTES = 16 * 1024 * 1024;

export interface ConnectorOptions {
  readonly bytes: LogBytes;
  /** What a line keeps where; each connector says which names it knows. */
  readonly fields: FieldMapping;
  /** Longest line that is read, in bytes. */
  readonly maximumLineBytes: number;
  /** For how many days feedback may come after what it is about, where it comes in objects of its own. */
  readonly lookbackDays: number;
}
