import { hash } from 'node:crypto';
import { canonicalJson } from '../domain/json.js';
import type { CanonicalRecord, Message } from '../domain/record.js';
import { type ByteWriter, createByteWriter } from '../formats/byte-writer.js';
import { UnreadMessage } from '../formats/unread-text.js';
import { byConsent, pieceOf } from './json-pieces.js';
import {
  modelPiece,
  writeBeforeMessages,
  writeBeforeSignals,
  writeBehindSignals,
  writeHex,
} from './record-members.js';
import { createParts, PART, type RecordParts } from './record-parts.js';
import { createSignalsWriter } from './signals-json.js';

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
  /** Where the parts stand of the record that was written last. */
  parts(): RecordParts;
}

export function createRecordWriter(): RecordWriter {
  /** The content of a record, and behind it whatever is made of its parts. */
  const written = createByteWriter();
  const writeSignals = createSignalsWriter();
  /** Where each message begins, and where one behind the last would. */
  let starts: number[] = [];
  let [outputAt, outputEnd, signalsAt, contentEnd] = [0, 0, 0, 0];
  const parts = createParts();

  const messagesAgain = (): void => written.again(starts[0] ?? 0, (starts.at(-1) ?? 0) - 1);
  const outputAgain = (): void => written.again(outputAt, outputEnd);
  /** Of what was written behind the content last. */
  const digestFrom = (start: number): string => digestOf(written.part(start, written.length()));

  return {
    writeContent({ consent, messages, output, quality, signals }) {
      written.clear();
      starts = [];
      written.bytes(CONTENTS[consent]);
      for (const message of messages) {
        if (starts.length > 0) written.bytes(COMMA);
        starts.push(written.length());
        writeMessage(message, written);
      }
      starts.push(written.length() + 1);
      written.bytes(OUTPUT);
      outputAt = written.length();
      writeMessage(output, written);
      outputEnd = written.length();
      if (quality !== undefined) written.text(`,"quality":${canonicalJson(quality)}`);
      written.bytes(SIGNALS);
      signalsAt = written.length();
      writeSignals(signals, written);
      contentEnd = written.length() + 1;
      written.bytes(END_OF_OBJECT);
    },
    contentDigest: () => digestOf(written.part(0, contentEnd)),
    identity(log, { time, tenant, userKeyHash, conversationId, model }) {
      const start = written.length();
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
      const start = written.length();
      const isToEnd = to === starts.length;
      const [first = 0, end = 0] = [starts[from], starts[isToEnd ? to - 1 : to]];
      written.text(text);
      if (end > first) written.again(first, end - 1);
      if (isToEnd) {
        if (end > first) written.bytes(COMMA);
        outputAgain();
      }
      return digestFrom(start);
    },
    recordJson(record) {
      const start = written.length();
      writeBeforeMessages(record, written, parts);
      messagesAgain();
      parts[PART.model] = written.length() + MODEL_BEHIND;
      written.bytes(modelPiece(record.model));
      parts[PART.output] = written.length() - OUTPUT_NAME_BYTES;
      outputAgain();
      writeBeforeSignals(record, written, parts);
      written.again(signalsAt, contentEnd - 1);
      writeBehindSignals(record, written, parts);
      for (let part = 0; part < parts.length; part += 1) parts[part] = (parts[part] ?? 0) - start;
      return written.part(start, written.length());
    },
    parts: () => parts,
  };
}

/** Behind the list of messages and a comma. */
const MODEL_BEHIND = '],'.length;
const OUTPUT_NAME_BYTES = '"output":'.length;
const COMMA = pieceOf(',');
const SIGNALS = pieceOf(',"signals":');
const END_OF_OBJECT = pieceOf('}');
const BEFORE_TEXT = pieceOf('{"content":"');
const OUTPUT = pieceOf('],"output":');

/** How contents begin. */
const CONTENTS = byConsent((consent) => `{"consent":"${consent}","messages":[`);

/** How a message ends that has nothing but a text. */
const ENDS: Readonly<Record<Message['role'], Uint8Array>> = {
  system: pieceOf('","role":"system"}'),
  user: pieceOf('","role":"user"}'),
  assistant: pieceOf('","role":"assistant"}'),
  tool: pieceOf('","role":"tool"}'),
};

/** Texts that are unread are mostly canonical JSON already. */
function writeMessage(message: Message, to: ByteWriter): void {
  const json = message instanceof UnreadMessage ? message.unread.json() : null;
  if (json === null) return to.text(JSON.stringify(message));
  const { role, toolCallId, toolCalls } = message;
  to.bytes(BEFORE_TEXT);
  to.bytes(json);
  if (toolCallId === undefined && toolCalls === undefined) return to.bytes(ENDS[role]);
  const answers = toolCallId === undefined ? '' : `,"toolCallId":${JSON.stringify(toolCallId)}`;
  const calls = toolCalls === undefined ? '' : `,"toolCalls":${JSON.stringify(toolCalls)}`;
  to.text(`","role":"${role}"${answers}${calls}}`);
}

function digestOf(bytes: Uint8Array): string {
  return hash('sha256', bytes, 'hex');
}
