import { createGunzip, type Gunzip } from 'node:zlib';
import { PrerequisiteError } from '../domain/errors.js';
import { corruptArchive, truncatedArchive, type Decoder } from './decoder.js';

/** 1,032 bytes may come out for each one: 17 MB of a step. */
const STEP_BYTES = 16_384;

/** Decodes all members of a gzip, and passes over zeros behind the last. */
export function gzipDecoder(): Decoder {
  const gunzip = createGunzip();
  let out: Uint8Array[] = [];
  let given = 0;
  gunzip.on('data', (chunk: Uint8Array) => out.push(chunk));
  return {
    stepBytes: STEP_BYTES,
    async push(bytes) {
      const isPadding = gunzip.bytesWritten < given;
      given += bytes.length;
      if (isPadding) return assertZeros(bytes);
      await settled(gunzip, (done) => gunzip.write(bytes, done));
      // What is left over stands behind the last member, and begins with a zero.
      assertZeros(bytes.subarray(bytes.length - (given - gunzip.bytesWritten)));
    },
    end: () =>
      settled(gunzip, (done) => {
        // Padding has ended the stream already.
        if (gunzip.readableEnded) return done();
        gunzip.once('end', () => done());
        gunzip.end();
      }),
    take() {
      const taken = out;
      out = [];
      return taken;
    },
    close: () => gunzip.destroy(),
  };
}

/** Zeros fill the last block of a tape, and gzip passes over them. @throws DataError where there is anything else. */
function assertZeros(bytes: Uint8Array): void {
  if (bytes.some((byte) => byte !== 0)) throw corruptArchive();
}

function settled(
  stream: Gunzip,
  run: (done: (error?: Error | null) => void) => void,
): Promise<void> {
  return new Promise((resolve, reject) => {
    const fail = (error: unknown): void => reject(gzipError(error));
    stream.once('error', fail);
    run((error) => {
      stream.off('error', fail);
      if (error) {
        stream.once('error', () => {});
        fail(error);
      } else resolve();
    });
  });
}

function gzipError(cause: unknown): Error {
  switch ((cause as { readonly code?: unknown } | null)?.code) {
    case 'Z_BUF_ERROR':
      return truncatedArchive(cause);
    case 'Z_MEM_ERROR':
      return new PrerequisiteError('not enough memory to decompress a file', { cause });
    default:
      return corruptArchive(cause);
  }
}
