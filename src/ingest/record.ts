import type { RawRecord } from '../connectors/connector.js';
import { count } from '../domain/books.js';
import { canonicalJson } from '../domain/json.js';
import { canonicalMessage } from '../domain/message.js';
import type { CanonicalRecord, Message, Signal, ToolCall } from '../domain/record.js';
import { UnreadMessage } from '../formats/unread-text.js';
import { answerFaults } from './answer-faults.js';
import { createKeyedDigest } from './digests.js';
import { redactJsonText } from './json-text.js';
import { redactTools } from './offered-tools.js';
import { assertCanonical } from './record-form.js';
import { createRecordWriter } from './record-json.js';
import type { ConversationRedactor, Redacted, Redactor } from './redaction.js';
import type { RecordParts } from './record-parts.js';
import { type Transcript, transcriptOf } from './transcript.js';

/** A record, its canonical JSON, and which conversation it goes on from. */
export interface EncodedRecord {
  readonly record: CanonicalRecord;
  /** In UTF-8; valid until the next record is made. */
  readonly json: Uint8Array;
  /** Where its parts stand in that, just as long. */
  readonly parts: RecordParts;
  readonly transcript: Transcript | null;
}

/** Makes records of log lines. */
export interface RecordEncoder {
  /**
   * A log line as it may be written down.
   * @throws InvariantError naming the field where the connector gave a record that is none.
   */
  readonly encode: (raw: RawRecord) => EncodedRecord;
  /** The record that was made last under another identity. */
  readonly identifiedAs: (
    encoded: EncodedRecord,
    identity: Pick<CanonicalRecord, 'id' | 'contentDigest'>,
  ) => EncodedRecord;
}

/**
 * Redaction comes first: every text, the tool calls' names, ids and arguments, the tools that were offered, the tenant
 * and the model pass through `redactor`. Of the user there is only HMAC-SHA-256 over the canonical JSON of
 * `[tenant, user]` with `key`, of the conversation the same over `["conversation", tenant, conversation]`; an id or a
 * tenant that holds personal data becomes such a hash too, so that two of them stay two. An answer that was to be JSON
 * is redacted as JSON, and stays it.
 *
 * Texts become JSON once, for all digests and what is written; those that are unread and stay as they are never do.
 */
export function createRecordEncoder(redactor: Redactor, key: string): RecordEncoder {
  // Each has room of its own for what comes again, as users do and conversations mostly don't.
  const [hashed, hashedConversation] = [createKeyedDigest(key), createKeyedDigest(key)];
  const writer = createRecordWriter();
  return {
    encode(raw) {
      const redactions: Record<string, number> = {};
      const { isIdle } = redactor;
      const conversation = isIdle ? IDLE : redactor.conversation();
      const counted = ({ text, counts }: Redacted): string => {
        for (const type in counts) count(redactions, type, counts[type]);
        return text;
      };
      const redact = (text: string): string => counted(conversation.redact(text));
      const redactJson = (text: string): string => counted(redactJsonText(text, conversation));
      const redactAnswer = raw.jsonRequest === undefined ? redact : redactJson;
      const identifier = (name: string, value: string): string =>
        isIdle || counted(redactor.redact(value)) === value ? value : hashed(name, value);

      // Placeholders are numbered in the order in which texts are redacted.
      const messages = isIdle
        ? raw.messages.map(inOrder)
        : raw.messages.map((each) => redactMessage(each, redact, redactJson));
      const output = isIdle
        ? inOrder(raw.output)
        : redactMessage(raw.output, redactAnswer, redactJson);
      const signals = sorted(raw.signals).map((each) => redactSignal(each, redactAnswer));
      const tenant = raw.tenant === null ? null : identifier('tenant', raw.tenant);
      const userKeyHash = raw.userId === null ? null : hashed(raw.tenant, raw.userId);
      const conversationId =
        raw.conversationId === null
          ? null
          : hashedConversation('conversation', raw.tenant, raw.conversationId);
      const model = raw.model === null ? null : redact(raw.model);
      const { time, consent, quality } = raw;
      writer.writeContent({ messages, output, signals, consent, quality });
      const id =
        raw.externalId === null || raw.externalId === ''
          ? writer.identity(raw.log, { time, tenant, userKeyHash, conversationId, model })
          : identifier('id', raw.externalId);
      const record: Mutable<CanonicalRecord> = {
        v: 1,
        id,
        position: raw.position,
        time,
        tenant,
        userKeyHash,
        conversationId,
        model,
        messages,
        output,
        signals,
        consent,
        redactions,
        contentDigest: writer.contentDigest(),
      };
      if (quality !== undefined) record.quality = quality;
      addCircumstances(record, raw);
      const { tools = [] } = raw;
      if (tools.length > 0) record.tools = redactTools(tools, redactor, redact, redactJson);
      assertCanonical(record);
      const transcript = transcriptOf(record, writer);
      return { record, json: writer.recordJson(record), parts: writer.parts(), transcript };
    },
    identifiedAs({ record, transcript }, { id, contentDigest }) {
      const other = { ...record, id, contentDigest };
      return { record: other, json: writer.recordJson(other), parts: writer.parts(), transcript };
    },
  };
}

/** Of a redactor that leaves every text as it is. */
const IDLE: ConversationRedactor = { redact: (text) => ({ text, counts: {} }) };

/** What a record has of its user: HMAC-SHA-256 over the canonical JSON of `[tenant, user]`. */
export function userKeyHashOf(tenant: string | null, user: string, key: string): string {
  return createKeyedDigest(key)(tenant, user);
}

/** An id or a tenant as records have it: a keyed hash where it holds personal data. */
export function identifierOf(
  name: 'id' | 'tenant',
  value: string,
  redactor: Redactor,
  key: string,
): string {
  return redactor.redact(value).text === value ? value : hashedIdentifier(name, value, key);
}

/** What stands for an id or a tenant that holds personal data. */
export function hashedIdentifier(name: 'id' | 'tenant', value: string, key: string): string {
  return createKeyedDigest(key)(name, value);
}

type Mutable<T> = { -readonly [Name in keyof T]: T[Name] };

/** What is told of a call beside its content; no part of its digest. */
function addCircumstances(record: Mutable<CanonicalRecord>, raw: RawRecord): void {
  const { surface, finishReason, imagesLeftOut = 0, cached, jsonRequest } = raw;
  const faults = answerFaults(raw);
  if (surface !== undefined) record.surface = surface;
  if (finishReason !== undefined) record.finishReason = finishReason;
  if (imagesLeftOut > 0) record.imagesLeftOut = imagesLeftOut;
  if (cached === true) record.cached = true;
  if (jsonRequest !== undefined) record.asksForJson = true;
  if (faults.length > 0) record.faults = faults;
}

type Redact = (text: string) => string;

/**
 * A message with its texts redacted, arguments of tool calls as JSON; its members stand in the order of canonical JSON.
 * A text that stays as it is stays unread where it was.
 */
export function redactMessage(original: Message, redact: Redact, redactJson: Redact): Message {
  const text = original.content;
  const content = redact(text);
  const { role } = original;
  const toolCalls = original.toolCalls?.map((call) => redactToolCall(call, redact, redactJson));
  const toolCallId = original.toolCallId === undefined ? undefined : redact(original.toolCallId);
  if (original instanceof UnreadMessage && content === text) {
    return new UnreadMessage(role, original.unread, toolCalls, toolCallId);
  }
  return canonicalMessage({ content, role, toolCalls, toolCallId });
}

/** The members of a message and of its tool calls in the order of canonical JSON. */
function inOrder(message: Message): Message {
  const { role, toolCallId } = message;
  // One that is unread has nothing else to be put in order.
  if (message instanceof UnreadMessage && message.toolCalls === undefined) return message;
  const toolCalls = message.toolCalls?.map(({ arguments: given, id, name }) => ({
    arguments: given,
    id,
    name,
  }));
  return message instanceof UnreadMessage
    ? new UnreadMessage(role, message.unread, toolCalls, toolCallId)
    : canonicalMessage({ content: message.content, role, toolCalls, toolCallId });
}

function redactToolCall(call: ToolCall, redact: Redact, redactJson: Redact): ToolCall {
  const [id, name] = [redact(call.id), redact(call.name)];
  return { arguments: redactJson(call.arguments), id, name };
}

/** The texts of a message that are redacted. */
export function messageTexts({ content, toolCalls = [], toolCallId }: Message): readonly string[] {
  const calls = toolCalls.flatMap((call) => [call.id, call.name, call.arguments]);
  return [content, ...calls, ...(toolCallId === undefined ? [] : [toolCallId])];
}

function redactSignal(original: Signal, redact: Redact): Signal {
  const { at, kind, surface, verdict } = original;
  const name = redact(original.name);
  const correction = original.correction === null ? null : redact(original.correction);
  return { at, correction, kind, name, surface, verdict };
}

/** Sources may list the same signals in another order, and placeholders are numbered in this one. */
function sorted(signals: readonly Signal[]): readonly Signal[] {
  if (signals.length < 2) return signals;
  const order = (each: Signal): string => canonicalJson([each.at, each]);
  return [...signals].sort((a, b) => {
    const [left, right] = [order(a), order(b)];
    return left < right ? -1 : left > right ? 1 : 0;
  });
}
