import { corruptArchive, truncatedArchive } from './decoder.js';
import { packedOf, type Rows } from './encoded-rows.js';
import { jsonlChunks } from './jsonl.js';
import { createFrameSplitter } from './zstd-frames.js';
import { loadZstd, type Zstd } from './zstd.js';
import type { Compress } from './zstd-program.js';

/** The ending of a file of rows: compressed JSON Lines. */
export const SHARD_ENDING = '.jsonl.zst';

/** A frame's content is compressed in one piece, in memory. */
const MAXIMUM_CONTENT_BYTES = 8 * 1024 * 1024;
/** Compressed bytes that are looked through for frames at a time. */
const STEP_BYTES = 1_048_576;

/**
 * Rows as the bytes of the file `name`: canonical JSON Lines, compressed where the name ends in `.zst`, in
 * frames of about a megabyte of rows each. The same rows give the same bytes. Each piece is valid until the next is asked
 * for.
 */
export async function* shardChunks(
  name: string,
  rows: Rows,
): AsyncGenerator<Uint8Array, void, undefined> {
  if (!isCompressed(name)) return yield* jsonlChunks(rows);
  yield* (
    packedOf(rows)?.frames() ?? framesOf(jsonlChunks(rows), (await loadZstd()).createCompressor())
  );
}

/** As `shardChunks`, all bytes at once. */
export async function encodeShard(name: string, rows: Rows): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of shardChunks(name, rows)) chunks.push(Buffer.from(chunk));
  return Buffer.concat(chunks);
}

/**
 * The JSON Lines that `shardChunks` made the bytes of, a frame at a time; lines may be cut anywhere.
 * @throws DataError `corrupt-archive` or `truncated-archive` for bytes that it did not make.
 */
export async function* shardContent(
  name: string,
  bytes: Uint8Array,
): AsyncGenerator<Uint8Array, void, undefined> {
  if (!isCompressed(name)) {
    if (bytes.length > 0) yield bytes;
    return;
  }
  const zstd = await loadZstd();
  const splitter = createFrameSplitter();
  let frame: Uint8Array[] = [];
  for (let start = 0; start < bytes.length; start += STEP_BYTES) {
    splitter.push(bytes.subarray(start, start + STEP_BYTES));
    for (const part of splitter.take()) {
      if (part.kind === 'bytes') {
        frame.push(part.bytes);
        continue;
      }
      yield decompress(zstd, frame, part.contentBytes);
      frame = [];
    }
  }
  if (!splitter.isBetweenFrames()) throw truncatedArchive();
}

function isCompressed(name: string): boolean {
  return name.endsWith('.zst');
}

/** The frames of a shard with this content; each piece is some of its rows. */
export function* framesOf(
  pieces: Iterable<Uint8Array>,
  compress: Compress,
): Generator<Uint8Array, void, undefined> {
  let isEmpty = true;
  for (const piece of pieces) {
    for (let start = 0; start < piece.length; start += MAXIMUM_CONTENT_BYTES) {
      yield compress(piece.subarray(start, start + MAXIMUM_CONTENT_BYTES));
      isEmpty = false;
    }
  }
  // No frame at all would be no zstd file.
  if (isEmpty) yield compress(new Uint8Array(0));
}

function decompress(zstd: Zstd, frame: readonly Uint8Array[], said: bigint | null): Uint8Array {
  if (said === null || said > BigInt(MAXIMUM_CONTENT_BYTES)) throw corruptArchive();
  return zstd.decompress(Buffer.concat(frame), Number(said));
}
