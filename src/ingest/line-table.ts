import { byteColumn, integerColumn, numberColumn, shortColumn } from '../domain/columns.js';
import type { SpilledTexts } from '../formats/spilled-texts.js';
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
  /** Whether the chain knows its id. */
  readonly isKnown: boolean;
  /** What the books note of it where it is kept, as a text; empty for nothing. */
  readonly notes: string;
  /** Its record's row in the spill; `null` where the record won't be needed. */
  row: number | null;
}

/**
 * Lines by number. What is asked of every line is in columns, some 25 bytes for each; the rest, its id first of all, is
 * a spilled text.
 */
export interface LineTable {
  readonly count: number;
  /** Puts a line in the place of another, or behind the last one. */
  set(number: number, line: Contender): void;
  /** The whole line, which takes reading its text. */
  at(number: number): Contender;
  /** So does its id alone. */
  idAt(number: number): string;
  timeAt(number: number): number;
  sourceAt(number: number): number;
  notesAt(number: number): string;
  rowAt(number: number): number | null;
  isKnownAt(number: number): boolean;
  /** Whether it consents, holds nothing unwanted, has a row, and its id is not the chain's. */
  isPlainAt(number: number): boolean;
}

/** A line's marks. */
const [CONSENTS, DENIES, UNWANTED, KNOWN, HAS_ROW] = [1, 2, 4, 8, 16];
const PLAIN = CONSENTS | HAS_ROW;
/** Notes are mostly another line's too; so many of them are kept, the others are read again. */
const MAXIMUM_NOTES = 10_000;
const READ_NOTES = MAXIMUM_NOTES + 1;

export function createLineTable(texts: SpilledTexts): LineTable {
  const [times, rows, places] = [numberColumn(), integerColumn(), integerColumn()];
  const [sources, notes, marks] = [shortColumn(), shortColumn(), byteColumn()];
  const [uris, knownNotes] = [createNames(), createNames(MAXIMUM_NOTES)];
  let count = 0;

  /** What is spilled of a line; its id stands last, since it may hold anything. */
  function textOf({ contentDigest, line, newest, uri, unwanted, notes, id }: Contender): string {
    const place = `${contentDigest}\n${line}\n${newest}\n${uris.numberOf(uri)}`;
    return `${place}\n${unwanted ?? ''}\n${notes}\n${JSON.stringify(id)}`;
  }

  function spilled(number: number): readonly string[] {
    return texts.at(places.at(number)).split('\n');
  }

  return {
    get count() {
      return count;
    },
    set(number, line) {
      times.set(number, line.time);
      places.set(number, texts.add(textOf(line)));
      rows.set(number, line.row ?? 0);
      sources.set(number, line.source);
      notes.set(number, line.notes === '' ? 0 : knownNotes.numberOf(line.notes) + 1);
      marks.set(
        number,
        (line.consents ? CONSENTS : 0) |
          (line.denies ? DENIES : 0) |
          (line.unwanted === null ? 0 : UNWANTED) |
          (line.isKnown ? KNOWN : 0) |
          (line.row === null ? 0 : HAS_ROW),
      );
      if (number === count) count += 1;
    },
    at(number) {
      const [contentDigest = '', line, newest, uri, unwanted = '', notes = '', id = '""'] =
        spilled(number);
      const mark = marks.at(number);
      return {
        id: JSON.parse(id) as string,
        contentDigest,
        source: sources.at(number),
        uri: uris.at(Number(uri)),
        line: Number(line),
        time: times.at(number),
        newest: Number(newest),
        consents: (mark & CONSENTS) !== 0,
        denies: (mark & DENIES) !== 0,
        unwanted: unwanted === '' ? null : unwanted,
        isKnown: (mark & KNOWN) !== 0,
        notes,
        row: (mark & HAS_ROW) === 0 ? null : rows.at(number),
      };
    },
    idAt: (number) => JSON.parse(spilled(number)[6] ?? '""') as string,
    timeAt: (number) => times.at(number),
    sourceAt: (number) => sources.at(number),
    notesAt(number) {
      const name = notes.at(number);
      if (name === 0) return '';
      return name === READ_NOTES ? (spilled(number)[5] ?? '') : knownNotes.at(name - 1);
    },
    rowAt: (number) => ((marks.at(number) & HAS_ROW) === 0 ? null : rows.at(number)),
    isKnownAt: (number) => (marks.at(number) & KNOWN) !== 0,
    isPlainAt: (number) => marks.at(number) === PLAIN,
  };
}
