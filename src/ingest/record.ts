import { z } from 'zod';
import type { RawRecord } from '../connectors/connector.js';
import { count } from '../domain/books.js';
import { InvariantError } from '../domain/errors.js';
import { canonicalJson } from '../domain/json.js';
import { ANSWER_FAULTS, FINISH_REASONS } from '../domain/record.js';
import type { CanonicalRecord, Message, Signal } from '../domain/record.js';
import { answerFaults } from './answer-faults.js';
import { createKeyedDigest, digestOf, type KeyedDigest } from './digests.js';
import { redactJsonText } from './json-text.js';
import type { Redacted, Redactor } from './redaction.js';

const digest = z.string().regex(/^[0-9a-f]{64}$/);
const instant = z.iso.datetime({ precision: 3 });
const natural = z.int().min(0);

const message = z.strictObject({
  role: z.enum(['system', 'user', 'assistant', 'tool']),
  content: z.string(),
  toolCalls: z
    .array(z.strictObject({ id: z.string(), name: z.string(), arguments: z.string() }))
    .exactOptional(),
  toolCallId: z.string().exactOptional(),
});

const signal = z.strictObject({
  name: z.string(),
  kind: z.enum(['human', 'judge', 'implicit', 'edit']),
  surface: z.enum(['production', 'staging', 'debug']),
  verdict: z.enum(['approved', 'rejected', 'none']),
  correction: z.string().nullable(),
  at: instant,
});

/** The form of a canonical record, as it is stored. Its messages could quote text: use only its paths. */
export const canonicalRecordSchema: z.ZodType<CanonicalRecord> = z.strictObject({
  v: z.literal(1),
  id: z.string().min(1),
  position: z.strictObject({
    uri: z.string().min(1),
    line: z.int().min(1),
    offset: natural,
    length: natural,
    item: z.int().min(1).exactOptional(),
  }),
  time: instant,
  tenant: z.string().nullable(),
  userKeyHash: digest.nullable(),
  conversationId: digest.nullable(),
  model: z.string().nullable(),
  messages: z.array(message).min(1),
  output: message.extend({ role: z.literal('assistant') }),
  signals: z.array(signal),
  consent: z.enum(['allow', 'deny', 'unmarked']),
  quality: z.number().exactOptional(),
  surface: z.enum(['staging', 'debug']).exactOptional(),
  finishReason: z.enum(FINISH_REASONS).exactOptional(),
  imagesLeftOut: z.int().min(1).exactOptional(),
  cached: z.literal(true).exactOptional(),
  asksForJson: z.literal(true).exactOptional(),
  faults: z.array(z.enum(ANSWER_FAULTS)).min(1).exactOptional(),
  redactions: z.record(z.string(), natural),
  contentDigest: digest,
});

/** A record and the canonical JSON that it is written as. */
export interface EncodedRecord {
  readonly record: CanonicalRecord;
  readonly json: string;
}

/** As `toCanonicalRecord`, with the JSON that the record is written as. */
export function encodeRecord(raw: RawRecord, redactor: Redactor, key: string): EncodedRecord {
  const record = toCanonicalRecord(raw, redactor, key);
  return { record, json: canonicalJson(record) };
}

/**
 * A log line as it may be written down. Redaction comes first: every text, the tool calls' names, ids
 * and arguments, the tenant and the model pass through `redactor`. Of the user there is only
 * HMAC-SHA-256 over the canonical JSON of `[tenant, user]` with `key`, of the conversation the same over
 * `["conversation", tenant, conversation]`; an id or a tenant that holds personal data becomes such a
 * hash too, so that two of them stay two. An answer that was to be JSON is redacted as JSON, and stays it.
 * @throws InvariantError naming the field where the connector gave a record that is none.
 */
export function toCanonicalRecord(
  raw: RawRecord,
  redactor: Redactor,
  key: string,
): CanonicalRecord {
  const redactions: Record<string, number> = {};
  const conversation = redactor.conversation();
  const counted = ({ text, counts }: Redacted): string => {
    for (const type in counts) count(redactions, type, counts[type]);
    return text;
  };
  const redact = (text: string): string => counted(conversation.redact(text));
  const redactJson = (text: string): string => counted(redactJsonText(text, conversation));
  const redactAnswer = raw.jsonRequest === undefined ? redact : redactJson;
  const hashed = keyedDigest(key);
  const identifier = (name: string, value: string): string =>
    counted(redactor.redact(value)) === value ? value : hashed(name, value);

  const content = {
    messages: raw.messages.map((each) => redactMessage(each, redact, redactJson)),
    output: redactMessage(raw.output, redactAnswer, redactJson),
    signals: [...raw.signals].sort(byTime).map((each) => redactSignal(each, redactAnswer)),
    consent: raw.consent,
    ...(raw.quality !== undefined && { quality: raw.quality }),
  };
  const call = {
    time: raw.time,
    tenant: raw.tenant === null ? null : identifier('tenant', raw.tenant),
    userKeyHash: raw.userId === null ? null : userKeyHashOf(raw.tenant, raw.userId, key),
    conversationId:
      raw.conversationId === null ? null : hashed('conversation', raw.tenant, raw.conversationId),
    model: raw.model === null ? null : redact(raw.model),
  };
  const { messages, output } = content;
  const id =
    raw.externalId === null || raw.externalId === ''
      ? digestOf({ log: raw.log, ...call, messages, output })
      : identifier('id', raw.externalId);
  const contentDigest = digestOf(content);
  const { position } = raw;
  return asserted({
    ...{ v: 1, id, position, ...call, ...content },
    ...circumstances(raw),
    ...{ redactions, contentDigest },
  });
}

/** What a record has of its user: HMAC-SHA-256 over the canonical JSON of `[tenant, user]`. */
export function userKeyHashOf(tenant: string | null, user: string, key: string): string {
  return keyedDigest(key)(tenant, user);
}

/** An id or a tenant as records have it: a keyed hash where it holds personal data. */
export function identifierOf(
  name: 'id' | 'tenant',
  value: string,
  redactor: Redactor,
  key: string,
): string {
  return redactor.redact(value).text === value ? value : keyedDigest(key)(name, value);
}

/** What is told of a call beside its content; no part of its digest. */
function circumstances(
  raw: RawRecord,
): Pick<
  CanonicalRecord,
  'surface' | 'finishReason' | 'imagesLeftOut' | 'cached' | 'asksForJson' | 'faults'
> {
  const { surface, finishReason, imagesLeftOut = 0, cached, jsonRequest } = raw;
  const faults = answerFaults(raw);
  return {
    ...(surface !== undefined && { surface }),
    ...(finishReason !== undefined && { finishReason }),
    ...(imagesLeftOut > 0 && { imagesLeftOut }),
    ...(cached === true && { cached }),
    ...(jsonRequest !== undefined && { asksForJson: true }),
    ...(faults.length > 0 && { faults }),
  };
}

function redactMessage(
  original: Message,
  redact: (text: string) => string,
  redactJson: (text: string) => string,
): Message {
  const { role, content, toolCalls, toolCallId } = original;
  return {
    role,
    content: redact(content),
    ...(toolCalls !== undefined && {
      toolCalls: toolCalls.map((call) => ({
        id: redact(call.id),
        name: redact(call.name),
        arguments: redactJson(call.arguments),
      })),
    }),
    ...(toolCallId !== undefined && { toolCallId: redact(toolCallId) }),
  };
}

function redactSignal(original: Signal, redact: (text: string) => string): Signal {
  const { name, correction } = original;
  return {
    ...original,
    name: redact(name),
    correction: correction === null ? null : redact(correction),
  };
}

/** Sources may list the same signals in another order, and placeholders are numbered in this one. */
function byTime(a: Signal, b: Signal): number {
  const [left, right] = [canonicalJson([a.at, a]), canonicalJson([b.at, b])];
  return left < right ? -1 : left > right ? 1 : 0;
}

let last: { readonly key: string; readonly digest: KeyedDigest } | null = null;

/** A run has one key. */
function keyedDigest(key: string): KeyedDigest {
  if (last?.key !== key) last = { key, digest: createKeyedDigest(key) };
  return last.digest;
}

function asserted(record: CanonicalRecord): CanonicalRecord {
  const checked = canonicalRecordSchema.safeParse(record);
  if (checked.success) return record;
  const { uri, line } = record.position;
  const paths = [...new Set(checked.error.issues.map((issue) => issue.path.join('.')))];
  throw new InvariantError(`the record of ${uri} line ${line} is malformed at ${paths.join(', ')}`);
}
