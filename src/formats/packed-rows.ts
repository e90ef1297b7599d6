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

/**
 * Frames, some hundred bytes for each kilobyte of rows, are in the file that `openFile` opens; the last one is in memory,
 * so that few rows take no file.
 */
export function createRowPacker(openFile: () => TemporaryFile, compress: Compress): RowPacker {
  const gathered = createLineGatherer();
  const stored: { readonly start: number; readonly length: number }[] = [];
  let file: TemporaryFile | null = null;
  let last: readonly Uint8Array[] = [];
  let count = 0;

  function store(rows: Uint8Array): void {
    file ??= openFile();
    for (const frame of framesOf([rows], compress)) {
      stored.push({ start: file.append(frame), length: frame.length });
    }
  }

  function* frames(): Generator<Uint8Array, void, undefined> {
    const longest = stored.reduce((most, { length }) => Math.max(most, length), 0);
    const held = Buffer.allocUnsafeSlow(longest);
    for (const { start, length } of stored) {
      const frame = held.subarray(0, length);
      invariant(file?.read(frame, start) === length, 'a frame is not where it was written');
      yield frame;
    }
    yield* last;
  }

  return {
    add(row) {
      count += 1;
      if (gathered.add(row)) store(gathered.take());
    },
    end() {
      const rest = gathered.take();
      // A shard of no rows has a frame, too.
      const pieces = rest.length > 0 ? [rest] : [];
      if (rest.length > 0 || count === 0) {
        last = Array.from(framesOf(pieces, compress), (frame) => Buffer.from(frame));
      }
      return { count, frames };
    },
  };
}
