import { logName } from '../domain/log-order.js';
import type { SourcePosition } from '../domain/record.js';
import type { QuarantinedLine, RawRecord } from './connector.js';
import { valueAt } from './field-path.js';
import type { LogField, LogFields } from './log-fields.js';
import { readExchange } from './log-messages.js';
import { readSignals } from './log-signals.js';
import { readLogTime } from './log-time.js';
import { UnreadableLine, type LineReason } from './unreadable-line.js';

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** Reads one line of a log: a record, or its position with a reason code. Nothing of its text is told. */
export function readLogLine(
  bytes: Uint8Array | null,
  position: SourcePosition,
  fields: LogFields,
): RawRecord | QuarantinedLine {
  try {
    return recordOf(parse(bytes), fields, position);
  } catch (error) {
    if (!(error instanceof UnreadableLine)) throw error;
    return { kind: 'quarantined', position, reason: error.reason };
  }
}

function parse(bytes: Uint8Array | null): object {
  if (bytes === null) throw new UnreadableLine('line-too-long');
  let text: string;
  try {
    text = utf8.decode(bytes);
  } catch {
    throw new UnreadableLine('invalid-utf8');
  }
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new UnreadableLine('invalid-json');
  }
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value;
  throw new UnreadableLine('not-an-object');
}

function recordOf(line: object, fields: LogFields, position: SourcePosition): RawRecord {
  const find = (field: LogField): unknown => firstAt(line, fields, field);
  const time = readTime(find('time'));
  const { messages, output } = readExchange(line, fields);
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
    signals: readSignals(find('feedback'), find('score'), time, fields),
    consent: readConsent(find('consent')),
    ...readQuality(find('quality')),
  };
}

/** What stands at the first of a field's paths at which there is anything; `null` is nothing. */
function firstAt(line: object, fields: LogFields, field: LogField): unknown {
  for (const path of fields.paths[field]) {
    const found = valueAt(line, path);
    if (found !== undefined && found !== null) return found;
  }
  return undefined;
}

function readTime(value: unknown): string {
  if (value === undefined) throw new UnreadableLine('missing-time');
  const time = readLogTime(value);
  if (time === null) throw new UnreadableLine('invalid-time');
  return time;
}

/** A text or a number. Anything else would lose who or what it was, and is refused. */
function identity(value: unknown, problem: LineReason): string | null {
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
function readConsent(value: unknown): RawRecord['consent'] {
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
