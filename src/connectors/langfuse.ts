import { logName } from '../domain/log-order.js';
import type { ListedObject } from '../domain/manifest.js';
import type { Signal, SourcePosition } from '../domain/record.js';
import { readFinishReason, readSurface } from './circumstances.js';
import type { Connector, ConnectorOptions, LogLine, RawRecord } from './connector.js';
import { requestIn } from './langfuse-request.js';
import {
  answeredIn,
  askedIn,
  column,
  finishIn,
  type LangfuseColumn,
  readScore,
  type Score,
  tableOf,
  textOf,
  valuesOf,
  wordOf,
} from './langfuse-rows.js';
import { listed, type LogFields, readLogFields } from './log-fields.js';
import { identity, readTime } from './log-line.js';
import { readExchange } from './log-messages.js';
import { inBatches } from './line-batches.js';
import { isCsvFile, LOGS_AND_CSV } from './log-names.js';
import { readLogRows } from './log-rows.js';
import { withinLookback } from './lookback.js';
import { understoodOr } from './row-connector.js';
import { assertKnownFields, readScoreRules, SCORE_SETTINGS, type ScoreRules } from './verdicts.js';

/**
 * Langfuse's exports to a bucket: `observations_v2/` (or `observations/` and `traces/`) and `scores/`, as JSON
 * JSONL or CSV, compressed or not, or Parquet. Generations are calls. A score is a signal of the observation it
 * names, else of the last generation of the trace it names, also from later files. `fields` says how scores
 * are understood (`score.approved`, `feedback.human`) and which environments are production
 * (`environment.production`).
 * @throws ConfigError for fields that are not known
 */
export function createLangfuseConnector(options: ConnectorOptions): Connector {
  const { bytes, fields, lookbackDays } = options;
  assertKnownFields(fields, [...SCORE_SETTINGS, 'environment.production']);
  const reading: Reading = {
    options,
    rules: readScoreRules(fields),
    production: listed(fields['environment.production'] ?? ''),
    messages: readLogFields({}),
  };
  return {
    names: LOGS_AND_CSV,
    look: () => bytes.look(LOGS_AND_CSV),
    name: (listed, known) => bytes.name(listed, known),
    toRead: (all, fresh) => withinLookback(all, fresh, lookbackDays),
    read: (objects) => read(objects, reading),
    readBatches: (objects) => inBatches(read(objects, reading)),
  };
}

interface Reading {
  readonly options: ConnectorOptions;
  readonly rules: ScoreRules;
  readonly production: readonly string[] | null;
  readonly messages: LogFields;
}

/** What other rows say of the calls. */
interface Beside {
  readonly byObservation: Map<string, Signal[]>;
  readonly byTrace: Map<string, Signal[]>;
  /** Rows of `traces`, without their texts. */
  readonly traces: Map<string, TraceContext>;
  /** Of traces that have scores, the last generation. */
  readonly lastOfTrace: Map<string, { readonly time: string; readonly id: string }>;
}

type TraceContext = Readonly<Partial<Record<'userId' | 'sessionId' | 'environment', unknown>>>;

async function* read(
  objects: readonly ListedObject[],
  reading: Reading,
): AsyncGenerator<LogLine, void, undefined> {
  const beside = await gather(objects, reading);
  const used = new Set<string>();
  const scores: { readonly position: SourcePosition; readonly keys: readonly string[] }[] = [];
  for await (const row of rowsOf(objects, reading)) {
    if (row.kind === 'quarantined') {
      yield row;
      continue;
    }
    const { position, value } = row;
    const found = understoodOr(position, () => lineOf(value, position, beside, reading));
    if (found.kind === 'quarantined') yield found;
    else if ('keys' in found.value) scores.push(found.value);
    else {
      yield found.value;
      if (found.value.kind === 'record') for (const key of keysOf(value, beside)) used.add(key);
    }
  }
  for (const { position, keys } of scores) {
    const isMatched = keys.some((key) => used.has(key));
    yield { kind: 'passed', position, reason: isMatched ? 'feedback' : 'feedback-without-call' };
  }
}

async function* rowsOf(
  objects: readonly ListedObject[],
  { options }: Reading,
): ReturnType<typeof readLogRows> {
  for (const object of objects) {
    for await (const row of readLogRows(options.bytes, object, options)) {
      if (row.kind === 'row' && isCsvFile(object.uri)) yield { ...row, value: valuesOf(row.value) };
      else yield row;
    }
  }
}

async function gather(objects: readonly ListedObject[], reading: Reading): Promise<Beside> {
  const beside: Beside = {
    byObservation: new Map(),
    byTrace: new Map(),
    traces: new Map(),
    lastOfTrace: new Map(),
  };
  const newest = new Map<string, Score>();
  const isObservations = ({ uri }: ListedObject): boolean =>
    /(?:^|\/)observations(?:_v2)?\//.test(uri);
  for await (const row of rowsOf(
    objects.filter((each) => !isObservations(each)),
    reading,
  )) {
    if (row.kind === 'quarantined') continue;
    const found = understoodOr(row.position, () => besideOf(row.value, reading));
    if (found.kind === 'quarantined') continue;
    if (found.value.kind === 'trace') {
      beside.traces.set(String(column(row.value, 'id')), found.value.context);
    } else if (found.value.kind === 'score') {
      const { score } = found.value;
      const key = score.id ?? `${row.position.uri}:${row.position.line}`;
      const older = newest.get(key);
      if (older === undefined || older.signal.at <= score.signal.at) newest.set(key, score);
    }
  }
  for (const score of newest.values()) addScore(score, beside);
  if (beside.byTrace.size > 0) await findLast(objects, beside, reading);
  return beside;
}

type BesideRow =
  | { readonly kind: 'score'; readonly score: Score }
  | { readonly kind: 'trace'; readonly context: TraceContext }
  | { readonly kind: 'observation' };

function besideOf(row: object, { rules, production }: Reading): BesideRow {
  const kind = tableOf(row);
  switch (kind) {
    case 'score':
      return { kind, score: readScore(row, rules, production) };
    case 'trace': {
      const context = {
        userId: column(row, 'userId'),
        sessionId: column(row, 'sessionId'),
        environment: column(row, 'environment'),
      };
      return { kind, context };
    }
    case 'observation':
      return { kind };
  }
}

function addScore({ observationId, traceId, signal }: Score, beside: Beside): void {
  const [map, key] =
    observationId === null ? [beside.byTrace, traceId] : [beside.byObservation, observationId];
  if (key !== null) map.set(key, [...(map.get(key) ?? []), signal]);
}

/** A score of a trace is about what the user got in the end. */
async function findLast(
  objects: readonly ListedObject[],
  { byTrace, lastOfTrace }: Beside,
  reading: Reading,
): Promise<void> {
  for await (const row of rowsOf(objects, reading)) {
    if (row.kind === 'quarantined' || !isGeneration(row.value)) continue;
    const [traceId, id] = [textOf(column(row.value, 'traceId')), textOf(column(row.value, 'id'))];
    if (traceId === null || id === null || !byTrace.has(traceId)) continue;
    const found = understoodOr(row.position, () => readTime(column(row.value, 'startTime')));
    if (found.kind === 'quarantined') continue;
    const last = lastOfTrace.get(traceId);
    const time = found.value;
    const isLater = last === undefined || [last.time, last.id].join() < [time, id].join();
    if (isLater) lastOfTrace.set(traceId, { time, id });
  }
}

interface ScoreLine {
  readonly position: SourcePosition;
  readonly keys: readonly string[];
}

function lineOf(
  row: object,
  position: SourcePosition,
  beside: Beside,
  reading: Reading,
): LogLine | ScoreLine {
  const table = tableOf(row);
  switch (table) {
    case 'score': {
      const { observationId, traceId } = readScore(row, reading.rules, reading.production);
      const key =
        observationId === null ? `trace ${traceId ?? ''}` : `observation ${observationId}`;
      return { position, keys: [key] };
    }
    case 'trace':
      return { kind: 'passed', position, reason: 'no-model-call' };
    case 'observation':
      if (!isGeneration(row)) return { kind: 'passed', position, reason: 'no-model-call' };
      if (wordOf(column(row, 'level')) === 'ERROR') {
        return { kind: 'passed', position, reason: 'failed-call' };
      }
      return recordOf(row, position, beside, reading);
  }
}

function isGeneration(row: object): boolean {
  return wordOf(column(row, 'type')) === 'GENERATION';
}

/** Scores that a call answers to. */
function keysOf(row: object, { lastOfTrace }: Beside): readonly string[] {
  const [id, traceId] = [textOf(column(row, 'id')), textOf(column(row, 'traceId'))];
  const isLast = traceId !== null && lastOfTrace.get(traceId)?.id === id;
  return [`observation ${id ?? ''}`, ...(isLast ? [`trace ${traceId}`] : [])];
}

function recordOf(
  row: object,
  position: SourcePosition,
  beside: Beside,
  { production, messages }: Reading,
): RawRecord {
  const traceId = textOf(column(row, 'traceId'));
  const trace = beside.traces.get(traceId ?? '') ?? {};
  const find = (name: LangfuseColumn & keyof TraceContext): unknown =>
    column(row, name) ?? trace[name];
  const time = readTime(column(row, 'startTime'));
  const line = { request: { messages: askedIn(row) }, response: answeredIn(row) };
  const exchange = readExchange(line, messages);
  const surface = readSurface(find('environment'), production);
  const id = identity(column(row, 'id'), 'invalid-id');
  const isLast = traceId !== null && beside.lastOfTrace.get(traceId)?.id === id;
  const signals = [
    ...(beside.byObservation.get(id ?? '') ?? []),
    ...(isLast ? (beside.byTrace.get(traceId) ?? []) : []),
  ];
  return {
    kind: 'record',
    position,
    log: logName(position.uri),
    externalId: id,
    time,
    tenant: null,
    userId: identity(find('userId'), 'invalid-user'),
    conversationId: identity(find('sessionId') ?? traceId ?? undefined, 'invalid-conversation'),
    model: identity(column(row, 'model'), 'invalid-model'),
    messages: exchange.messages,
    output: exchange.output,
    signals: signals.map((signal) => ({ ...signal, surface: surface.surface ?? signal.surface })),
    consent: 'unmarked',
    ...surface,
    ...readFinishReason(finishIn(row)),
    ...requestIn(row),
    ...(exchange.imagesLeftOut > 0 && { imagesLeftOut: exchange.imagesLeftOut }),
  };
}
