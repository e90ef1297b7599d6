import { byteColumn, integerColumn, numberColumn } from '../domain/columns.js';
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
  readonly conversationId: string | null;
  /** What the books note of it where it is kept, as JSON; empty for nothing. */
  readonly notes: string;
  /** Its record's row in the spill; `null` where the record won't be needed. */
  readonly row: number | null;
}

/** Lines by number, some two hundred bytes each with their ids, however long they are. */
export interface LineTable {
  set(number: number, line: Contender): void;
  at(number: number): Contender;
  idAt(number: number): string;
  timeAt(number: number): number;
}

const [CONSENTS, DENIES, HAS_CONVERSATION] = [1, 2, 4];

/** `ids` has the ids of all lines. */
export function createLineTable(ids: IdIndex): LineTable {
  const names = createNames();
  const contents = createDigestColumn();
  const conversations = createDigestColumn();
  const flags = byteColumn();
  const [idNumbers, sources, uris] = [integerColumn(), integerColumn(), integerColumn()];
  const notes = integerColumn();
  const [lines, times, newest] = [numberColumn(), numberColumn(), numberColumn()];
  /** One more than the number, so that 0 is none. */
  const [unwanted, rows] = [integerColumn(), integerColumn()];
  return {
    set(number, line) {
      const { conversationId } = line;
      idNumbers.set(number, ids.add(line.id));
      contents.set(number, line.contentDigest);
      if (conversationId !== null) conversations.set(number, conversationId);
      sources.set(number, line.source);
      uris.set(number, names.numberOf(line.uri));
      notes.set(number, names.numberOf(line.notes));
      lines.set(number, line.line);
      times.set(number, line.time);
      newest.set(number, line.newest);
      unwanted.set(number, line.unwanted === null ? 0 : names.numberOf(line.unwanted) + 1);
      rows.set(number, line.row === null ? 0 : line.row + 1);
      const consent = (line.consents ? CONSENTS : 0) | (line.denies ? DENIES : 0);
      flags.set(number, consent | (conversationId === null ? 0 : HAS_CONVERSATION));
    },
    idAt: (number) => ids.at(idNumbers.at(number)),
    timeAt: (number) => times.at(number),
    at(number) {
      const [flag, type, row] = [flags.at(number), unwanted.at(number), rows.at(number)];
      return {
        id: ids.at(idNumbers.at(number)),
        contentDigest: contents.at(number),
        source: sources.at(number),
        uri: names.at(uris.at(number)),
        line: lines.at(number),
        time: times.at(number),
        newest: newest.at(number),
        consents: (flag & CONSENTS) !== 0,
        denies: (flag & DENIES) !== 0,
        unwanted: type === 0 ? null : names.at(type - 1),
        conversationId: (flag & HAS_CONVERSATION) === 0 ? null : conversations.at(number),
        notes: names.at(notes.at(number)),
        row: row === 0 ? null : row - 1,
      };
    },
  };
}
