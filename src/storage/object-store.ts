/** An object as a listing or `head` shows it. */
export interface ObjectHead {
  readonly key: string;
  readonly bytes: number;
}

/** What a put-if-absent found: `created: false` means that somebody was first and nothing was written. */
export interface PutResult {
  readonly created: boolean;
  readonly bytes: number;
  /** SHA-256 (hex) of the bytes offered. */
  readonly sha256: string;
}

/** A half-open range of bytes; what lies past the object's end is left out. */
export interface ByteRange {
  readonly start: number;
  readonly end?: number;
}

/** A pointer's current value. Versions count from 1 without gaps. */
export interface PointerVersion {
  readonly version: number;
  readonly value: Uint8Array;
}

/**
 * The only durable state holdfast has. Keys are slash-separated segments of `[A-Za-z0-9._=-]`, never
 * `.` or `..`, at most 255 characters each and 512 together; the first is not `.tmp`. No key is the
 * prefix of another key plus a slash.
 *
 * A pointer `p` is a chain of create-only versions `p/000001.json`, `p/000002.json`, …; the highest wins.
 *
 * Errors: `DataError('object-missing')` from `get`; `DataError('object-key')` for a key outside the
 * alphabet; `PrerequisiteError` where the medium refuses writes (read-only, full), leaving nothing behind.
 */
export interface ObjectStore {
  /** e.g. `file:/var/lib/holdfast`; names no secret. */
  readonly uri: string;
  head(key: string): Promise<ObjectHead | null>;
  get(key: string, range?: ByteRange): Promise<AsyncIterable<Uint8Array>>;
  /**
   * All or nothing: after a crash the object is whole or absent. The parts of a body may be in memory that is used again:
   * each is valid until the next is asked for.
   */
  putIfAbsent(key: string, body: Uint8Array | AsyncIterable<Uint8Array>): Promise<PutResult>;
  readPointer(key: string): Promise<PointerVersion | null>;
  /** Writes version `expected + 1` unless the pointer is not at `expected` (0: absent). True when written. */
  compareAndSet(key: string, expected: number, value: Uint8Array): Promise<boolean>;
  /** Keys that start with `prefix`, in ascending order of their UTF-8 bytes. */
  list(prefix: string): AsyncIterable<ObjectHead>;
  /** Used only by garbage collection and erasure; deleting what is absent is no error. */
  delete(key: string): Promise<void>;
}
