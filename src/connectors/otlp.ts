import { instantOf } from './log-time.js';
import { UnreadableLine } from './unreadable-line.js';

/** Attributes by name, or the members of a body. */
export type Attributes = Readonly<Record<string, unknown>>;

/** An event of a span, or a log record. */
export interface OtlpEvent {
  readonly name: string;
  /** ISO 8601, or `null` where it is none. */
  readonly time: string | null;
  /** Its attributes, and the members of its body. */
  readonly attributes: Attributes;
}

/** A span or a log record of an OTLP request, with what is common to it and its neighbours. */
export interface OtlpItem extends OtlpEvent {
  readonly kind: 'span' | 'log';
  /** Hexadecimal, `''` where there is none. */
  readonly traceId: string;
  readonly spanId: string;
  readonly events: readonly OtlpEvent[];
  readonly isFailed: boolean;
  /** Whether it says a time, be it one or not. */
  readonly hasTime: boolean;
  readonly resource: Attributes;
}

/** Bodies nested deeper than this are nobody's. */
const MAXIMUM_DEPTH = 200;

type Json = Readonly<Record<string, unknown>>;

/** Whether a row is a request of OTLP in JSON: spans, log records or metrics. */
export function isOtlp(row: object): boolean {
  return ['resourceSpans', 'resourceLogs', 'resourceMetrics'].some((name) => name in row);
}

/**
 * The spans and log records of an `ExportTraceServiceRequest` or `ExportLogsServiceRequest`, in their order;
 * each is read when it is asked for, so that one that is malformed stops no other.
 * @throws UnreadableLine `not-otlp` for what is no such request
 */
export function otlpItems(row: object): readonly (() => OtlpItem)[] {
  if (!isOtlp(row)) throw new UnreadableLine('not-otlp');
  const request = row as Json;
  const spans = itemsOf(
    request['resourceSpans'],
    ['scopeSpans', 'instrumentationLibrarySpans'],
    'spans',
  );
  const logs = itemsOf(
    request['resourceLogs'],
    ['scopeLogs', 'instrumentationLibraryLogs'],
    'logRecords',
  );
  return [
    ...spans.map(
      ({ item, resource }) =>
        () =>
          readSpan(item, resource),
    ),
    ...logs.map(
      ({ item, resource }) =>
        () =>
          readLog(item, resource),
    ),
  ];
}

interface Placed {
  readonly item: unknown;
  readonly resource: unknown;
}

function itemsOf(resources: unknown, scopes: readonly string[], items: string): readonly Placed[] {
  return list(resources).flatMap((each) => {
    const group = members(each);
    const resource = group['resource'];
    return scopes
      .flatMap((name) => list(group[name]))
      .flatMap((scope) => list(members(scope)[items]))
      .map((item) => ({ item, resource }));
  });
}

function readSpan(item: unknown, resource: unknown): OtlpItem {
  const span = members(item);
  const status = members(span['status'] ?? {})['code'];
  return {
    kind: 'span',
    name: text(span['name']),
    traceId: text(span['traceId']),
    spanId: text(span['spanId']),
    time: timeOf(span['startTimeUnixNano']),
    attributes: attributesOf(span['attributes']),
    events: list(span['events']).map(readEvent),
    hasTime: hasTime(span['startTimeUnixNano']),
    isFailed: status === 2 || status === 'STATUS_CODE_ERROR',
    resource: attributesOf(members(resource ?? {})['attributes']),
  };
}

function readEvent(item: unknown): OtlpEvent {
  const event = members(item);
  const attributes = attributesOf(event['attributes']);
  return { name: text(event['name']), time: timeOf(event['timeUnixNano']), attributes };
}

function readLog(item: unknown, resource: unknown): OtlpItem {
  const log = members(item);
  const attributes = attributesOf(log['attributes']);
  const body = anyValue(log['body'], 0);
  const name = text(log['eventName'] ?? attributes['event.name']);
  return {
    kind: 'log',
    name,
    traceId: text(log['traceId']),
    spanId: text(log['spanId']),
    time: timeOf(log['timeUnixNano'], log['observedTimeUnixNano']),
    attributes: { ...(isMembers(body) ? body : {}), ...attributes },
    events: [],
    hasTime: hasTime(log['timeUnixNano'], log['observedTimeUnixNano']),
    isFailed: false,
    resource: attributesOf(members(resource ?? {})['attributes']),
  };
}

function attributesOf(value: unknown): Attributes {
  return Object.fromEntries(
    list(value).map((each) => {
      const { key, value: held } = members(each) as {
        readonly key?: unknown;
        readonly value?: unknown;
      };
      if (typeof key !== 'string') throw new UnreadableLine('invalid-span');
      return [key, anyValue(held, 0)];
    }),
  );
}

/** A value of OTLP: `{stringValue: "a"}` is `a`, `{intValue: "7"}` is 7. */
function anyValue(value: unknown, depth: number): unknown {
  if (value === undefined || value === null) return null;
  if (depth > MAXIMUM_DEPTH) throw new UnreadableLine('invalid-span');
  const held = members(value);
  if ('stringValue' in held) return held['stringValue'];
  if ('boolValue' in held) return held['boolValue'];
  if ('intValue' in held) return Number(held['intValue']);
  if ('doubleValue' in held) return Number(held['doubleValue']);
  if ('arrayValue' in held) {
    const { values } = members(held['arrayValue'] ?? {});
    return list(values).map((each) => anyValue(each, depth + 1));
  }
  if ('kvlistValue' in held) {
    const { values } = members(held['kvlistValue'] ?? {});
    return Object.fromEntries(
      list(values).map((each) => {
        const pair = members(each);
        return [text(pair['key']), anyValue(pair['value'], depth + 1)];
      }),
    );
  }
  return null;
}

function hasTime(...candidates: readonly unknown[]): boolean {
  return candidates.some((value) => value !== undefined && value !== null && Number(value) !== 0);
}

/** The first of some nanoseconds since 1970 that are any; zero is none. */
function timeOf(...candidates: readonly unknown[]): string | null {
  for (const value of candidates) {
    if (typeof value !== 'string' && typeof value !== 'number') continue;
    if (!/^\d{1,20}$/.test(String(value)) || Number(value) === 0) continue;
    return instantOf(Number(BigInt(String(value)) / 1_000_000n));
  }
  return null;
}

function list(value: unknown): readonly unknown[] {
  if (value === undefined || value === null) return [];
  if (!Array.isArray(value)) throw new UnreadableLine('invalid-span');
  return value;
}

function members(value: unknown): Json {
  if (!isMembers(value)) throw new UnreadableLine('invalid-span');
  return value;
}

function isMembers(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function text(value: unknown): string {
  if (value === undefined || value === null) return '';
  if (typeof value !== 'string') throw new UnreadableLine('invalid-span');
  return value;
}
