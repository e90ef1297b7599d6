import { CHUNK_SKETCHES } from './band-keys.js';
import type { LaneColumns, RowColumns } from './row-sketches.js';
import { joined, sharedBytes, sharedIntegers, sharedNumbers } from './shared-arrays.js';

/** Stands in `LaneColumns.rows` where a chunk that is not full has no sketch. */
export const NO_ROW = 0xffff_ffff;

/** The rows of several parts as those of one, in their order, in memory that threads can have in common. */
export function joinRows(parts: readonly RowColumns[]): RowColumns {
  const sizes = parts.map(({ flags }) => flags.length);
  return {
    flags: joined(
      parts.map(({ flags }) => flags),
      sharedBytes,
    ),
    contents: joined(
      parts.map(({ contents }) => contents),
      sharedNumbers,
    ),
    answers: joined(
      parts.map(({ answers }) => answers),
      sharedNumbers,
    ),
    asked: joined(
      parts.map(({ asked }) => asked),
      sharedNumbers,
    ),
    main: joinLanes(
      parts.map(({ main }) => main),
      sizes,
    ),
    short: joinLanes(
      parts.map(({ short }) => short),
      sizes,
    ),
  };
}

/** Every part begins with a chunk of its own. */
function joinLanes(lanes: readonly LaneColumns[], sizes: readonly number[]): LaneColumns {
  const chunks = lanes.flatMap((lane) => lane.chunks);
  const rows = sharedIntegers(chunks.length * CHUNK_SKETCHES).fill(NO_ROW);
  let first = 0;
  let at = 0;
  lanes.forEach((lane, part) => {
    for (let index = 0; index < lane.rows.length; index += 1) {
      const row = lane.rows[index] ?? NO_ROW;
      rows[at + index] = row === NO_ROW ? NO_ROW : row + first;
    }
    at += lane.chunks.length * CHUNK_SKETCHES;
    first += sizes[part] ?? 0;
  });
  return { rows, chunks };
}
