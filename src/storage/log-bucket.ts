/** An object of a bucket that is read and never written; its key is what follows the address's prefix. */
export interface BucketObject {
  readonly key: string;
  readonly bytes: number;
  /** Names these bytes of the object and no others; empty where the server has no word for them. */
  readonly tag: string;
}

/** An object that is being read: which version it is, its whole size, and the bytes that were asked for. */
export interface OpenBucketObject {
  readonly tag: string;
  readonly objectBytes: number;
  readonly parts: AsyncIterable<Uint8Array>;
}

/** Which bytes are asked for, from `start` up to `end`; all of them where it is left out. */
export interface BucketRange {
  readonly start: number;
  readonly end: number;
}

/**
 * A part of a bucket that is only read: it is listed, and objects are got, and nothing else is asked of it.
 *
 * Errors: `PrerequisiteError` for what the user can mend, `ProviderError` for what may pass.
 */
export interface LogBucket {
  /** Every object whose key begins with `start`, in the order of the keys' bytes. */
  list(start: string): Promise<readonly BucketObject[]>;
  /**
   * An object, or a part of it; `tag` is the version that it has to be, `null` any.
   * @throws DataError `object-missing`, or `object-changed` where it is another version, also in the middle of reading
   */
  open(key: string, tag: string | null, range?: BucketRange): Promise<OpenBucketObject>;
}
