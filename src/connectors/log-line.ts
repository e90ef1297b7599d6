import { createHash } from 'node:crypto';
import { canonicalJson } from '../domain/json.js';
import type { SourcePosition } from '../domain/record.js';
import { readFinishReason, readSurface } from './circumstances.js';
import type { LogLine, RawRecord } from './connector.js';
import type { Found } from './field-finder.js';
import type { LogField, LogFields } from './log-fields.js';
import { readCached, readJsonRequest, readOfferedTools } from './log-request.js';
import { logOf } from './log-of.js';
import { readExchange, readTurns, type Exchange } from './log-messages.js';
import { parseLogLine } from './log-rows.js';
import { understoodOr } from './row-connector.js';
import { readSignals } from './log-signals.js';
import { readLogTime } from './log-time.js';
import type { TextMarks } from './row-shapes.js';
import { UnreadableLine, type LineReason } from './unreadable-line.js';

/** Reads one line of a log: a record, or its position with a reason code. Nothing of its text is told. */
export function readLogLine(
  bytes: Uint8Array | null,
  position: SourcePosition,
  fields: LogFields,
): LogLine {
  const found = understoodOr(position, () => readLogRow(parseLogLine(bytes), position, fields));
  return found.kind === 'quarantined' ? found : found.value;
}

/**
 * What a row that is one call means by a mapping; `texts` where marks stand for its texts.
 * @throws UnreadableLine where it can't be understood.
 */
export function readLogRow(
  line: object,
  position: SourcePosition,
  fields: LogFields,
  texts: TextMarks | null = null,
): LogLine {
  const found = fields.find(line);
  const passed = passedOver(found, position);
  if (passed !== null) return passed;
  const time = readTime(found.time);
  const exchange = readExchange(line, fields, texts);
  return recordOf(found, position, fields, exchange, { time, isLast: true });
}

/**
 * What a row means by a mapping that may say that each of its turns is a call: all of them, numbered, in one
 * conversation. What is said of the whole row is said of its last turn.
 * @throws UnreadableLine where it can't be understood.
 */
export function readLogTurns(
  line: object,
  position: SourcePosition,
  fields: LogFields,
): LogLine | readonly LogLine[] {
  if (!fields.isEachTurn) return readLogRow(line, position, fields);
  const found = fields.find(line);
  const passed = passedOver(found, position);
  if (passed !== null) return passed;
  const time = readTime(found.time);
  const turns = readTurns(line, fields);
  const whole = createHash('sha256').update(canonicalJson(line)).digest('hex');
  return turns.map((turn, index) => {
    const isLast = index === turns.length - 1;
    const at = { ...position, item: index + 1 };
    const record = recordOf(found, at, fields, turn, { time, isLast });
    const { externalId, conversationId } = record;
    return {
      ...record,
      externalId: externalId === null ? null : `${externalId}/${index + 1}`,
      conversationId: conversationId ?? externalId ?? whole,
    };
  });
}

/** The line of a row that is no call that was answered. */
function passedOver({ status }: FoundFields, position: SourcePosition): LogLine | null {
  const isFailed = FAILED.includes(status);
  return isFailed ? { kind: 'passed', position, reason: 'failed-call' } : null;
}

type FoundFields = Found<LogField>;

/** Of an exchange of a row: when, and whether what is said of the row is said of it. */
interface Turn {
  readonly time: string;
  readonly isLast: boolean;
}

function recordOf(
  found: FoundFields,
  position: SourcePosition,
  fields: LogFields,
  { messages, output, score, imagesLeftOut }: Exchange,
  { time, isLast }: Turn,
): RawRecord {
  const { surface } = readSurface(found.surface, fields.productionEnvironments);
  const judgements = isLast
    ? { feedback: found.feedback, score: found.score, messageScore: score }
    : { feedback: undefined, score: undefined, messageScore: score };
  const { finishReason } = readFinishReason(found.finishReason);
  const record: Mutable<RawRecord> = {
    kind: 'record',
    position,
    log: logOf(position.uri),
    externalId: identity(found.id, 'invalid-id'),
    time,
    tenant: identity(found.tenant, 'invalid-tenant'),
    userId: identity(found.user, 'invalid-user'),
    conversationId: identity(found.conversation, 'invalid-conversation'),
    model: identity(found.model, 'invalid-model'),
    messages,
    output,
    signals: readSignals(judgements, { time, surface: surface ?? 'production' }, fields),
    consent: readConsent(found.consent),
  };
  const quality = readQuality(found.quality);
  const { jsonRequest } = readJsonRequest(found.responseFormat);
  const { tools } = readOfferedTools(found.tools);
  if (quality !== undefined) record.quality = quality;
  if (surface !== undefined) record.surface = surface;
  if (finishReason !== undefined) record.finishReason = finishReason;
  const { cached } = readCached(found.cached);
  if (cached === true) record.cached = true;
  if (jsonRequest !== undefined) record.jsonRequest = jsonRequest;
  if (tools !== undefined) record.tools = tools;
  if (imagesLeftOut > 0) record.imagesLeftOut = imagesLeftOut;
  return record;
}

/** While it is being built: most records have none of what they may lack, and an object that is spread is dear. */
type Mutable<T> = { -readonly [Name in keyof T]: T[Name] };

/** What a log calls a call that failed. */
const FAILED: readonly unknown[] = ['failure', 'failed', 'error'];

/** @throws UnreadableLine `missing-time` or `invalid-time` */
export function readTime(value: unknown): string {
  if (value === undefined || value === null) throw new UnreadableLine('missing-time');
  const time = readLogTime(value);
  if (time === null) throw new UnreadableLine('invalid-time');
  return time;
}

/** A text or a number, as text. Anything else would lose who or what it was, and is refused. */
export function identity(value: unknown, problem: LineReason): string | null {
  if (value === undefined || value === '') return null;
  if (typeof value === 'string') return value;
  if (typeof value === 'number') return String(value);
  throw new UnreadableLine(problem);
}

function readQuality(value: unknown): number | undefined {
  if (value === undefined) return undefined;
  if (typeof value === 'number' && Number.isFinite(value)) return value;
  throw new UnreadableLine('invalid-quality');
}

/** A mark that is not understood is no consent, and no lack of a mark either. */
export function readConsent(value: unknown): RawRecord['consent'] {
  switch (value) {
    case undefined:
      return 'unmarked';
    case true:
    case 'allow':
      return 'allow';
    case false:
    case 'deny':
      return 'deny';
    default:
      throw new UnreadableLine('invalid-consent');
  }
}
