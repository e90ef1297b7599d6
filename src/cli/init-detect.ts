import { readLogTime } from '../connectors/log-time.js';
import { tryMapping, type LogSample, objectsOf } from './init-sample.js';

/** A value that stands somewhere in the sampled objects, by its path. */
type ValuesByPath = ReadonlyMap<string, readonly unknown[]>;

const DEPTH = 4;
const OBJECTS_LOOKED_AT = 200;
/** Share of the objects in which a field has to be right. */
const MOST = 0.9;

const ROLE_KEYS = ['role', 'sender_class', 'sender', 'speaker', 'from', 'author', 'type'];
const TEXT_KEYS = ['content', 'text', 'message', 'utterance', 'value', 'body'];
const ROLES =
  /^(system|developer|assistant|bot|model|agent|ai|tool|function|user|human|customer)$/i;
const ASSISTANT = /^(assistant|bot|model|agent|ai)$/i;

/**
 * Proposes where the lines of a sample keep what. Only what the connector's defaults don't find is
 * proposed, so that the usual shape needs no mapping.
 * `{"dialog":[{"sender_class":"Bot","text":…}],"start_time":…}` gives
 * `{ messages: 'dialog', 'messages.role': 'sender_class', 'messages.content': 'text' }`.
 */
export function proposeFields(sample: LogSample): Readonly<Record<string, string>> {
  const values = valuesByPath(objectsOf(sample).slice(0, OBJECTS_LOOKED_AT));
  const proposed: Record<string, string> = {};
  const keep = (found: Readonly<Record<string, string>>): void => {
    const better = { ...proposed, ...found };
    if (readable(sample, better) >= readable(sample, proposed)) Object.assign(proposed, found);
  };
  if (missing(sample, proposed, 'missing-time') || missing(sample, proposed, 'invalid-time')) {
    const time = findTime(values);
    if (time !== null) keep({ time });
  }
  if (readable(sample, proposed) < MOST * sample.rows.length) {
    for (const found of findMessages(values)) keep(found);
    const output = findText(values, /(^|[._])(response|completion|answer|output|reply)$/i);
    if (output !== null && readable(sample, { ...proposed, output }) > readable(sample, proposed)) {
      keep({ output });
    }
  }
  return { ...proposed, ...findAround(values) };
}

function readable(sample: LogSample, mapping: Readonly<Record<string, string>>): number {
  return tryMapping(sample, mapping).records;
}

function missing(
  sample: LogSample,
  mapping: Readonly<Record<string, string>>,
  reason: string,
): boolean {
  return (tryMapping(sample, mapping).quarantined[reason] ?? 0) > (1 - MOST) * sample.rows.length;
}

/** Every value of the objects by its path; arrays are leaves. Keys that no path can name are left out. */
function valuesByPath(objects: readonly object[]): ValuesByPath {
  const found = new Map<string, unknown[]>();
  const visit = (value: object, prefix: string, depth: number): void => {
    for (const [key, inner] of Object.entries(value) as [string, unknown][]) {
      if (/[.[\]]/.test(key)) continue;
      const path = `${prefix}${key}`;
      const isGroup = typeof inner === 'object' && inner !== null && !Array.isArray(inner);
      if (isGroup && depth < DEPTH) visit(inner, `${path}.`, depth + 1);
      else if (inner !== null) found.set(path, [...(found.get(path) ?? []), inner]);
    }
  };
  for (const object of objects) visit(object, '', 1);
  return found;
}

function findTime(values: ValuesByPath): string | null {
  const named = /time|date|created|(^|[._])(ts|at|when)$|_at$/i;
  const fits = [...values].filter(
    ([path, seen]) =>
      named.test(path) && share(seen, (value) => readLogTime(value) !== null) >= MOST,
  );
  return fits[0]?.[0] ?? null;
}

/** Lists of messages, with where each message keeps its role and its text. */
function findMessages(values: ValuesByPath): readonly Readonly<Record<string, string>>[] {
  return [...values].flatMap(([path, seen]) => {
    const items = seen.flatMap(listOf).filter((item) => typeof item === 'object' && item !== null);
    if (items.length < seen.length) return [];
    const role = keyWhere(
      items,
      ROLE_KEYS,
      (value) => typeof value === 'string' && ROLES.test(value),
    );
    const content = keyWhere(items, TEXT_KEYS, (value) => typeof value === 'string');
    if (role === null || content === null || !items.some((item) => isAssistant(item, role)))
      return [];
    return [
      {
        messages: path,
        ...(role === 'role' ? {} : { 'messages.role': role }),
        ...(content === 'content' ? {} : { 'messages.content': content }),
      },
    ];
  });
}

function listOf(value: unknown): readonly unknown[] {
  if (Array.isArray(value)) return value;
  if (typeof value !== 'string' || !value.startsWith('[')) return [];
  try {
    const parsed: unknown = JSON.parse(value);
    return Array.isArray(parsed) ? parsed : [];
  } catch {
    // A text that begins with a bracket.
    return [];
  }
}

function keyWhere(
  items: readonly unknown[],
  keys: readonly string[],
  fits: (value: unknown) => boolean,
): string | null {
  return keys.find((key) => share(items, (item) => fits(memberOf(item, key))) >= MOST) ?? null;
}

function memberOf(item: unknown, key: string): unknown {
  return typeof item === 'object' && item !== null && Object.hasOwn(item, key)
    ? (item as Readonly<Record<string, unknown>>)[key]
    : undefined;
}

function isAssistant(item: unknown, role: string): boolean {
  const value = memberOf(item, role);
  return typeof value === 'string' && ASSISTANT.test(value);
}

function findText(values: ValuesByPath, named: RegExp): string | null {
  const fits = [...values].filter(
    ([path, seen]) => named.test(path) && share(seen, (value) => typeof value === 'string') >= MOST,
  );
  return fits[0]?.[0] ?? null;
}

/** Names under which the connector finds conversations by itself. */
const USUAL = ['session_id', 'conversation_id', 'thread_id', 'trace_id'];

/** Who, which conversation, what was said of it: fields that make records better but not readable. */
function findAround(values: ValuesByPath): Readonly<Record<string, string>> {
  const found: Record<string, string> = {};
  const conversation = findId(
    values,
    /^(conversation|dialog(ue)?|session|thread|chat)[._]?(id|uuid|key)$/i,
  );
  if (conversation !== null && !USUAL.some((name) => values.has(name))) {
    found['conversation'] = conversation;
  }
  const user = findId(values, /^((user|customer|member|account)[._]?(id|uuid|key)|user\.id)$/i);
  if (user !== null && user !== 'user_id') found['user'] = user;
  return { ...found, ...findScore(values) };
}

function findId(values: ValuesByPath, named: RegExp): string | null {
  const isId = (value: unknown): boolean => typeof value === 'string' || typeof value === 'number';
  const fits = [...values].filter(([path, seen]) => named.test(path) && share(seen, isId) >= MOST);
  return fits[0]?.[0] ?? null;
}

/** A number that rates a line: 0 and 1 as they are, one to five stars from four, percentages from 50. */
function findScore(values: ValuesByPath): Readonly<Record<string, string>> {
  const named = /(^|[._])(eval_?score|score|rating|reward|stars|thumbs?(_?up)?)$/i;
  for (const [path, seen] of values) {
    const numbers = seen.filter((value): value is number => typeof value === 'number');
    if (!named.test(path) || numbers.length < MOST * seen.length) continue;
    const highest = Math.max(...numbers);
    const [lowest, isWhole] = [Math.min(...numbers), numbers.every(Number.isInteger)];
    if (lowest === highest) continue;
    if (highest === 1 && isWhole) return { score: path };
    if (highest <= 5 && lowest >= 1 && isWhole) return { score: path, 'score.approved': '4' };
  }
  return {};
}

function share(values: readonly unknown[], fits: (value: unknown) => boolean): number {
  return values.length === 0 ? 0 : values.filter(fits).length / values.length;
}
