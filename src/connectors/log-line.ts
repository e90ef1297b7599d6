import { createHash } from 'node:crypto';
import { canonicalJson } from '../domain/json.js';
import { logName } from '../domain/log-order.js';
import type { SourcePosition } from '../domain/record.js';
import { readFinishReason, readSurface } from './circumstances.js';
import type { LogLine, RawRecord } from './connector.js';
import { valueAt } from './field-path.js';
import type { LogField, LogFields } from './log-fields.js';
import { readJsonRequest, readOfferedTools } from './log-request.js';
import { readExchange, readTurns, type Exchange } from './log-messages.js';
import { parseLogLine } from './log-rows.js';
import { understoodOr } from './row-connector.js';
import { readSignals } from './log-signals.js';
import { readLogTime } from './log-time.js';
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

/** What a row that is one call means by a mapping. @throws UnreadableLine where it can't be understood. */
export function readLogRow(line: object, position: SourcePosition, fields: LogFields): LogLine {
  const passed = passedOver(line, position, fields);
  if (passed !== null) return passed;
  const time = readTime(firstAt(line, fields, 'time'));
  return recordOf(line, position, fields, { ...readExchange(line, fields), time, isLast: true });
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
  const passed = passedOver(line, position, fields);
  if (passed !== null) return passed;
  const time = readTime(firstAt(line, fields, 'time'));
  const turns = readTurns(line, fields);
  const whole = createHash('sha256').update(canonicalJson(line)).digest('hex');
  return turns.map((turn, index) => {
    const isLast = index === turns.length - 1;
    const record = recordOf(line, { ...position, item: index + 1 }, fields, {
      ...turn,
      time,
      isLast,
    });
    const { externalId, conversationId } = record;
    return {
      ...record,
      externalId: externalId === null ? null : `${externalId}/${index + 1}`,
      conversationId: conversationId ?? externalId ?? whole,
    };
  });
}

/** The line of a row that is no call that was answered. */
function passedOver(line: object, position: SourcePosition, fields: LogFields): LogLine | null {
  const isFailed = FAILED.includes(firstAt(line, fields, 'status'));
  return isFailed ? { kind: 'passed', position, reason: 'failed-call' } : null;
}

/** An exchange of a row: when, and whether what is said of the row is said of it. */
interface Turn extends Exchange {
  readonly time: string;
  readonly isLast: boolean;
}

function recordOf(
  line: object,
  position: SourcePosition,
  fields: LogFields,
  { messages, output, score, imagesLeftOut, time, isLast }: Turn,
): RawRecord {
  const find = (field: LogField): unknown => firstAt(line, fields, field);
  const surface = readSurface(find('surface'), fields.productionEnvironments);
  const judgements = isLast
    ? { feedback: find('feedback'), score: find('score'), messageScore: score }
    : { feedback: undefined, score: undefined, messageScore: score };
  return {
    kind: 'record',
    position,
    log: logName(position.uri),
    externalId: identity(find('id'), 'invalid-id'),
    time,
    tenant: identity(find('tenant'), 'invalid-tenant'),
    userId: identity(find('user'), 'invalid-user'),
    conversationId: identity(find('conversation'), 'invalid-conversation'),
    model: identity(find('model'), 'invalid-model'),
    messages,
    output,
    signals: readSignals(judgements, { time, surface: surface.surface ?? 'production' }, fields),
    consent: readConsent(find('consent')),
    ...readQuality(find('quality')),
    ...surface,
    ...readFinishReason(find('finishReason')),
    ...(CACHED.includes(find('cached')) && { cached: true }),
    ...readJsonRequest(find('responseFormat')),
    ...readOfferedTools(find('tools')),
    ...(imagesLeftOut > 0 && { imagesLeftOut }),
  };
}

/** What a log calls a call that failed, and one that was answered from a cache. */
const FAILED: readonly unknown[] = ['failure', 'failed', 'error'];
const CACHED: readonly unknown[] = [true, 'true', 'True'];

/** What stands at the first of a field's paths at which there is anything; `null` is nothing. */
function firstAt(line: object, fields: LogFields, field: LogField): unknown {
  for (const path of fields.paths[field]) {
    const found = valueAt(line, path);
    if (found !== undefined && found !== null) return found;
  }
  return undefined;
}

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

function readQuality(value: unknown): Pick<RawRecord, 'quality'> {
  if (value === undefined) return {};
  if (typeof value === 'number' && Number.isFinite(value)) return { quality: value };
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
