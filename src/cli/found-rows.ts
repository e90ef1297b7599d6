import type { FoundDuplicate } from '../dedup/duplicate-search.js';
import { growingBytes, growingIntegers, growingNumbers } from '../dedup/growing-numbers.js';

/** What folding rows found: one number in each array for every duplicate, so that threads can hand them on. */
export interface FoldedRows {
  readonly rows: Uint32Array;
  readonly kept: Uint32Array;
  readonly similarities: Float64Array;
  /** 1 where the rows are equal. */
  readonly areExact: Uint8Array;
  /** How many rows were compared with a part of their look-alikes only. */
  readonly cappedCount: number;
}

/** Duplicates as they are found. */
export interface FoundRows {
  add(duplicate: FoundDuplicate): void;
  taken(cappedCount: number): FoldedRows;
}

export function createFoundRows(): FoundRows {
  const rows = growingIntegers();
  const kept = growingIntegers();
  const similarities = growingNumbers();
  const areExact = growingBytes();
  return {
    add(duplicate) {
      rows.push(duplicate.row);
      kept.push(duplicate.kept);
      similarities.push(duplicate.similarity);
      areExact.push(duplicate.rule === 'exact' ? 1 : 0);
    },
    taken: (cappedCount) => ({
      rows: rows.values(),
      kept: kept.values(),
      similarities: similarities.values(),
      areExact: areExact.values(),
      cappedCount,
    }),
  };
}

/** The duplicates of several portions of `rowCount` rows, in the order of the rows. */
export function joinFolded(portions: readonly FoldedRows[], rowCount: number): FoundDuplicate[] {
  const portionOf = new Uint16Array(rowCount);
  const placeOf = new Uint32Array(rowCount);
  portions.forEach(({ rows }, portion) => {
    rows.forEach((row, place) => {
      portionOf[row] = portion + 1;
      placeOf[row] = place;
    });
  });
  const found: FoundDuplicate[] = [];
  for (let row = 0; row < rowCount; row += 1) {
    const number = portionOf[row] ?? 0;
    // An index below 0 would be looked for by name.
    const portion = number === 0 ? undefined : portions[number - 1];
    if (portion === undefined) continue;
    const place = placeOf[row] ?? 0;
    found.push({
      row,
      kept: portion.kept[place] ?? 0,
      similarity: portion.similarities[place] ?? 0,
      rule: portion.areExact[place] === 1 ? 'exact' : 'near',
    });
  }
  return found;
}
