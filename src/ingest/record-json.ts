import { hash } from 'node:crypto';
import { canonicalJson } from '../domain/json.js';
import type { CanonicalRecord, Message, Signal, ToolDefinition } from '../domain/record.js';
import { type ByteWriter, createByteWriter } from '../formats/byte-writer.js';
import { UnreadMessage } from '../formats/unread-text.js';

type Content = Pick<CanonicalRecord, 'messages' | 'output' | 'signals' | 'consent'> & {
  readonly quality: number | undefined;
};
type Call = Pick<CanonicalRecord, 'time' | 'tenant' | 'userKeyHash' | 'conversationId' | 'model'>;

/**
 * Writes records as canonical JSON in UTF-8, one after the other in the same memory: first the content, of which
 * there are digests, then the whole record, in which the content stands as it was written. It is canonical JSON only
 * where the members of messages and tool calls stand in its order, which is that of their names.
 */
export interface RecordWriter {
  /** Begins a record. */
  writeContent(content: Content): void;
  /** SHA-256 of the content's canonical JSON. */
  contentDigest(): string;
  /** What the id of a record is, where its log has none: the digest of where it was found, and what it is. */
  identity(log: string, call: Call): string;
  /**
   * SHA-256 of a text followed by the messages from one on to before another, and by the answer where `to` is
   * behind all of them, with commas between.
   */
  digestOfTurns(text: string, from: number, to: number): string;
  /** The record, whose content is what was written; valid until the next one. */
  recordJson(record: CanonicalRecord): Uint8Array;
}

export function createRecordWriter(): RecordWriter {
  /** The content of a record, and behind it whatever is made of its parts. */
  const written = createByteWriter();
  /** Where each message begins, and where one behind the last would. */
  let starts: number[] = [];
  let [outputAt, outputEnd, signalsAt, contentEnd] = [0, 0, 0, 0];

  const messagesAgain = (): void => written.again(starts[0] ?? 0, (starts.at(-1) ?? 0) - 1);
  const outputAgain = (): void => written.again(outputAt, outputEnd);
  /** Of what was written behind the content last. */
  const digestFrom = (start: number): string => digestOf(written.part(start, written.length));

  return {
    writeContent({ consent, messages, output, quality, signals }) {
      written.clear();
      starts = [];
      written.text(`{"consent":"${consent}","messages":[`);
      for (const message of messages) {
        if (starts.length > 0) written.text(',');
        starts.push(written.length);
        writeMessage(message, written);
      }
      starts.push(written.length + 1);
      written.text('],"output":');
      outputAt = written.length;
      writeMessage(output, written);
      outputEnd = written.length;
      if (quality !== undefined) written.text(`,"quality":${canonicalJson(quality)}`);
      written.text(',"signals":');
      signalsAt = written.length;
      writeSignals(signals, written);
      written.text('}');
      contentEnd = written.length;
    },
    contentDigest: () => digestOf(written.part(0, contentEnd)),
    identity(log, { time, tenant, userKeyHash, conversationId, model }) {
      const start = written.length;
      written.text('{"conversationId":');
      writeHex(conversationId, written);
      written.text(`,"log":${JSON.stringify(log)},"messages":[`);
      messagesAgain();
      written.text(`],"model":${JSON.stringify(model)},"output":`);
      outputAgain();
      written.text(`,"tenant":${JSON.stringify(tenant)},"time":"${time}","userKeyHash":`);
      writeHex(userKeyHash, written);
      written.text('}');
      return digestFrom(start);
    },
    digestOfTurns(text, from, to) {
      const start = written.length;
      const isToEnd = to === starts.length;
      const [first = 0, end = 0] = [starts[from], starts[isToEnd ? to - 1 : to]];
      written.text(text);
      if (end > first) written.again(first, end - 1);
      if (isToEnd) {
        if (end > first) written.text(',');
        outputAgain();
      }
      return digestFrom(start);
    },
    recordJson(record) {
      const start = written.length;
      writeBeforeMessages(record, written);
      messagesAgain();
      written.text(`],"model":${JSON.stringify(record.model)},"output":`);
      outputAgain();
      writeBeforeSignals(record, written);
      written.again(signalsAt, contentEnd - 1);
      writeBehindSignals(record, written);
      return written.part(start, written.length);
    },
  };
}

function writeSignals(signals: readonly Signal[], to: ByteWriter): void {
  let before = '[{"at":"';
  for (const { at, correction, kind, name, surface, verdict } of signals) {
    to.text(before);
    to.text(at);
    to.text('","correction":');
    to.text(correction === null ? 'null' : JSON.stringify(correction));
    to.text(`,"kind":"${kind}","name":`);
    to.text(JSON.stringify(name));
    to.text(`,"surface":"${surface}","verdict":"${verdict}"}`);
    before = ',{"at":"';
  }
  to.text(signals.length === 0 ? '[]' : ']');
}

/** How a message ends that has nothing but a text. */
const ENDS: Readonly<Record<Message['role'], string>> = {
  system: '","role":"system"}',
  user: '","role":"user"}',
  assistant: '","role":"assistant"}',
  tool: '","role":"tool"}',
};

/** Texts that are unread are mostly canonical JSON already. */
function writeMessage(message: Message, to: ByteWriter): void {
  const json = message instanceof UnreadMessage ? message.unread.json() : null;
  if (json === null) return to.text(JSON.stringify(message));
  const { role, toolCallId, toolCalls } = message;
  to.text('{"content":"');
  to.bytes(json);
  if (toolCallId === undefined && toolCalls === undefined) return to.text(ENDS[role]);
  const answers = toolCallId === undefined ? '' : `,"toolCallId":${JSON.stringify(toolCallId)}`;
  const calls = toolCalls === undefined ? '' : `,"toolCalls":${JSON.stringify(toolCalls)}`;
  to.text(`","role":"${role}"${answers}${calls}}`);
}

// Texts are written one by one: putting them together first takes longer than all of them do.

function writeBeforeMessages(record: CanonicalRecord, to: ByteWriter): void {
  const { faults, finishReason, imagesLeftOut } = record;
  to.text('{');
  if (record.asksForJson === true) to.text('"asksForJson":true,');
  if (record.cached === true) to.text('"cached":true,');
  to.text('"consent":"');
  to.text(record.consent);
  to.text('","contentDigest":"');
  to.text(record.contentDigest);
  to.text('","conversationId":');
  writeHex(record.conversationId, to);
  if (faults !== undefined) to.text(`,"faults":${JSON.stringify(faults)}`);
  if (finishReason !== undefined) to.text(`,"finishReason":"${finishReason}"`);
  to.text(',"id":');
  to.text(JSON.stringify(record.id));
  if (imagesLeftOut !== undefined) to.text(`,"imagesLeftOut":${imagesLeftOut}`);
  to.text(',"messages":[');
}

function writeBeforeSignals(record: CanonicalRecord, to: ByteWriter): void {
  const { quality, redactions, position } = record;
  const { item, length, line, offset, uri } = position;
  to.text(item === undefined ? ',"position":{' : `,"position":{"item":${item},`);
  to.text(`"length":${length},"line":${line},"offset":${offset},"uri":`);
  to.text(JSON.stringify(uri));
  to.text('}');
  if (quality !== undefined) to.text(`,"quality":${canonicalJson(quality)}`);
  to.text(',"redactions":');
  to.text(isEmpty(redactions) ? '{}' : canonicalJson(redactions));
  to.text(',"signals":');
}

function isEmpty(counts: CanonicalRecord['redactions']): boolean {
  for (const type in counts) if (counts[type] !== undefined) return false;
  return true;
}

function writeBehindSignals(record: CanonicalRecord, to: ByteWriter): void {
  const { surface, tenant, time, tools, userKeyHash } = record;
  if (surface !== undefined) to.text(`,"surface":"${surface}"`);
  to.text(',"tenant":');
  to.text(JSON.stringify(tenant));
  to.text(',"time":"');
  to.text(time);
  if (tools !== undefined) to.text(`","tools":${toolsJson(tools)},"userKeyHash":`);
  else to.text('","userKeyHash":');
  writeHex(userKeyHash, to);
  to.text(',"v":1}');
}

/** Of what needs no escapes. */
function writeHex(digest: string | null, to: ByteWriter): void {
  if (digest === null) return to.text('null');
  to.text('"');
  to.text(digest);
  to.text('"');
}

/** By list, since one is shared by all records that were offered the same tools. */
const writtenTools = new WeakMap<readonly ToolDefinition[], string>();

function toolsJson(tools: readonly ToolDefinition[]): string {
  const json = writtenTools.get(tools) ?? canonicalJson(tools);
  writtenTools.set(tools, json);
  return json;
}

function digestOf(bytes: Uint8Array): string {
  return hash('sha256', bytes, 'hex');
}
