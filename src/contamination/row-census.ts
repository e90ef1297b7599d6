import type { Hash53 } from '../text/hash.js';
import type { HashedText } from './hashed-text.js';
import { COUNTED_RUN_WORDS, type SampleRuns, hashOfText } from './sample-runs.js';

/** A run is common from this share of the rows, and from this many rows that differ. */
const COMMON_SHARE = 0.005;
const COMMON_ROWS = 20;
const FIRST_BLOCKS = 64;

/**
 * Counts in how many of the training rows that are looked at together the samples' runs of words stand. It keeps a few numbers for
 * each run of the samples, whatever the number of rows; the order of the rows makes no difference.
 */
export interface RowCensus {
  /** Begins with another row. */
  begin(): void;
  /**
   * Takes in a text of the row. Only at `places` it may have runs of words that samples have. A text that is not
   * the row's own, such as its address, tells it from copies of it only where it has such runs.
   */
  take(words: HashedText, places: readonly number[], isOwn: boolean): void;
  /** Counts the row. */
  end(): void;
  /**
   * The words of an indexed text, 1 for those in a run that at least 0.5 % of the rows hold and at least twenty
   * that differ: a footer, a notice, a saying. Copies of a row are one, so that a leak copied fifty times is
   * not common. Asked for when all rows are counted.
   */
  commonWords(text: number): Uint8Array;
  /** Notes matches that were no findings because many rows hold them. */
  excuse(matches: number): void;
  /** How many matches were noted. */
  excusedCount(): number;
  /** Notes that a template of the row holds a part of a sample. */
  noteTemplate(): void;
  /** How many rows have such a template. */
  templateCount(): number;
}

export function createRowCensus(runs: SampleRuns): RowCensus {
  const counts = createRunCounts(runs.count);
  const known = new Map<number, Uint8Array>();
  const found: number[] = [];
  let content = 0;
  let excused = 0;
  let templates = 0;
  let holdsTemplate = false;
  return {
    begin() {
      found.length = 0;
      content = 0;
      holdsTemplate = false;
    },
    take(words, places, isOwn) {
      const before = found.length;
      runs.find(words, places, found);
      if (!isOwn && found.length === before) return;
      content = (content + hashOfText(words, found.length > before)) % Number.MAX_SAFE_INTEGER;
    },
    end() {
      if (holdsTemplate) templates += 1;
      counts.add(found, content);
    },
    commonWords(text) {
      const marked = known.get(text);
      if (marked !== undefined) return marked;
      const places = runs.places[text] ?? new Int32Array(0);
      const marks = new Uint8Array(places.length === 0 ? 0 : places.length + COUNTED_RUN_WORDS - 1);
      places.forEach((run, start) => {
        if (counts.isCommon(run)) marks.fill(1, start, start + COUNTED_RUN_WORDS);
      });
      known.set(text, marks);
      return marks;
    },
    excuse(matches) {
      excused += matches;
    },
    excusedCount: () => excused,
    noteTemplate() {
      holdsTemplate = true;
    },
    templateCount: () => templates,
  };
}

interface RunCounts {
  /** Counts a row in which runs stand, in any order, repeated or not; `content` tells it from other rows. */
  add(runs: readonly number[], content: Hash53): void;
  isCommon(run: number): boolean;
}

function createRunCounts(count: number): RunCounts {
  const rowCounts = new Int32Array(count);
  /** The last row that was counted for a run; rows count from 1. */
  const lastRows = new Int32Array(count);
  const seen = createSeenRows(count);
  let rows = 0;

  return {
    add(runs, content) {
      rows += 1;
      for (const run of runs) {
        if (lastRows[run] === rows) continue;
        lastRows[run] = rows;
        rowCounts[run] = (rowCounts[run] ?? 0) + 1;
        seen.note(run, content);
      }
    },
    isCommon(run) {
      return seen.isEnough(run) && (rowCounts[run] ?? 0) >= rows * COMMON_SHARE;
    },
  };
}

/** Rows that differ, as many of each run as make it common. Only runs that stand in rows take room for them. */
interface SeenRows {
  note(run: number, content: Hash53): void;
  isEnough(run: number): boolean;
}

function createSeenRows(count: number): SeenRows {
  /** The block of each run, from 1 on; 0 for none. */
  const blocks = new Int32Array(count);
  const sizes = new Uint8Array(count);
  let contents = new Float64Array(FIRST_BLOCKS * COMMON_ROWS);
  let blockCount = 0;

  function addBlock(): number {
    blockCount += 1;
    if (blockCount * COMMON_ROWS > contents.length) {
      const larger = new Float64Array(contents.length * 2);
      larger.set(contents);
      contents = larger;
    }
    return blockCount;
  }

  return {
    note(run, content) {
      const size = sizes[run] ?? 0;
      if (size === COMMON_ROWS) return;
      const block = size === 0 ? (blocks[run] = addBlock()) : (blocks[run] ?? 0);
      const first = (block - 1) * COMMON_ROWS;
      for (let slot = first; slot < first + size; slot += 1) {
        if (contents[slot] === content) return;
      }
      contents[first + size] = content;
      sizes[run] = size + 1;
    },
    isEnough: (run) => sizes[run] === COMMON_ROWS,
  };
}
