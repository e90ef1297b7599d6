import type { SourcePosition } from '../domain/record.js';
import type { QuarantinedLine, RawRecord } from './connector.js';
import { valueAt } from './field-path.js';
import type { LogField, LogFields } from './log-fields.js';
import { readExchange } from './log-messages.js';
import { readSignals } from './log-signals.js';
import { readLogTime } from './log-time.js';

/** Reads one line of a log: a record, or its position with a reason code. Nothing of its text is told. */
export function readLogLine(
  bytes: Uint8Array | null,
  position: SourcePosition,
  fields: LogFields,
): RawRecord | QuarantinedLine {
  const quarantined = (reason: string): QuarantinedLine => ({
    kind: 'quarantined',
    position,
    reason,
  });
  if (bytes === null) return quarantined('line-too-long');
  const parsed = parse(bytes);
  if (parsed.reason !== null) return quarantined(parsed.reason);
  const find = (field: LogField): unknown => firstAt(parsed.value, fields, field);
  const given = find('time');
  if (given === undefined) return quarantined('missing-time');
  const time = readLogTime(given);
  if (time === null) return quarantined('invalid-time');
  const exchange = readExchange(find('messages'), find('output'), fields);
  if (exchange.kind === 'unreadable') return quarantined(exchange.reason);
  const signals = readSignals(find('feedback'), find('score'), time, fields);
  if (signals === null) return quarantined('invalid-feedback');
  return {
    kind: 'record',
    position,
    externalId: readText(find('id')),
    time,
    tenant: readText(find('tenant')),
    userId: readText(find('user')),
    conversationId: readText(find('conversation')),
    model: readText(find('model')),
    messages: exchange.messages,
    output: exchange.output,
    signals,
    consent: readConsent(find('consent')),
  };
}

function parse(
  bytes: Uint8Array,
): { readonly value: object; readonly reason: null } | { readonly reason: string } {
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return { reason: 'invalid-utf8' };
  }
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return { reason: 'invalid-json' };
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    return { reason: 'not-an-object' };
  }
  return { value, reason: null };
}

function firstAt(value: object, fields: LogFields, field: LogField): unknown {
  for (const path of fields.paths[field]) {
    const found = valueAt(value, path);
    if (found !== undefined && found !== null) return found;
  }
  return undefined;
}

/** Ids may be numbers; an empty text is none. */
function readText(value: unknown): string | null {
  if (typeof value === 'number') return String(value);
  return typeof value === 'string' && value !== '' ? value : null;
}

function readConsent(value: unknown): RawRecord['consent'] {
  if (value === true || value === 'allow') return 'allow';
  if (value === false || value === 'deny') return 'deny';
  return 'unmarked';
}
