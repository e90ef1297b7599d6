import { createHash } from 'node:crypto';
import { createRunningCrc32 } from './s3-checksum.js';

/** A body in pieces of one size, with the digests of all that was read of it so far. */
export interface CutBody {
  /** The next piece: of the given size, but for the last; `null` at the end. */
  next(): Promise<Uint8Array | null>;
  /** Reads the rest for its digests only. */
  drain(): Promise<void>;
  bytes(): number;
  /** SHA-256 (hex); ends the reading. */
  sha256(): string;
  crc32(): string;
}

/** Cuts a body into pieces of `pieceBytes`, holding one at a time. */
export function cutBody(body: Uint8Array | AsyncIterable<Uint8Array>, pieceBytes: number): CutBody {
  const hash = createHash('sha256');
  const crc32 = createRunningCrc32();
  let bytes = 0;
  const pieces =
    body instanceof Uint8Array ? slices(body, pieceBytes) : regrouped(body, pieceBytes);
  const next = async (): Promise<Uint8Array | null> => {
    const { value, done } = await pieces.next();
    if (done === true) return null;
    hash.update(value);
    crc32.add(value);
    bytes += value.length;
    return value;
  };
  return {
    next,
    drain: async () => {
      while ((await next()) !== null);
    },
    bytes: () => bytes,
    sha256: () => hash.digest('hex'),
    crc32: () => crc32.text(),
  };
}

async function* slices(bytes: Uint8Array, size: number): AsyncGenerator<Uint8Array, void> {
  for (let start = 0; start < bytes.length; start += size) {
    yield bytes.subarray(start, start + size);
  }
}

async function* regrouped(
  parts: AsyncIterable<Uint8Array>,
  size: number,
): AsyncGenerator<Uint8Array, void> {
  let held: Uint8Array[] = [];
  let heldBytes = 0;
  for await (const part of parts) {
    for (let start = 0; start < part.length;) {
      const piece = part.subarray(start, start + size - heldBytes);
      // Copied, since a part is valid only until the next one is asked for.
      held.push(Buffer.from(piece));
      heldBytes += piece.length;
      start += piece.length;
      if (heldBytes < size) continue;
      yield Buffer.concat(held);
      [held, heldBytes] = [[], 0];
    }
  }
  if (heldBytes > 0) yield Buffer.concat(held);
}
