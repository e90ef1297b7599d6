import { createHash, createHmac } from 'node:crypto';
import { z } from 'zod';
import type { RawRecord } from '../connectors/connector.js';
import { canonicalJson } from '../domain/json.js';
import type { CanonicalRecord, Message, Signal } from '../domain/record.js';
import type { Redactor } from './redaction.js';

const toolCall = z.strictObject({ id: z.string(), name: z.string(), arguments: z.string() });
const message = z.strictObject({
  role: z.enum(['system', 'user', 'assistant', 'tool']),
  content: z.string(),
  toolCalls: z.array(toolCall).readonly().exactOptional(),
  toolCallId: z.string().exactOptional(),
});
const signal = z.strictObject({
  name: z.string(),
  kind: z.enum(['human', 'judge', 'implicit', 'edit']),
  surface: z.enum(['production', 'staging', 'debug']),
  verdict: z.enum(['approved', 'rejected', 'none']),
  correction: z.string().nullable(),
  at: z.iso.datetime(),
});

/** The canonical record, as it stands in the store. */
export const recordSchema: z.ZodType<CanonicalRecord> = z.strictObject({
  v: z.literal(1),
  id: z.string().min(1),
  position: z.strictObject({
    uri: z.string(),
    line: z.int(),
    offset: z.int(),
    length: z.int(),
  }),
  time: z.iso.datetime(),
  tenant: z.string().nullable(),
  userKeyHash: z.string().nullable(),
  conversationId: z.string().nullable(),
  model: z.string().nullable(),
  messages: z.array(message).readonly(),
  output: message,
  signals: z.array(signal).readonly(),
  consent: z.enum(['allow', 'deny', 'unmarked']),
  redactions: z.record(z.string(), z.int().min(0)),
  contentDigest: z.string().length(64),
});

/**
 * Makes a raw record canonical: redacts every text first, then hashes what may be hashed. User and
 * conversation ids survive only as keyed hashes, so that nothing written leads back to a person without the key.
 */
export function toCanonicalRecord(
  raw: RawRecord,
  redactor: Redactor,
  key: string,
): CanonicalRecord {
  const counts: Record<string, number> = {};
  const redact = (text: string): string => {
    const redacted = redactor.redact(text);
    for (const [type, spans] of Object.entries(redacted.counts)) {
      counts[type] = (counts[type] ?? 0) + spans;
    }
    return redacted.text;
  };
  const messages = raw.messages.map((item) => redactMessage(item, redact));
  const output = redactMessage(raw.output, redact);
  const signals = raw.signals.map((item) => redactSignal(item, redact)).sort(byTime);
  const contentDigest = sha256(canonicalJson([messages, output, signals, raw.consent]));
  return {
    v: 1,
    id: idOf(raw, redactor, key, [messages, output]),
    position: raw.position,
    time: raw.time,
    tenant: raw.tenant === null ? null : redactor.redact(raw.tenant).text,
    userKeyHash: raw.userId === null ? null : hmac(key, ['user', raw.tenant, raw.userId]),
    conversationId:
      raw.conversationId === null
        ? null
        : hmac(key, ['conversation', raw.tenant, raw.conversationId]),
    model: raw.model,
    messages,
    output,
    signals,
    consent: raw.consent,
    redactions: counts,
    contentDigest,
  };
}

/** The source's id, hashed where it is personal data itself; without one the digest of source and content. */
function idOf(raw: RawRecord, redactor: Redactor, key: string, content: unknown): string {
  const { externalId, position, time } = raw;
  if (externalId === null) return sha256(canonicalJson([position.uri, time, content]));
  const isPersonal = redactor.redact(externalId).text !== externalId;
  return isPersonal ? hmac(key, ['id', externalId]) : externalId;
}

function redactMessage(item: Message, redact: (text: string) => string): Message {
  const { role, content, toolCalls, toolCallId } = item;
  return {
    role,
    content: redact(content),
    ...(toolCalls === undefined
      ? {}
      : { toolCalls: toolCalls.map((call) => ({ ...call, arguments: redact(call.arguments) })) }),
    ...(toolCallId === undefined ? {} : { toolCallId }),
  };
}

function redactSignal(item: Signal, redact: (text: string) => string): Signal {
  return { ...item, correction: item.correction === null ? null : redact(item.correction) };
}

function byTime(a: Signal, b: Signal): number {
  const [left, right] = [canonicalJson([a.at, a]), canonicalJson([b.at, b])];
  return left < right ? -1 : left > right ? 1 : 0;
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

function hmac(key: string, parts: readonly (string | null)[]): string {
  return createHmac('sha256', key).update(canonicalJson(parts)).digest('hex');
}
