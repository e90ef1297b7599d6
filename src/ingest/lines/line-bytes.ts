import { invariant } from '../../domain/errors.js';
import { partOf, type RowMemory, rowMemory } from '../../formats/row-memory.js';
import { createNames } from '../names.js';
import type { LoggedLine, LoggedLineCall, PlacedLine } from './logged-line.js';

/** Lines as bytes, without their ids, which are beside them wherever they are. */
export interface LineBytes {
  /**
   * Some 180 bytes, valid until the next line is written or read. A place may follow, and a mark is a number up to 15.
   */
  write(line: LoggedLine, sequence: number, place?: number | null, mark?: number): Uint8Array;
  read(id: string, bytes: Uint8Array): PlacedLine;
  markOf(bytes: Uint8Array): number;
}

/** Where among a line's bytes the number stands that is its place. */
export const PLACE_AT = 0;
const [TIME, NEWEST, LINE, SEQUENCE] = [8, 16, 24, 32];
const [URI, MESSAGES, SOURCE, MARKS] = [40, 44, 48, 50];
/** How long its content's and its transcript's digest are, which come first of the texts. */
const [CONTENT_LENGTH, WHOLE_LENGTH, TEXTS] = [52, 54, 56];
const NO_CALL = 0xffff;
const LAST_SHORT = 0xffff;
const LAST_ASCII = 0x7f;
/** A line's marks, in a byte; what is asked for beside them stands above. */
const [CONSENTS, DENIES, KNOWN, AGAINST] = [1, 2, 4, 8];
const MARK_BITS = 4;
const LAST_MARK = 0xf;
const FIRST_BYTES = 1_024;
/** UTF-8 takes at most so many bytes for a UTF-16 unit. */
const BYTES_PER_UNIT = 3;
const NOWHERE = -1;
const NO_OTHERS: readonly string[] = [];
const NO_PARTS: readonly string[] = [];

export function createLineBytes(): LineBytes {
  /** There are as many as there are objects. */
  const uris = createNames();
  let memory = rowMemory(FIRST_BYTES);

  function need(bytes: number): RowMemory {
    if (bytes > memory.bytes.length) memory = rowMemory(2 * bytes);
    return memory;
  }

  return {
    write(line, sequence, place = null, mark = 0) {
      const { call, contentDigest } = line;
      const whole = call?.whole ?? '';
      const others = othersOf(line);
      // A view would take them without what there is no room for.
      invariant(line.source <= LAST_SHORT && mark <= LAST_MARK, 'a line has too high a number');
      invariant(Math.max(contentDigest.length, whole.length) < NO_CALL, 'a digest is too long');
      const units = contentDigest.length + whole.length + others.length;
      const { bytes, numbers } = need(TEXTS + units * BYTES_PER_UNIT);
      numbers.setFloat64(PLACE_AT, place ?? NOWHERE, true);
      numbers.setFloat64(TIME, line.time, true);
      numbers.setFloat64(NEWEST, line.newest, true);
      numbers.setFloat64(LINE, line.line, true);
      numbers.setFloat64(SEQUENCE, sequence, true);
      numbers.setUint32(URI, uris.numberOf(line.uri), true);
      numbers.setUint32(MESSAGES, call?.messages ?? 0, true);
      numbers.setUint16(SOURCE, line.source, true);
      numbers.setUint8(MARKS, marksOf(line) | (mark << MARK_BITS));
      numbers.setUint16(CONTENT_LENGTH, contentDigest.length, true);
      numbers.setUint16(WHOLE_LENGTH, call === null ? NO_CALL : whole.length, true);
      let end = writeDigest(bytes, TEXTS, contentDigest);
      end = writeDigest(bytes, end, whole);
      if (others !== '') end += bytes.write(others, end);
      return partOf(memory, 0, end);
    },
    read(id, given) {
      const { bytes, numbers } = need(given.length);
      bytes.set(given);
      const marks = numbers.getUint8(MARKS);
      const place = numbers.getFloat64(PLACE_AT, true);
      const wholeAt = TEXTS + numbers.getUint16(CONTENT_LENGTH, true);
      const wholeLength = numbers.getUint16(WHOLE_LENGTH, true);
      const end = wholeAt + (wholeLength === NO_CALL ? 0 : wholeLength);
      const [unwanted = '', notes = '', parts = ''] =
        end === given.length ? NO_OTHERS : bytes.toString('utf8', end, given.length).split('\n');
      return {
        id,
        contentDigest: bytes.toString('latin1', TEXTS, wholeAt),
        source: numbers.getUint16(SOURCE, true),
        uri: uris.at(numbers.getUint32(URI, true)),
        line: numbers.getFloat64(LINE, true),
        time: numbers.getFloat64(TIME, true),
        newest: numbers.getFloat64(NEWEST, true),
        consents: (marks & CONSENTS) !== 0,
        denies: (marks & DENIES) !== 0,
        unwanted: unwanted === '' ? null : unwanted,
        isKnown: (marks & KNOWN) !== 0,
        notes,
        call: wholeLength === NO_CALL ? null : callOf(memory, wholeAt, end, parts),
        sequence: numbers.getFloat64(SEQUENCE, true),
        place: place === NOWHERE ? null : place,
      };
    },
    markOf: (bytes) => (bytes[MARKS] ?? 0) >>> MARK_BITS,
  };
}

/** The texts that most lines don't have; none of them has a line feed in it. */
function othersOf({ unwanted, notes, call }: LoggedLine): string {
  const parts = call?.parts ?? NO_PARTS;
  if (unwanted === null && notes === '' && parts.length === 0) return '';
  return `${unwanted ?? ''}\n${notes}\n${parts.join(' ')}`;
}

function marksOf({ consents, denies, isKnown, call }: LoggedLine): number {
  return (
    (consents ? CONSENTS : 0) |
    (denies ? DENIES : 0) |
    (isKnown ? KNOWN : 0) |
    (call?.isAgainst === true ? AGAINST : 0)
  );
}

/** What a line says of its call, whose digest stands from `start` to `end`. */
function callOf(
  { bytes, numbers }: RowMemory,
  start: number,
  end: number,
  parts: string,
): LoggedLineCall {
  return {
    messages: numbers.getUint32(MESSAGES, true),
    whole: bytes.toString('latin1', start, end),
    parts: parts === '' ? NO_PARTS : parts.split(' '),
    isAgainst: (numbers.getUint8(MARKS) & AGAINST) !== 0,
  };
}

/** Writes the digits of a digest, and gives where they end. */
function writeDigest(into: Buffer, start: number, digest: string): number {
  for (let index = 0; index < digest.length; index += 1) {
    const unit = digest.charCodeAt(index);
    invariant(unit <= LAST_ASCII, 'a digest has other characters than digits');
    into[start + index] = unit;
  }
  return start + digest.length;
}
