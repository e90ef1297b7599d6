import type { Kernel } from '../text/kernel.js';
import type { Shingles } from '../text/shingler.js';
import { createBandGroups } from './band-groups.js';
import type { Bands } from './bands.js';
import { createSketcher } from './sketch.js';

/** Sketches of one kind of shingle and the rows that they were made of, which need not be all rows. */
export interface BandLane {
  /** Adds a row by its shingles; returns how many it has. A row without any takes no part. */
  add(row: number, shingles: Shingles): number;
  seal(): void;
  keep(row: number): void;
  /** Kept rows that share a band with a row, those that share most first. */
  candidates(row: number): readonly number[];
}

export function createBandLane(bands: Bands, kernel: Kernel | null, seed: number): BandLane {
  const sketcher = createSketcher(kernel, seed, bands.bandCount * bands.rowCount);
  const groups = createBandGroups(bands);
  /** Rows by number of entry, ascending. */
  const rows: number[] = [];
  /** Entries by row, where rows are left out; as long as none is, an entry's number is its row. */
  let entries: Map<number, number> | null = null;

  function entryOf(row: number): number {
    if (entries === null) return row < rows.length ? row : -1;
    return entries.get(row) ?? -1;
  }

  return {
    add(row, shingles) {
      if (shingles.count === 0) return 0;
      if (entries === null && row !== rows.length) {
        entries = new Map(rows.map((own, entry) => [own, entry]));
      }
      entries?.set(row, rows.length);
      rows.push(row);
      groups.add(sketcher.sketch(shingles));
      return shingles.count;
    },
    seal: () => groups.seal(),
    keep(row) {
      const entry = entryOf(row);
      if (entry !== -1) groups.keep(entry);
    },
    candidates(row) {
      const entry = entryOf(row);
      if (entry === -1 || !groups.hasPartner(entry)) return [];
      return groups.candidates(entry).map((other) => rows[other] ?? -1);
    },
  };
}
