import { z } from 'zod';
import { InvariantError } from '../domain/errors.js';
import { instantMs } from '../domain/instant.js';
import {
  ANSWER_FAULTS,
  FINISH_REASONS,
  type CanonicalRecord,
  type Message,
  type Signal,
  type ToolDefinition,
} from '../domain/record.js';
import { UnreadMessage } from '../formats/unread-text.js';
import { areHexDigits } from './hex-digits.js';

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

/** What a call says of its answer, whether it stands for itself or was folded into a later one. */
const ofAnswer = {
  time: instant,
  model: z.string().nullable(),
  signals: z.array(signal),
  consent: z.enum(['allow', 'deny', 'unmarked']),
  quality: z.number().exactOptional(),
  surface: z.enum(['staging', 'debug']).exactOptional(),
  finishReason: z.enum(FINISH_REASONS).exactOptional(),
  cached: z.literal(true).exactOptional(),
  faults: z.array(z.enum(ANSWER_FAULTS)).min(1).exactOptional(),
};

const tool = z.strictObject({
  name: z.string(),
  description: z.string().exactOptional(),
  parameters: z.string().exactOptional(),
});

const earlierTurn = z.strictObject({ message: natural, callId: z.string().min(1), ...ofAnswer });

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
  ...ofAnswer,
  tenant: z.string().nullable(),
  userKeyHash: digest.nullable(),
  conversationId: digest.nullable(),
  messages: z.array(message).min(1),
  output: message.extend({ role: z.literal('assistant') }),
  imagesLeftOut: z.int().min(1).exactOptional(),
  asksForJson: z.literal(true).exactOptional(),
  turns: z.array(earlierTurn).min(1).exactOptional(),
  tools: z.array(tool).min(1).exactOptional(),
  calls: z.array(z.string().min(1)).min(1).exactOptional(),
  redactions: z.record(z.string(), natural),
  contentDigest: digest,
});

/** @throws InvariantError naming the fields in which it has not the form of one; it quotes nothing of them. */
export function assertCanonical(record: CanonicalRecord): void {
  if (isCanonical(record)) return;
  const { error } = canonicalRecordSchema.safeParse(record);
  if (error === undefined) return;
  const { uri, line } = record.position;
  const paths = [...new Set(error.issues.map((issue) => issue.path.join('.')))];
  throw new InvariantError(`the record of ${uri} line ${line} is malformed at ${paths.join(', ')}`);
}

/**
 * Whether a record has the form of `canonicalRecordSchema`, in a twentieth of the time. What it takes is what the
 * schema takes; what it does not, the schema has the last word on.
 */
export function isCanonical(record: CanonicalRecord): boolean {
  const { position, messages, output, signals, redactions } = record;
  return (
    (record.v as unknown) === 1 &&
    isText(record.id) &&
    record.id !== '' &&
    isPosition(position) &&
    isInstant(record.time) &&
    isTextOrNull(record.tenant) &&
    isDigestOrNull(record.userKeyHash) &&
    isDigestOrNull(record.conversationId) &&
    isTextOrNull(record.model) &&
    messages.length > 0 &&
    messages.every(isMessage) &&
    isMessage(output) &&
    output.role === 'assistant' &&
    signals.every(isSignal) &&
    CONSENTS.has(record.consent) &&
    isDigest(record.contentDigest) &&
    areCounts(redactions) &&
    membersOf(record) === REQUIRED_MEMBERS + circumstancesOf(record)
  );
}

const REQUIRED_MEMBERS = 14;
const CONSENTS: ReadonlySet<string> = new Set(['allow', 'deny', 'unmarked']);
const ROLES: ReadonlySet<string> = new Set(['system', 'user', 'assistant', 'tool']);
const KINDS: ReadonlySet<string> = new Set(['human', 'judge', 'implicit', 'edit']);
const SURFACES: ReadonlySet<string> = new Set(['production', 'staging', 'debug']);
const VERDICTS: ReadonlySet<string> = new Set(['approved', 'rejected', 'none']);
const REASONS: ReadonlySet<string> = new Set(FINISH_REASONS);
const FAULTS: ReadonlySet<string> = new Set(ANSWER_FAULTS);
const DIGEST_DIGITS = 64;

/** How many members there are that need not be; NaN where one of them is none. */
function circumstancesOf(record: CanonicalRecord): number {
  let count = 0;
  const { quality, surface, finishReason, imagesLeftOut, cached, asksForJson, faults, tools } =
    record;
  if (quality !== undefined) count += Number.isFinite(quality) ? 1 : NaN;
  if (surface !== undefined) count += surface === 'staging' || surface === 'debug' ? 1 : NaN;
  if (finishReason !== undefined) count += REASONS.has(finishReason) ? 1 : NaN;
  if (imagesLeftOut !== undefined) count += isWhole(imagesLeftOut, 1) ? 1 : NaN;
  if (cached !== undefined) count += (cached as unknown) === true ? 1 : NaN;
  if (asksForJson !== undefined) count += (asksForJson as unknown) === true ? 1 : NaN;
  if (tools !== undefined) count += tools.length > 0 && tools.every(isTool) ? 1 : NaN;
  if (faults !== undefined) {
    count += faults.length > 0 && faults.every((fault) => FAULTS.has(fault)) ? 1 : NaN;
  }
  return count;
}

function isPosition(position: CanonicalRecord['position']): boolean {
  const { uri, line, offset, length, item } = position;
  const isPlace = isText(uri) && uri !== '' && isWhole(line, 1);
  if (!isPlace || !isWhole(offset, 0) || !isWhole(length, 0)) return false;
  if (item === undefined) return membersOf(position) === 4;
  return isWhole(item, 1) && membersOf(position) === 5;
}

function isMessage(each: Message): boolean {
  const { role, toolCalls, toolCallId } = each;
  let members = 2;
  // A text that is unread is one.
  if (!ROLES.has(role) || !(each instanceof UnreadMessage || isText(each.content))) return false;
  if (toolCallId !== undefined) {
    if (!isText(toolCallId)) return false;
    members += 1;
  }
  if (toolCalls !== undefined) {
    if (!toolCalls.every(isToolCall)) return false;
    members += 1;
  }
  return membersOf(each) === members;
}

function isToolCall(call: NonNullable<Message['toolCalls']>[number]): boolean {
  const isCall = isText(call.id) && isText(call.name) && isText(call.arguments);
  return isCall && membersOf(call) === 3;
}

function isTool(each: ToolDefinition): boolean {
  const { name, description, parameters } = each;
  let members = 1;
  if (!isText(name)) return false;
  for (const text of [description, parameters]) {
    if (text === undefined) continue;
    if (!isText(text)) return false;
    members += 1;
  }
  return membersOf(each) === members;
}

function isSignal(each: Signal): boolean {
  return (
    isText(each.name) &&
    KINDS.has(each.kind) &&
    SURFACES.has(each.surface) &&
    VERDICTS.has(each.verdict) &&
    isTextOrNull(each.correction) &&
    isInstant(each.at) &&
    membersOf(each) === 6
  );
}

function areCounts(counts: Readonly<Record<string, number>>): boolean {
  for (const type in counts) if (!isWhole(counts[type], 0)) return false;
  return true;
}

function membersOf(value: object): number {
  return Object.keys(value).length;
}

function isWhole(value: unknown, least: number): boolean {
  return Number.isSafeInteger(value) && (value as number) >= least;
}

function isText(value: unknown): boolean {
  return typeof value === 'string';
}

function isInstant(value: unknown): boolean {
  return typeof value === 'string' && !Number.isNaN(instantMs(value));
}

function isTextOrNull(value: unknown): boolean {
  return value === null || typeof value === 'string';
}

function isDigest(value: unknown): boolean {
  return typeof value === 'string' && value.length === DIGEST_DIGITS && areHexDigits(value);
}

function isDigestOrNull(value: unknown): boolean {
  return value === null || isDigest(value);
}
