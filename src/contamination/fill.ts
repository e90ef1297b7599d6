import type { Pair, Window } from './alignment.js';

/** Cells of a gap's table at most; in larger gaps no single words are looked for. */
const MAXIMUM_CELLS = 4_096;

/** The longest common subsequence of two gaps that face each other. */
export function fillGap(
  sample: Int32Array,
  text: Int32Array,
  own: Window,
  other: Window,
): readonly Pair[] {
  const rows = own.to - own.from;
  const columns = other.to - other.from;
  if (rows <= 0 || columns <= 0 || rows * columns > MAXIMUM_CELLS) return [];
  const lengths = new Uint16Array((rows + 1) * (columns + 1));
  for (let row = rows - 1; row >= 0; row -= 1) {
    for (let column = columns - 1; column >= 0; column -= 1) {
      const at = row * (columns + 1) + column;
      const equal = sample[own.from + row] === text[other.from + column];
      lengths[at] = equal
        ? 1 + (lengths[at + columns + 2] ?? 0)
        : Math.max(lengths[at + columns + 1] ?? 0, lengths[at + 1] ?? 0);
    }
  }
  const pairs: Pair[] = [];
  for (let row = 0, column = 0; row < rows && column < columns;) {
    const at = row * (columns + 1) + column;
    if (sample[own.from + row] === text[other.from + column]) {
      pairs.push({ sample: own.from + row, text: other.from + column });
      row += 1;
      column += 1;
    } else if ((lengths[at + columns + 1] ?? 0) >= (lengths[at + 1] ?? 0)) row += 1;
    else column += 1;
  }
  return pairs;
}
