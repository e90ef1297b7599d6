import type { ListedObject } from '../domain/manifest.js';
import type { Signal, SourcePosition } from '../domain/record.js';
import type { ConnectorOptions, LogLine } from './connector.js';
import type { LogFields } from './log-fields.js';
import { readLogRows } from './log-rows.js';
import { type AttributeNames, contentOf, hasContent, isCall } from './otel-call.js';
import { ATTRIBUTES, EVALUATION, EVALUATION_EVENT } from './otel-names.js';
import { type OtlpEvent, type OtlpItem, otlpItems } from './otlp.js';
import { understoodOr } from './row-connector.js';
import { type ScoreRules, verdictOfScore } from './verdicts.js';

/** How a source's files are read. */
export interface Reading {
  readonly options: ConnectorOptions;
  readonly names: AttributeNames;
  readonly rules: ScoreRules;
  readonly production: readonly string[] | null;
  readonly messages: LogFields;
}

/** What is gathered from all objects before any call is made of them. */
export interface Gathered {
  /** Evaluations by the call that they name. */
  readonly evaluations: Map<string, Signal[]>;
  /** Spans that are calls without content, whose messages are log records. */
  readonly spans: Map<string, OtlpItem>;
}

/** A row of a file, and the spans and log records in it. */
export interface Request {
  /** What the row is where it holds no items. */
  readonly line: LogLine | null;
  readonly position: SourcePosition;
  readonly items: readonly (() => OtlpItem)[];
}

/** All rows of some objects. */
export async function* requests(
  objects: readonly ListedObject[],
  { options }: Reading,
): AsyncGenerator<Request, void, undefined> {
  for (const object of objects) {
    for await (const row of readLogRows(options.bytes, object, options)) {
      const { position } = row;
      if (row.kind === 'quarantined') {
        yield { line: row, position, items: [] };
        continue;
      }
      const found = understoodOr(position, () => otlpItems(row.value));
      const items = found.kind === 'quarantined' ? [] : found.value;
      const passed: LogLine = { kind: 'passed', position, reason: 'no-model-call' };
      const line = found.kind === 'quarantined' ? found : items.length === 0 ? passed : null;
      yield { line, position, items };
    }
  }
}

/** Reads all objects for what calls need of one another. */
export async function gather(
  objects: readonly ListedObject[],
  reading: Reading,
): Promise<Gathered> {
  const gathered: Gathered = { evaluations: new Map(), spans: new Map() };
  for await (const { position, items } of requests(objects, reading)) {
    for (const readItem of items) {
      const found = understoodOr(position, () => readItem());
      if (found.kind === 'quarantined') continue;
      const item = found.value;
      if (item.name === EVALUATION_EVENT && item.time !== null) {
        const signal = signalOf(item, item.time, reading);
        for (const key of keysOf(item)) {
          const signals = gathered.evaluations.get(key) ?? [];
          gathered.evaluations.set(key, [...signals, signal]);
        }
      } else if (item.kind === 'span' && isCall(item, reading.names)) {
        if (!hasContent(contentOf(item, reading.names))) {
          gathered.spans.set(idOf(item), { ...item, events: [] });
        }
      }
    }
  }
  return gathered;
}

/** The id of a call: its trace and its span. */
export function idOf({ traceId, spanId }: OtlpItem): string {
  return `${traceId}/${spanId}`;
}

/** What an evaluation may name its call by, and a call be named by. */
export function keysOf(item: OtlpItem): readonly string[] {
  const responses = ATTRIBUTES.responseId.map((name) => item.attributes[name]);
  const byResponse = responses.flatMap((id) => (typeof id === 'string' ? [`response ${id}`] : []));
  return item.spanId === '' ? byResponse : [idOf(item), ...byResponse];
}

/** An evaluation as a signal: a judge's, unless the mapping says that people give it. */
export function signalOf({ attributes }: OtlpEvent, at: string, { rules }: Reading): Signal {
  const name = attributes[EVALUATION.name];
  const label = verdictOfScore(attributes[EVALUATION.label], rules);
  const known = typeof name === 'string' && name !== '' ? name : 'evaluation';
  return {
    name: known,
    kind: rules.humanNames.includes(known) ? 'human' : 'judge',
    surface: 'production',
    verdict: label === 'none' ? verdictOfScore(attributes[EVALUATION.value], rules) : label,
    correction: null,
    at,
  };
}
