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
      written.text(`${signalsJson(signals)}}`);
      contentEnd = written.length;
    },
    contentDigest: () => digestOf(written.part(0, contentEnd)),
    identity(log, { time, tenant, userKeyHash, conversationId, model }) {
      const start = written.length;
      written.text(
        `{"conversationId":${hex(conversationId)},"log":${JSON.stringify(log)},"messages":[`,
      );
      messagesAgain();
      written.text(`],"model":${JSON.stringify(model)},"output":`);
      outputAgain();
      written.text(
        `,"tenant":${JSON.stringify(tenant)},"time":"${time}","userKeyHash":${hex(userKeyHash)}}`,
      );
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
      written.text(`${beforeMessages(record)}"messages":[`);
      messagesAgain();
      written.text(`],"model":${JSON.stringify(record.model)},"output":`);
      outputAgain();
      written.text(`,${beforeSignals(record)}"signals":`);
      written.again(signalsAt, contentEnd - 1);
      written.text(`,${behindSignals(record)}`);
      return written.part(start, written.length);
    },
  };
}

function signalsJson(signals: readonly Signal[]): string {
  let json = '';
  for (const { at, correction, kind, name, surface, verdict } of signals) {
    const corrected = correction === null ? 'null' : JSON.stringify(correction);
    json +=
      `${json === '' ? '' : ','}{"at":"${at}","correction":${corrected},"kind":"${kind}",` +
      `"name":${JSON.stringify(name)},"surface":"${surface}","verdict":"${verdict}"}`;
  }
  return `[${json}]`;
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

function beforeMessages(record: CanonicalRecord): string {
  const { faults, finishReason, imagesLeftOut } = record;
  return (
    `{${record.asksForJson === true ? '"asksForJson":true,' : ''}` +
    `${record.cached === true ? '"cached":true,' : ''}"consent":"${record.consent}",` +
    `"contentDigest":"${record.contentDigest}","conversationId":${hex(record.conversationId)},` +
    `${faults === undefined ? '' : `"faults":${JSON.stringify(faults)},`}` +
    `${finishReason === undefined ? '' : `"finishReason":"${finishReason}",`}` +
    `"id":${JSON.stringify(record.id)},` +
    `${imagesLeftOut === undefined ? '' : `"imagesLeftOut":${imagesLeftOut},`}`
  );
}

function beforeSignals({ position, quality, redactions }: CanonicalRecord): string {
  const counts = isEmpty(redactions) ? '{}' : canonicalJson(redactions);
  return (
    `"position":${positionJson(position)},` +
    `${quality === undefined ? '' : `"quality":${canonicalJson(quality)},`}` +
    `"redactions":${counts},`
  );
}

function isEmpty(counts: CanonicalRecord['redactions']): boolean {
  for (const type in counts) if (counts[type] !== undefined) return false;
  return true;
}

function behindSignals({ surface, tenant, time, tools, userKeyHash }: CanonicalRecord): string {
  return (
    `${surface === undefined ? '' : `"surface":"${surface}",`}` +
    `"tenant":${JSON.stringify(tenant)},"time":"${time}",` +
    `${tools === undefined ? '' : `"tools":${toolsJson(tools)},`}` +
    `"userKeyHash":${hex(userKeyHash)},"v":1}`
  );
}

/** By list, since one is shared by all records that were offered the same tools. */
const writtenTools = new WeakMap<readonly ToolDefinition[], string>();

function toolsJson(tools: readonly ToolDefinition[]): string {
  const json = writtenTools.get(tools) ?? canonicalJson(tools);
  writtenTools.set(tools, json);
  return json;
}

function positionJson({ uri, line, offset, length, item }: CanonicalRecord['position']): string {
  const first = item === undefined ? '' : `"item":${item},`;
  return `{${first}"length":${length},"line":${line},"offset":${offset},"uri":${JSON.stringify(uri)}}`;
}

/** Of what needs no escapes. */
function hex(digest: string | null): string {
  return digest === null ? 'null' : `"${digest}"`;
}

function digestOf(bytes: Uint8Array): string {
  return hash('sha256', bytes, 'hex');
}
