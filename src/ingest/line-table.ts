import { createDigestColumn } from './digest-column.js';
import type { IdIndex } from './id-index.js';
import { createNames } from './names.js';

/** A line that may be its id's newest, and no more of it than deciding takes. */
export interface Contender {
  readonly id: string;
  readonly contentDigest: string;
  readonly source: number;
  readonly uri: string;
  /** Its number within its object. */
  readonly line: number;
  /** Its own time, in milliseconds since 1970. */
  readonly time: number;
  /** Its own time, or that of its last signal. */
  readonly newest: number;
  readonly consents: boolean;
  /** Whether it says itself that there is no consent, whatever the configuration says. */
  readonly denies: boolean;
  /** A type of personal data that no record may hold, where it holds one. */
  readonly unwanted: string | null;
  /** Its number among the calls of conversations, or -1. */
  call: number;
  /** What the books note of it where it is kept, as a text; empty for nothing. */
  readonly notes: string;
  /** Its record's row in the spill; `null` where the record won't be needed. */
  row: number | null;
}

/** Lines by number, some two hundred bytes each with their ids, however long they are. */
export interface LineTable {
  set(number: number, line: Contender): void;
  at(number: number): Contender;
  idAt(number: number): string;
  timeAt(number: number): number;
}

/** Where in a line's stretch of a page each number of it stands. */
const [LINE, TIME, NEWEST, ROW, ID, URI, NOTES, UNWANTED, MARKS, CALL] = [
  0, 1, 2, 3, 4, 5, 6, 7, 8, 9,
];
const WIDTH = 10;
const PAGE_BITS = 12;
const PAGE_MASK = (1 << PAGE_BITS) - 1;
const NONE = -1;
/** A line's marks; above them stands its source. */
const [CONSENTS, DENIES] = [1, 2];
const SOURCE = 4;

/** `ids` has the ids of all lines. */
export function createLineTable(ids: IdIndex): LineTable {
  const pages: Float64Array[] = [];
  const names = createNames();
  const contents = createDigestColumn();

  function pageOf(number: number): Float64Array {
    const index = number >>> PAGE_BITS;
    const page = pages[index] ?? new Float64Array(WIDTH << PAGE_BITS);
    if (index === pages.length) pages.push(page);
    return page;
  }

  function valueAt(number: number, column: number): number {
    return pageOf(number)[(number & PAGE_MASK) * WIDTH + column] ?? 0;
  }

  return {
    set(number, line) {
      const page = pageOf(number);
      const start = (number & PAGE_MASK) * WIDTH;
      const consent = (line.consents ? CONSENTS : 0) | (line.denies ? DENIES : 0);
      contents.set(number, line.contentDigest);
      page[start + LINE] = line.line;
      page[start + TIME] = line.time;
      page[start + NEWEST] = line.newest;
      page[start + ROW] = line.row ?? NONE;
      page[start + ID] = ids.add(line.id);
      page[start + URI] = names.numberOf(line.uri);
      page[start + NOTES] = line.notes === '' ? NONE : names.numberOf(line.notes);
      page[start + UNWANTED] = line.unwanted === null ? NONE : names.numberOf(line.unwanted);
      page[start + MARKS] = consent + line.source * SOURCE;
      page[start + CALL] = line.call;
    },
    at(number) {
      const page = pageOf(number);
      const start = (number & PAGE_MASK) * WIDTH;
      const marks = page[start + MARKS] ?? 0;
      const row = page[start + ROW] ?? NONE;
      const notes = page[start + NOTES] ?? NONE;
      const unwanted = page[start + UNWANTED] ?? NONE;
      return {
        id: ids.at(page[start + ID] ?? 0),
        contentDigest: contents.at(number),
        source: Math.floor(marks / SOURCE),
        uri: names.at(page[start + URI] ?? 0),
        line: page[start + LINE] ?? 0,
        time: page[start + TIME] ?? 0,
        newest: page[start + NEWEST] ?? 0,
        consents: (marks & CONSENTS) !== 0,
        denies: (marks & DENIES) !== 0,
        unwanted: unwanted === NONE ? null : names.at(unwanted),
        call: page[start + CALL] ?? NONE,
        notes: notes === NONE ? '' : names.at(notes),
        row: row === NONE ? null : row,
      };
    },
    idAt: (number) => ids.at(valueAt(number, ID)),
    timeAt: (number) => valueAt(number, TIME),
  };
}
