import { createGunzip, type Gunzip } from 'node:zlib';
import { Decompress } from 'fzstd';
import { DataError, PrerequisiteError } from '../domain/errors.js';

/**
 * Compressed bytes that are decoded at a time. A format's worst case decides how much comes out at
 * once: 1,032 times as much for deflate (17 MB), a block of 128 KiB for 4 bytes for zstd (134 MB).
 */
const GZIP_STEP_BYTES = 16_384;
const ZSTD_STEP_BYTES = 4_096;

/** `fzstd`'s codes for a frame that ends too early and for a window larger than it takes (32 MiB). */
const ZSTD_UNEXPECTED_END = 5;
const ZSTD_WINDOW_TOO_LARGE = 1;

interface Decoder {
  readonly stepBytes: number;
  /** Feeds bytes in; what comes out is kept for `take`, also when the bytes turn out to be bad. */
  push(bytes: Uint8Array): Promise<void>;
  end(): Promise<void>;
  take(): Uint8Array[];
  close(): void;
}

/**
 * The bytes of a file as they were before compression, by the ending of its name: `.gz` (all members, and
 * zeros behind the last), `.zst` (all frames; checksums of frames are not verified), anything else as it is.
 *
 * What is readable comes first, then the error. Damage is noticed where the code breaks or at the end's
 * checksum, so the last bytes before `corrupt-archive` may be wrong ones.
 * @throws DataError `truncated-archive` where the end is missing, `corrupt-archive` where bytes are
 * wrong, `unsupported-archive` for a zstd window above 32 MiB.
 */
export async function* decompressed(
  name: string,
  bytes: AsyncIterable<Uint8Array>,
): AsyncGenerator<Uint8Array, void, undefined> {
  const decoder = decoderOf(name);
  if (decoder === null) {
    yield* bytes;
    return;
  }
  try {
    let total = 0;
    for await (const chunk of bytes) {
      total += chunk.length;
      for (let start = 0; start < chunk.length; start += decoder.stepBytes) {
        yield* decode(decoder, () =>
          decoder.push(chunk.subarray(start, start + decoder.stepBytes)),
        );
      }
    }
    if (total === 0) throw truncated();
    yield* decode(decoder, () => decoder.end());
  } finally {
    decoder.close();
  }
}

function decoderOf(name: string): Decoder | null {
  const lower = name.toLowerCase();
  if (lower.endsWith('.gz')) return gzipDecoder();
  if (lower.endsWith('.zst')) return zstdDecoder();
  return null;
}

async function* decode(
  decoder: Decoder,
  step: () => Promise<void>,
): AsyncGenerator<Uint8Array, void, undefined> {
  let failure: unknown = null;
  try {
    await step();
  } catch (error) {
    failure = error;
  }
  yield* decoder.take();
  if (failure !== null) throw archiveError(failure);
}

function gzipDecoder(): Decoder {
  const gunzip = createGunzip();
  let out: Uint8Array[] = [];
  let given = 0;
  gunzip.on('data', (chunk: Uint8Array) => out.push(chunk));
  return {
    stepBytes: GZIP_STEP_BYTES,
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

/** Zeros fill the last block of a tape, and gzip passes over them. @throws where there is anything else. */
function assertZeros(bytes: Uint8Array): void {
  if (bytes.some((byte) => byte !== 0)) throw new Error('something follows the last member');
}

function settled(
  stream: Gunzip,
  run: (done: (error?: Error | null) => void) => void,
): Promise<void> {
  return new Promise((resolve, reject) => {
    stream.once('error', reject);
    run((error) => {
      stream.off('error', reject);
      if (error) {
        stream.once('error', () => {});
        reject(error);
      } else resolve();
    });
  });
}

function zstdDecoder(): Decoder {
  let out: Uint8Array[] = [];
  const decompress = new Decompress((chunk) => {
    if (chunk.length > 0) out.push(chunk);
  });
  return {
    stepBytes: ZSTD_STEP_BYTES,
    push: async (bytes) => void decompress.push(bytes),
    end: async () => void decompress.push(new Uint8Array(0), true),
    take() {
      const taken = out;
      out = [];
      return taken;
    },
    close: () => {},
  };
}

function archiveError(cause: unknown): Error {
  const code = (cause as { readonly code?: unknown } | null)?.code;
  if (code === 'Z_BUF_ERROR' || code === ZSTD_UNEXPECTED_END) return truncated(cause);
  if (code === 'Z_MEM_ERROR') {
    return new PrerequisiteError('not enough memory to decompress a file', { cause });
  }
  if (code === ZSTD_WINDOW_TOO_LARGE) {
    return new DataError(
      'unsupported-archive',
      'the file was compressed by zstd with a window above 32 MiB; compress it without --long',
      { cause },
    );
  }
  return new DataError('corrupt-archive', 'the compressed file holds wrong bytes', { cause });
}

function truncated(cause?: unknown): DataError {
  return new DataError('truncated-archive', 'the compressed file ends too early', { cause });
}
