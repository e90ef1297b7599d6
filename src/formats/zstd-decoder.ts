import { Decompress } from 'fzstd';
import xxhash, { type XXHash } from 'xxhash-wasm';
import { corruptArchive, truncatedArchive, type Decoder } from './decoder.js';
import { createFrameSplitter, type FrameEnd } from './zstd-frames.js';

/** A block of 128 KiB may be 4 bytes, so 134 MB may come out of a step. */
const STEP_BYTES = 4_096;

/**
 * Decodes all frames of zstd. `fzstd` decodes and verifies nothing, so each frame's content is held against
 * the length and the checksum that the frame has of it, where it has them; the command line and most
 * libraries write a checksum.
 */
export function zstdDecoder(): Decoder {
  const splitter = createFrameSplitter();
  const hashing = xxhash();
  let out: Uint8Array[] = [];
  let frame: OpenFrame | null = null;
  return {
    stepBytes: STEP_BYTES,
    async push(bytes) {
      const api = await hashing;
      try {
        splitter.push(bytes);
      } finally {
        for (const part of splitter.take()) {
          frame ??= openFrame(api.create64(), (chunk) => out.push(chunk));
          if (part.kind === 'bytes') frame.push(part.bytes);
          else frame.end(part);
          if (part.kind === 'end') frame = null;
        }
      }
    },
    async end() {
      if (!splitter.isBetweenFrames()) throw truncatedArchive();
    },
    take() {
      const taken = out;
      out = [];
      return taken;
    },
    close: () => {},
  };
}

interface OpenFrame {
  push(bytes: Uint8Array): void;
  /** @throws DataError where the content is not what the frame says of it. */
  end(said: FrameEnd): void;
}

function openFrame(hash: XXHash<bigint>, onContent: (bytes: Uint8Array) => void): OpenFrame {
  let length = 0;
  const decompress = new Decompress((chunk) => {
    if (chunk.length === 0) return;
    length += chunk.length;
    hash.update(chunk);
    onContent(chunk);
  });
  const push = (bytes: Uint8Array, isLast: boolean): void => {
    try {
      decompress.push(bytes, isLast);
    } catch (error) {
      throw corruptArchive(error);
    }
  };
  return {
    push: (bytes) => push(bytes, false),
    end({ contentBytes, checksum }) {
      push(new Uint8Array(0), true);
      if (contentBytes !== null && contentBytes !== BigInt(length)) throw corruptArchive();
      const low = Number(BigInt.asUintN(32, hash.digest()));
      if (checksum !== null && checksum !== low) throw corruptArchive();
    },
  };
}
