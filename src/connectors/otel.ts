import { logName } from '../domain/log-order.js';
import type { SourcePosition } from '../domain/record.js';
import type { ListedObject } from '../domain/manifest.js';
import { readFinishReason, readSurface } from './circumstances.js';
import type { Connector, ConnectorOptions, LogLine, RawRecord } from './connector.js';
import { listed, readLogFields } from './log-fields.js';
import { identity, readConsent } from './log-line.js';
import { readExchange } from './log-messages.js';
import { inBatches } from './line-batches.js';
import { JSON_LOGS } from './log-names.js';
import { withinLookback } from './lookback.js';
import {
  answerOf,
  attribute,
  attributeNames,
  contentOf,
  hasContent,
  isCall,
  messageOf,
  type CallContent,
} from './otel-call.js';
import { CHOICE_EVENT, EVALUATION_EVENT, WHOLE_CALL_EVENTS, type OtelField } from './otel-names.js';
import type { OtlpEvent, OtlpItem } from './otlp.js';
import { requestOf } from './otel-request.js';
import {
  gather,
  type Gathered,
  idOf,
  keysOf,
  type Reading,
  requests,
  signalOf,
} from './otel-gather.js';
import { understoodOr } from './row-connector.js';
import { UnreadableLine } from './unreadable-line.js';
import { assertKnownFields, readScoreRules, SCORE_SETTINGS } from './verdicts.js';

/** Fields of a mapping that name attributes of their users' own. */
const MAPPED: readonly OtelField[] = [
  'user',
  'tenant',
  'conversation',
  'model',
  'environment',
  'consent',
  'cached',
];

/**
 * Calls of models as OpenTelemetry's GenAI conventions describe them, in files of OTLP-JSON: one
 * `ExportTraceServiceRequest` or `ExportLogsServiceRequest` on a line, or in a file. Names of all versions are
 * in `otel-names.ts`. `fields` says which attribute holds `user`, `tenant`, `conversation`, `model`,
 * `environment`, `consent` or `cached`, and how evaluations are understood (`score.approved`, `feedback.human`).
 *
 * Every span and log record comes out, `item` being its number on the line. Evaluations are given to their
 * call by its span or response id, also from later files.
 * @throws ConfigError for fields that are not known
 */
export function createOtelConnector(options: ConnectorOptions): Connector {
  const { bytes, fields, lookbackDays } = options;
  const known = [...MAPPED, ...SCORE_SETTINGS, 'environment.production'];
  assertKnownFields(fields, known);
  const reading: Reading = {
    options,
    names: attributeNames(fields),
    rules: readScoreRules(fields),
    production: listed(fields['environment.production'] ?? ''),
    messages: readLogFields({}),
  };
  return {
    names: JSON_LOGS,
    look: () => bytes.look(JSON_LOGS),
    name: (listed, known) => bytes.name(listed, known),
    toRead: (all, fresh) => withinLookback(all, fresh, lookbackDays),
    read: (objects) => read(objects, reading),
    readBatches: (objects) => inBatches(read(objects, reading)),
  };
}

/** Messages of a call whose answer has not come yet. */
interface OpenCall {
  readonly events: OtlpEvent[];
  last: SourcePosition;
}

/** While calls are made: what is still open, and what was given away. */
interface Making extends Reading, Gathered {
  readonly open: Map<string, OpenCall>;
  /** Evaluations, told at the end whether there was a call for them. */
  readonly feedback: { readonly position: SourcePosition; readonly keys: readonly string[] }[];
  readonly used: Set<string>;
}

async function* read(
  objects: readonly ListedObject[],
  reading: Reading,
): AsyncGenerator<LogLine, void, undefined> {
  const making: Making = {
    ...reading,
    ...(await gather(objects, reading)),
    open: new Map(),
    feedback: [],
    used: new Set(),
  };
  for await (const { line, position, items } of requests(objects, reading)) {
    if (line !== null) {
      yield line;
      continue;
    }
    for (const [index, readItem] of items.entries()) {
      const at = { ...position, item: index + 1 };
      const found = understoodOr(at, () => readItem());
      if (found.kind === 'quarantined') yield found;
      else yield* linesOf(found.value, at, making);
    }
  }
  for (const { last } of making.open.values()) {
    yield { kind: 'quarantined', position: last, reason: 'missing-output' };
  }
  for (const { position, keys } of making.feedback) {
    const isMatched = keys.some((key) => making.used.has(key));
    yield { kind: 'passed', position, reason: isMatched ? 'feedback' : 'feedback-without-call' };
  }
}

function* linesOf(
  item: OtlpItem,
  position: SourcePosition,
  making: Making,
): Generator<LogLine, void, undefined> {
  const { names, open } = making;
  if (item.name === EVALUATION_EVENT && item.time === null) {
    yield { kind: 'quarantined', position, reason: item.hasTime ? 'invalid-time' : 'missing-time' };
  } else if (item.name === EVALUATION_EVENT) {
    making.feedback.push({ position, keys: keysOf(item) });
  } else if (item.kind === 'log' && messageOf(item) !== null) {
    const call = open.get(idOf(item));
    if (call !== undefined) yield { kind: 'passed', position: call.last, reason: 'part-of-call' };
    open.set(idOf(item), { events: [...(call?.events ?? []), item], last: position });
  } else if (item.kind === 'log' && item.name === CHOICE_EVENT) {
    const call = open.get(idOf(item));
    open.delete(idOf(item));
    if (call !== undefined) yield { kind: 'passed', position: call.last, reason: 'part-of-call' };
    yield fromMessages(item, call?.events ?? [], position, making);
  } else if (item.kind === 'log' && !WHOLE_CALL_EVENTS.includes(item.name)) {
    yield { kind: 'passed', position, reason: 'no-model-call' };
  } else if (!isCall(item, names)) {
    yield { kind: 'passed', position, reason: 'no-model-call' };
  } else if (item.isFailed || attribute(item, names, 'errorType') !== undefined) {
    yield { kind: 'passed', position, reason: 'failed-call' };
  } else {
    const content = contentOf(item, names);
    if (!hasContent(content)) yield { kind: 'passed', position, reason: 'no-content' };
    else yield recordOf(item, content, position, making);
  }
}

/** A call whose messages were log records; its span, where there is one, says the rest. */
function fromMessages(
  choice: OtlpItem,
  events: readonly OtlpEvent[],
  position: SourcePosition,
  making: Making,
): LogLine {
  const messages = events.flatMap((event) => messageOf(event) ?? []);
  const content = {
    system: undefined,
    messages: messages.length === 0 ? undefined : messages,
    output: answerOf(choice),
  };
  const span = making.spans.get(idOf(choice));
  const item = span ?? { ...choice, time: events[0]?.time ?? choice.time };
  return recordOf(item, content, position, making);
}

function recordOf(
  item: OtlpItem,
  content: CallContent,
  position: SourcePosition,
  making: Making,
): LogLine {
  const found = understoodOr(position, () => callOf(item, content, position, making));
  return found.kind === 'quarantined' ? found : found.value;
}

function callOf(
  item: OtlpItem,
  { system, messages, output }: CallContent,
  position: SourcePosition,
  making: Making,
): RawRecord {
  const find = (field: OtelField): unknown => attribute(item, making.names, field);
  const { time } = item;
  if (time === null) throw new UnreadableLine(item.hasTime ? 'invalid-time' : 'missing-time');
  const line = { request: { system, messages }, response: output };
  const exchange = readExchange(line, making.messages);
  const finish =
    find('finishReason') ?? (output as { finish_reason?: unknown } | null)?.finish_reason;
  const signals = item.events
    .filter(({ name }) => name === EVALUATION_EVENT)
    .map((event) => signalOf(event, event.time ?? time, making));
  const late = keysOf(item).flatMap((key) => {
    making.used.add(key);
    return making.evaluations.get(key) ?? [];
  });
  const surface = readSurface(find('environment'), making.production);
  return {
    kind: 'record',
    position,
    log: logName(position.uri),
    externalId: idOf(item) === '/' ? null : idOf(item),
    time,
    tenant: identity(find('tenant'), 'invalid-tenant'),
    userId: identity(find('user'), 'invalid-user'),
    conversationId: identity(find('conversation') ?? item.traceId, 'invalid-conversation'),
    model: identity(find('model'), 'invalid-model'),
    messages: exchange.messages,
    output: exchange.output,
    signals: [...signals, ...new Set(late)].map((signal) => ({
      ...signal,
      surface: surface.surface ?? signal.surface,
    })),
    consent: readConsent(find('consent')),
    ...surface,
    ...readFinishReason(Array.isArray(finish) ? finish[0] : finish),
    ...requestOf(item, making.names),
    ...(exchange.imagesLeftOut > 0 && { imagesLeftOut: exchange.imagesLeftOut }),
  };
}
