import { createNames } from '../names.js';
import type { LoggedLine, LoggedLineCall, PlacedLine } from './logged-line.js';

/** Lines as bytes, without their ids, which are beside them wherever they are. */
export interface LineBytes {
  /** Some 150 bytes, valid until the next line is written. Its place may follow. */
  write(line: LoggedLine, sequence: number): Buffer;
  /** Puts a place, or a number up to 15, into what was written. */
  setPlace(bytes: Buffer, place: number): void;
  setMark(bytes: Buffer, mark: number): void;
  read(id: string, bytes: Buffer): PlacedLine;
  markOf(bytes: Buffer): number;
}

const [TIME, NEWEST, PLACE, LINE, SEQUENCE] = [0, 8, 16, 24, 32];
const [URI, MESSAGES, SOURCE, MARKS, TEXTS] = [40, 44, 48, 50, 52];
/** A line's marks; what is asked for beside them stands above. */
const [CONSENTS, DENIES, KNOWN, AGAINST, MARK] = [1, 2, 4, 8, 16];
const FIRST_BYTES = 1_024;
/** UTF-8 takes at most so many bytes for a UTF-16 unit. */
const BYTES_PER_UNIT = 3;
const NOWHERE = -1;

export function createLineBytes(): LineBytes {
  /** There are as many as there are objects. */
  const uris = createNames();
  let written = Buffer.allocUnsafeSlow(FIRST_BYTES);

  return {
    write(line, sequence) {
      const texts = textsOf(line);
      const most = TEXTS + texts.length * BYTES_PER_UNIT;
      if (most > written.length) written = Buffer.allocUnsafeSlow(2 * most);
      written.writeDoubleLE(line.time, TIME);
      written.writeDoubleLE(line.newest, NEWEST);
      written.writeDoubleLE(NOWHERE, PLACE);
      written.writeDoubleLE(line.line, LINE);
      written.writeDoubleLE(sequence, SEQUENCE);
      written.writeUInt32LE(uris.numberOf(line.uri), URI);
      written.writeUInt32LE(line.call?.messages ?? 0, MESSAGES);
      written.writeUInt16LE(line.source, SOURCE);
      written.writeUInt16LE(marksOf(line), MARKS);
      return written.subarray(0, TEXTS + written.write(texts, TEXTS));
    },
    setPlace(bytes, place) {
      bytes.writeDoubleLE(place, PLACE);
    },
    setMark(bytes, mark) {
      bytes.writeUInt16LE((bytes.readUInt16LE(MARKS) % MARK) + mark * MARK, MARKS);
    },
    read(id, bytes) {
      const texts = bytes.toString('utf8', TEXTS).split('\n');
      const [contentDigest = '', unwanted = '', notes = '', whole, parts = ''] = texts;
      const marks = bytes.readUInt16LE(MARKS);
      const place = bytes.readDoubleLE(PLACE);
      return {
        id,
        contentDigest,
        source: bytes.readUInt16LE(SOURCE),
        uri: uris.at(bytes.readUInt32LE(URI)),
        line: bytes.readDoubleLE(LINE),
        time: bytes.readDoubleLE(TIME),
        newest: bytes.readDoubleLE(NEWEST),
        consents: (marks & CONSENTS) !== 0,
        denies: (marks & DENIES) !== 0,
        unwanted: unwanted === '' ? null : unwanted,
        isKnown: (marks & KNOWN) !== 0,
        notes,
        call: whole === undefined ? null : callOf(bytes, marks, whole, parts),
        sequence: bytes.readDoubleLE(SEQUENCE),
        place: place === NOWHERE ? null : place,
      };
    },
    markOf: (bytes) => Math.floor(bytes.readUInt16LE(MARKS) / MARK),
  };
}

/** None of them has a line feed in it. */
function textsOf({ contentDigest, unwanted, notes, call }: LoggedLine): string {
  const own = `${contentDigest}\n${unwanted ?? ''}\n${notes}`;
  if (call === null) return own;
  return call.parts.length === 0
    ? `${own}\n${call.whole}`
    : `${own}\n${call.whole}\n${call.parts.join(' ')}`;
}

function marksOf({ consents, denies, isKnown, call }: LoggedLine): number {
  return (
    (consents ? CONSENTS : 0) |
    (denies ? DENIES : 0) |
    (isKnown ? KNOWN : 0) |
    (call?.isAgainst === true ? AGAINST : 0)
  );
}

function callOf(bytes: Buffer, marks: number, whole: string, parts: string): LoggedLineCall {
  return {
    messages: bytes.readUInt32LE(MESSAGES),
    whole,
    parts: parts === '' ? [] : parts.split(' '),
    isAgainst: (marks & AGAINST) !== 0,
  };
}
