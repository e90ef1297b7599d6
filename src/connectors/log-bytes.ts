import type { SourceObject } from '../domain/manifest.js';

/** Which files of a source are logs, by their names, and how errors tell it. */
export interface LogNames {
  readonly isLog: (uri: string) => boolean;
  /** e.g. `.jsonl or .json, also with .gz`. */
  readonly endings: string;
}

/**
 * Where a source's bytes come from, apart from what they mean. An object keeps the bytes that it was named
 * with: what was appended since is not read, and any other change is `source-changed`.
 */
export interface LogBytes {
  /**
   * The logs there are, with their sizes and digests, in the order of their URIs' code units.
   * @throws ConfigError where there is nothing, or files and no log among them.
   */
  list(names: LogNames): Promise<readonly SourceObject[]>;
  /** The URIs of what `list` leaves out. Files whose names begin with a dot are nobody's logs. */
  unknown(names: LogNames): Promise<readonly string[]>;
  /** The object's bytes. @throws DataError `source-changed` after the last byte where they are other ones. */
  read(object: SourceObject): AsyncIterable<Uint8Array>;
  /** A stretch of them, unchecked: for formats that are read from their end, after `assertUnchanged`. */
  range(object: SourceObject, start: number, end: number): Promise<Uint8Array>;
  /** @throws DataError `source-changed` where the object's bytes are not those that were named. */
  assertUnchanged(object: SourceObject): Promise<void>;
}
