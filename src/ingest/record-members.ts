import { canonicalJson } from '../domain/json.js';
import type { CanonicalRecord, ToolDefinition } from '../domain/record.js';
import type { ByteWriter } from '../formats/byte-writer.js';
import { byConsent, createPieces, pieceOf, textJson } from './json-pieces.js';
import { PART, type RecordParts } from './record-parts.js';

// Pieces are written one by one: putting them together first takes longer than all of them do.

/** Between what a record says of its call and its content's digest. */
const CONSENTS = byConsent((consent) => `"consent":"${consent}","contentDigest":"`);
const DIGEST_NAME_BYTES = '"contentDigest":"'.length;
const OBJECT = pieceOf('{');
const CONVERSATION = pieceOf('","conversationId":');
const ID = pieceOf(',"id":');
const MESSAGES = pieceOf(',"messages":[');
/** Between a record's messages and its answer. */
export const modelPiece = createPieces((model) => `],"model":${textJson(model)},"output":`);
/** Why the model stopped, behind another member. */
const reasonPiece = createPieces((reason) => `,"finishReason":${textJson(reason)}`);

/** What of a record stands before its messages; behind them comes `modelPiece` and the answer. */
export function writeBeforeMessages(
  record: CanonicalRecord,
  to: ByteWriter,
  parts: RecordParts,
): void {
  const { faults, finishReason, imagesLeftOut } = record;
  to.bytes(OBJECT);
  if (record.asksForJson === true) to.text('"asksForJson":true,');
  parts[PART.cached] = to.length();
  if (record.cached === true) to.text('"cached":true,');
  parts[PART.consent] = to.length();
  to.bytes(CONSENTS[record.consent]);
  parts[PART.contentDigest] = to.length() - DIGEST_NAME_BYTES;
  to.text(record.contentDigest);
  to.bytes(CONVERSATION);
  writeHex(record.conversationId, to);
  parts[PART.faults] = to.length() + 1;
  if (faults !== undefined) to.text(`,"faults":${JSON.stringify(faults)}`);
  if (finishReason !== undefined) to.bytes(reasonPiece(finishReason));
  parts[PART.id] = to.length() + 1;
  to.bytes(ID);
  to.json(record.id);
  parts[PART.idEnd] = to.length();
  if (imagesLeftOut !== undefined) to.text(`,"imagesLeftOut":${imagesLeftOut}`);
  to.bytes(MESSAGES);
}

const POSITION = pieceOf(',"position":{"length":');
const LINE = pieceOf(',"line":');
const OFFSET = pieceOf(',"offset":');
const uriPiece = createPieces((uri) => `,"uri":${textJson(uri)}}`);
const SIGNALS_NAME_BYTES = '"signals":'.length;
const NO_REDACTIONS = pieceOf(',"redactions":{},"signals":');

/** What stands between its answer and its signals. */
export function writeBeforeSignals(
  record: CanonicalRecord,
  to: ByteWriter,
  parts: RecordParts,
): void {
  const { quality, redactions, position } = record;
  const { item, length, line, offset, uri } = position;
  if (item === undefined) to.bytes(POSITION);
  else to.text(`,"position":{"item":${item},"length":`);
  to.whole(length);
  to.bytes(LINE);
  to.whole(line);
  to.bytes(OFFSET);
  to.whole(offset);
  to.bytes(uriPiece(uri));
  parts[PART.quality] = to.length() + 1;
  if (quality !== undefined) to.text(`,"quality":${canonicalJson(quality)}`);
  parts[PART.redactions] = to.length() + 1;
  if (isEmpty(redactions)) to.bytes(NO_REDACTIONS);
  else to.text(`,"redactions":${canonicalJson(redactions)},"signals":`);
  parts[PART.signals] = to.length() - SIGNALS_NAME_BYTES;
}

function isEmpty(counts: CanonicalRecord['redactions']): boolean {
  for (const type in counts) if (counts[type] !== undefined) return false;
  return true;
}

const TIME_NAME_BYTES = '"time":"'.length;
const tenantPiece = createPieces((tenant) => `,"tenant":${textJson(tenant)},"time":"`);
const TOOLS = pieceOf('","tools":');
const USER = pieceOf('","userKeyHash":');
const USER_BEHIND_TOOLS = pieceOf(',"userKeyHash":');
const VERSION = pieceOf(',"v":1}');

/** What stands behind its signals. */
export function writeBehindSignals(
  record: CanonicalRecord,
  to: ByteWriter,
  parts: RecordParts,
): void {
  const { surface, tenant, time, tools, userKeyHash } = record;
  if (surface !== undefined) to.text(`,"surface":"${surface}"`);
  parts[PART.tenant] = to.length() + 1;
  to.bytes(tenantPiece(tenant));
  parts[PART.time] = to.length() - TIME_NAME_BYTES;
  to.text(time);
  parts[PART.timeEnd] = to.length() + 1;
  if (tools === undefined) to.bytes(USER);
  else {
    to.bytes(TOOLS);
    to.bytes(toolsPiece(tools));
    to.bytes(USER_BEHIND_TOOLS);
  }
  writeHex(userKeyHash, to);
  to.bytes(VERSION);
}

/** A digest as JSON. */
export function writeHex(digest: string | null, to: ByteWriter): void {
  if (digest === null) return to.text('null');
  to.quoted(digest);
}

/** By list, since one is shared by all records that were offered the same tools. */
const writtenTools = new WeakMap<readonly ToolDefinition[], Uint8Array>();

function toolsPiece(tools: readonly ToolDefinition[]): Uint8Array {
  const piece = writtenTools.get(tools) ?? pieceOf(canonicalJson(tools));
  writtenTools.set(tools, piece);
  return piece;
}
