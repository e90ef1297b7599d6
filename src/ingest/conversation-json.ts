import { invariant } from '../domain/errors.js';
import { canonicalJson } from '../domain/json.js';
import { asBuffer } from '../formats/as-buffer.js';
import { createByteWriter } from '../formats/byte-writer.js';
import { createCallNotes } from './call-notes.js';
import { pieceOf } from './json-pieces.js';
import { PART } from './record-parts.js';

const BEGINNING = '{"calls":[';
/** Within a string a quotation mark has a backslash before it, so that the last one of these is a call's end. */
const END = '],"id":"';
const [DIGEST, ID, TURN] = ['"contentDigest":"', '"id":', '"turn":'];
const [QUOTATION_MARK, BACKSLASH] = [0x22, 0x5c];

/**
 * Writes what the chain is to remember of a call that stands alone, made of its record's JSON and its `CallNote`; valid
 * until the next.
 */
export type ConversationWriter = (json: Uint8Array, note: Uint8Array) => Uint8Array;

/**
 * Writes the canonical JSON of a `Conversation` of one call and nothing else, whose call is a `LoggedCall`. By
 * pieces of bytes, since every call of every log has one.
 */
export function createConversationWriter(): ConversationWriter {
  const written = createByteWriter();
  const notes = createCallNotes();
  return (json, note) => {
    const { parts, messages, transcript } = notes.read(note);
    const at = (part: number): number => parts[part] ?? 0;
    const copy = (from: number, to: number): void => written.range(json, from, to);
    const [digest, id] = [at(PART.contentDigest) + DIGEST.length, at(PART.id) + ID.length];
    written.clear();
    written.bytes(BEFORE_DIGEST);
    copy(digest, digest + SHA256_DIGITS);
    written.bytes(BEFORE_TRANSCRIPT);
    written.bytes(transcript);
    written.bytes(BEFORE_TURN);
    copy(at(PART.cached), at(PART.consent));
    written.bytes(BEFORE_CALL_ID);
    copy(id, at(PART.idEnd));
    written.bytes(COMMA);
    copy(at(PART.consent), at(PART.contentDigest));
    copy(at(PART.faults), at(PART.id));
    written.bytes(BEFORE_MESSAGE);
    written.whole(messages);
    written.bytes(COMMA);
    copy(at(PART.model), at(PART.output));
    copy(at(PART.quality), at(PART.redactions));
    copy(at(PART.signals), at(PART.tenant));
    copy(at(PART.time), at(PART.timeEnd));
    written.bytes(BEFORE_ID);
    copy(id, at(PART.idEnd));
    written.bytes(END_OF_OBJECT);
    return written.part(0, written.length());
  };
}

const SHA256_DIGITS = 64;
const BEFORE_DIGEST = pieceOf(`${BEGINNING}{"contentDigest":"`);
const BEFORE_TRANSCRIPT = pieceOf('","transcript":"');
const BEFORE_TURN = pieceOf('","turn":{');
const BEFORE_CALL_ID = pieceOf('"callId":');
const COMMA = pieceOf(',');
const BEFORE_MESSAGE = pieceOf('"message":');
const BEFORE_ID = pieceOf(`}}${END.slice(0, -1)}`);
const END_OF_OBJECT = pieceOf('}');

/** The JSON of the one call of what a `ConversationWriter` wrote. */
export function callOfOne(conversation: Uint8Array): string {
  return callBytesOfOne(conversation).toString('utf8');
}

/** The same in UTF-8, a part of the bytes that were given. */
export function callBytesOfOne(conversation: Uint8Array): Buffer {
  const bytes = asBuffer(conversation);
  return bytes.subarray(BEGINNING.length, bytes.lastIndexOf(END));
}

/** The JSON of what such a call says of its answer, an `EarlierTurn`. */
export function turnOf(call: string): string {
  return call.slice(call.indexOf(TURN) + TURN.length, -1);
}

/** What of a record is another's where it has others' texts. */
export interface Joined {
  readonly id: string;
  readonly contentDigest: string;
  /** Canonical JSON of `EarlierTurn`s. */
  readonly turns: readonly string[];
  readonly calls: readonly string[];
}

/**
 * The canonical JSON of a record with all this in it, made of the record's own, which has the same members in the same
 * order. None before its id has members or strings that could be taken for another, and none behind its user.
 */
export function joinedRecord(json: Uint8Array, { id, contentDigest, ...others }: Joined): Buffer {
  const bytes = asBuffer(json);
  const consent = bytes.indexOf('"consent":');
  const digest = bytes.indexOf(DIGEST) + DIGEST.length;
  const ownId = bytes.indexOf(ID, digest) + ID.length;
  const user = bytes.lastIndexOf('"userKeyHash":');
  invariant(Math.min(consent, user) > 0, 'a record is not as it was written');
  const turns = others.turns.length === 0 ? '' : `"turns":[${others.turns.join(',')}],`;
  return Buffer.concat([
    bytes.subarray(0, consent),
    Buffer.from(`"calls":${canonicalJson(others.calls)},`),
    bytes.subarray(consent, digest),
    Buffer.from(contentDigest),
    bytes.subarray(digest + contentDigest.length, ownId),
    Buffer.from(JSON.stringify(id)),
    bytes.subarray(endOfString(bytes, ownId), user),
    Buffer.from(turns),
    bytes.subarray(user),
  ]);
}

/** Its own content's digest, of a record's JSON. */
export function contentDigestOf(json: Uint8Array): string {
  const bytes = asBuffer(json);
  const start = bytes.indexOf(DIGEST) + DIGEST.length;
  return bytes.toString('latin1', start, bytes.indexOf(QUOTATION_MARK, start));
}

/** Where the string ends that begins at `start` with a quotation mark. */
function endOfString(bytes: Buffer, start: number): number {
  let at = start + 1;
  while (bytes[at] !== QUOTATION_MARK) at += bytes[at] === BACKSLASH ? 2 : 1;
  return at + 1;
}

/** The canonical JSON of a `Conversation` whose calls are canonical JSON already. */
export function conversationJson(
  id: string,
  calls: readonly string[],
  holds: readonly string[],
): string {
  const others = holds.length === 0 ? '' : `"holds":${canonicalJson(holds)},`;
  return `{"calls":[${calls.join(',')}],${others}"id":${canonicalJson(id)}}`;
}
