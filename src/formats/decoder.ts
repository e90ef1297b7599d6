import { DataError } from '../domain/errors.js';

/** Undoes one compression, piece by piece. */
export interface Decoder {
  /**
   * How many bytes may be fed at a time. A format's worst case decides how much comes out at once, and that
   * is held in memory.
   */
  readonly stepBytes: number;
  /** Feeds bytes in; what comes out is kept for `take`, also when the bytes turn out to be bad. */
  push(bytes: Uint8Array): Promise<void>;
  /** Says that there are no more bytes. */
  end(): Promise<void>;
  take(): Uint8Array[];
  close(): void;
}

/** The end is missing. */
export function truncatedArchive(cause?: unknown): DataError {
  return new DataError('truncated-archive', 'the compressed file ends too early', { cause });
}

/** It can't be read in little memory. */
export function unsupportedWindow(): DataError {
  return new DataError(
    'unsupported-archive',
    'the file was compressed by zstd with a window above 128 MiB; compress it without --long',
  );
}

/** Bytes are wrong. */
export function corruptArchive(cause?: unknown): DataError {
  return new DataError('corrupt-archive', 'the compressed file holds wrong bytes', { cause });
}
