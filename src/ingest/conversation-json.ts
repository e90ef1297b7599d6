import { invariant } from '../domain/errors.js';
import { canonicalJson } from '../domain/json.js';
import type { CanonicalRecord, Signal } from '../domain/record.js';
import { asBuffer } from '../formats/as-buffer.js';

const BEGINNING = '{"calls":[';
/** Within a string a quotation mark has a backslash before it, so that the last one of these is a call's end. */
const END = '],"id":"';
const [DIGEST, ID, TURN] = ['"contentDigest":"', '"id":', '"turn":'];
const [QUOTATION_MARK, BACKSLASH] = [0x22, 0x5c];

/**
 * What the chain is to remember of a call that stands alone: the canonical JSON of a `Conversation` of nothing else. Its
 * call is what `loggedCall` gives, written by hand, since every call of every log has one.
 */
export function conversationOfOne(record: CanonicalRecord, transcript: string): string {
  const id = JSON.stringify(record.id);
  return (
    `${BEGINNING}{"contentDigest":"${record.contentDigest}","transcript":"${transcript}",` +
    `"turn":${turnJson(record, id)}}${END.slice(0, -1)}${id}}`
  );
}

/** The JSON of the one call of what `conversationOfOne` gave. */
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

/** What a call says of its answer, an `EarlierTurn`. */
function turnJson(record: CanonicalRecord, id: string): string {
  const { cached, consent, faults, finishReason, messages, model, quality, surface } = record;
  return (
    `{${cached === undefined ? '' : `"cached":${cached},`}"callId":${id},"consent":"${consent}",` +
    `${faults === undefined ? '' : `"faults":${JSON.stringify(faults)},`}` +
    `${finishReason === undefined ? '' : `"finishReason":"${finishReason}",`}` +
    `"message":${messages.length},"model":${JSON.stringify(model)},` +
    `${quality === undefined ? '' : `"quality":${canonicalJson(quality)},`}` +
    `"signals":${signalsJson(record.signals)},` +
    `${surface === undefined ? '' : `"surface":"${surface}",`}"time":"${record.time}"}`
  );
}

function signalsJson(signals: readonly Signal[]): string {
  let text = '[';
  for (const signal of signals) text += `${text === '[' ? '' : ','}${signalJson(signal)}`;
  return `${text}]`;
}

function signalJson({ at, correction, kind, name, surface, verdict }: Signal): string {
  return (
    `{"at":"${at}","correction":${JSON.stringify(correction)},"kind":"${kind}",` +
    `"name":${JSON.stringify(name)},"surface":"${surface}","verdict":"${verdict}"}`
  );
}
