import { invariant } from '../domain/errors.js';
import type { PackedRows } from './encoded-rows.js';
import { createLineGatherer } from './line-gatherer.js';
import { framesOf } from './shard.js';
import type { TemporaryFile } from './temporary-file.js';
import type { Compress } from './zstd-program.js';

/** Makes the frames of a shard row by row while others are written, so that what rows are made of is read once. */
export interface RowPacker {
  /** Takes a copy of a row of canonical JSON, without a line feed. */
  add(row: Uint8Array): void;
  /** All rows. None may be added any more. */
  end(): PackedRows;
}

/** `file` holds the frames, some hundred bytes for each kilobyte of rows. */
export function createRowPacker(file: TemporaryFile, compress: Compress): RowPacker {
  const gathered = createLineGatherer();
  const frames: { readonly start: number; readonly length: number }[] = [];
  let count = 0;

  function write(pieces: readonly Uint8Array[]): void {
    for (const frame of framesOf(pieces, compress)) {
      frames.push({ start: file.append(frame), length: frame.length });
    }
  }

  function* read(): Generator<Uint8Array, void, undefined> {
    const longest = frames.reduce((most, { length }) => Math.max(most, length), 0);
    const held = Buffer.allocUnsafeSlow(longest);
    for (const { start, length } of frames) {
      const frame = held.subarray(0, length);
      invariant(file.read(frame, start) === length, 'a frame is not where it was written');
      yield frame;
    }
  }

  return {
    add(row) {
      count += 1;
      if (gathered.add(row)) write([gathered.take()]);
    },
    end() {
      const rest = gathered.take();
      if (rest.length > 0) write([rest]);
      // A shard of no rows has a frame, too.
      else if (frames.length === 0) write([]);
      return { count, frames: read };
    },
  };
}
