/** Which write made an object: what a writer whose answer was lost recognises its own object by. */
export interface WriteMark {
  /** Of one call of `putIfAbsent`, and of no other. */
  readonly id: string;
  /** SHA-256 (hex) of the bytes where it is known before they are sent. */
  readonly sha256: string | null;
}

/** An object that nobody may delete until then. */
export interface S3Lock {
  readonly mode: 'GOVERNANCE' | 'COMPLIANCE';
  readonly untilMs: number;
}

export interface S3Object {
  readonly key: string;
  readonly bytes: number;
  /** What `ifMatch` takes. */
  readonly tag: string;
}

export interface S3Page {
  readonly objects: readonly S3Object[];
  readonly isLast: boolean;
}

/** An unfinished multipart upload. */
export interface S3Upload {
  readonly key: string;
  readonly uploadId: string;
  readonly startedMs: number;
}

/** An answer that is still being sent. */
export interface S3Body {
  /** Of this answer. */
  readonly bytes: number;
  /** Of the whole object. */
  readonly objectBytes: number;
  /** What `ifMatch` takes. */
  readonly tag: string;
  /** CRC-32 of the whole object, base64 of its four bytes, or `null` where the server keeps none. */
  readonly crc32: string | null;
  readonly parts: AsyncIterable<Uint8Array>;
  /** Closes the connection where the rest isn't wanted. */
  end(): void;
}

export interface S3Part {
  /** Counted from 1. */
  readonly number: number;
  readonly bytes: Uint8Array;
  readonly crc32: string;
}

/**
 * The calls that a store makes on a bucket, with keys as the store names them. Each is one request, made once;
 * writes are conditional: nothing is ever overwritten. They throw what the SDK throws.
 */
export interface S3Calls {
  put(
    key: string,
    object: {
      readonly bytes: Uint8Array;
      readonly crc32: string;
      readonly mark: WriteMark;
      readonly lock: S3Lock | null;
    },
    signal: AbortSignal,
  ): Promise<'created' | 'there'>;
  head(
    key: string,
    signal: AbortSignal,
  ): Promise<{ readonly bytes: number; readonly writeId: string | null } | null>;
  /** `range` as HTTP writes it, e.g. `bytes=0-9`. */
  get(
    key: string,
    options: { readonly range: string | null; readonly ifMatch: string | null },
    signal: AbortSignal,
  ): Promise<S3Body | null>;
  delete(key: string, signal: AbortSignal): Promise<void>;
  list(
    prefix: string,
    options: { readonly after: string | null; readonly limit: number | null },
    signal: AbortSignal,
  ): Promise<S3Page>;
  startUpload(
    key: string,
    mark: WriteMark,
    lock: S3Lock | null,
    signal: AbortSignal,
  ): Promise<string>;
  /** Gives the part's tag. */
  putPart(key: string, uploadId: string, part: S3Part, signal: AbortSignal): Promise<string>;
  finishUpload(
    key: string,
    uploadId: string,
    whole: {
      readonly parts: readonly (Omit<S3Part, 'bytes'> & { readonly tag: string })[];
      readonly crc32: string;
    },
    signal: AbortSignal,
  ): Promise<'created' | 'there'>;
  abortUpload(key: string, uploadId: string, signal: AbortSignal): Promise<void>;
  /** The first thousand at most. */
  listUploads(signal: AbortSignal): Promise<readonly S3Upload[]>;
  hasObjectLock(signal: AbortSignal): Promise<boolean>;
}
