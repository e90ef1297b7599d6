import type { ListedObject, SourceObject } from '../domain/manifest.js';

/** Which files of a source are logs, by their names, and how errors tell it. */
export interface LogNames {
  readonly isLog: (uri: string) => boolean;
  /** e.g. `.jsonl or .json, also with .gz`. */
  readonly endings: string;
}

/** What lies where the logs are, by name; both in the order of their URIs' code units. */
export interface Listing {
  readonly logs: readonly ListedObject[];
  /** The URIs of what is no log by its name. Files whose names begin with a dot are nobody's logs. */
  readonly others: readonly string[];
}

/**
 * Where a source's bytes come from, apart from what they mean. An object that was named keeps the bytes that it was
 * named with: what was appended since is not read, and any other change is `source-changed`.
 */
export interface LogBytes {
  /**
   * What there is; no object is read.
   * @throws ConfigError where there is nothing, or files and no log among them.
   */
  look(names: LogNames): Promise<Listing>;
  /**
   * Listed logs with their digests, in the same order; those that are gone by now are left out. Where a place names
   * versions of objects (`tag`), those of `known` objects are not read again.
   */
  name(
    listed: readonly ListedObject[],
    known: readonly SourceObject[],
  ): Promise<readonly SourceObject[]>;
  /**
   * The object's bytes, all that are there of one that has no digest. Where chunks need only be `isPassing`, each may be
   * overwritten by the next: memory that is new for each has all of V8's heap marked again and again.
   * @throws DataError `source-changed` after the last byte, if not before the first, where they are other ones.
   */
  read(object: ListedObject, isPassing?: boolean): AsyncIterable<Uint8Array>;
  /** A stretch of them, unchecked: for formats that are read from their end, after `assertUnchanged`. */
  range(object: ListedObject, start: number, end: number): Promise<Uint8Array>;
  /** @throws DataError `source-changed` where the object's bytes are not those that were named. */
  assertUnchanged(object: ListedObject): Promise<void>;
}
