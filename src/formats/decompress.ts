import { truncatedArchive, type Decoder } from './decoder.js';

/**
 * The bytes of a file as they were before compression, by the ending of its name: `.gz` (all members, and
 * zeros behind the last), `.zst` (all frames), anything else as it is.
 *
 * What is readable comes first, then the error. Damage is noticed where the code breaks or at the checksum
 * behind a member or frame, so bytes of the last one before `corrupt-archive` may be wrong ones; damage to
 * a zstd frame without a checksum may not be noticed.
 * @throws DataError `truncated-archive` where the end is missing, `corrupt-archive` where bytes are
 * wrong, `unsupported-archive` for a zstd window above 128 MiB.
 */
export async function* decompressed(
  name: string,
  bytes: AsyncIterable<Uint8Array>,
): AsyncGenerator<Uint8Array, void, undefined> {
  const decoder = await decoderOf(name);
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
    if (total === 0) throw truncatedArchive();
    yield* decode(decoder, () => decoder.end());
  } finally {
    decoder.close();
  }
}

/** Whether a file's bytes are others than they were before compression, by its name. */
export function isCompressed(name: string): boolean {
  return isGzip(name) || isZstd(name);
}

/** Decoders are loaded with the first file that needs them. */
async function decoderOf(name: string): Promise<Decoder | null> {
  if (isGzip(name)) return (await import('./gzip-decoder.js')).gzipDecoder();
  if (isZstd(name)) return (await import('./zstd-decoder.js')).zstdDecoder();
  return null;
}

function isGzip(name: string): boolean {
  return name.toLowerCase().endsWith('.gz');
}

function isZstd(name: string): boolean {
  return name.toLowerCase().endsWith('.zst');
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
  if (failure !== null) throw failure as Error;
}
