import { jsonOf } from './json-text.js';
import type { Attributes, OtlpEvent, OtlpItem } from './otlp.js';
import {
  ATTRIBUTES,
  CALL_EVENTS,
  CALL_KINDS,
  CALL_OPERATIONS,
  CHOICE_EVENT,
  MESSAGE_EVENTS,
  SPREAD_MESSAGES,
  type OtelField,
} from './otel-names.js';

/** Where each thing is looked for: the table's names, or the one that a mapping says. */
export type AttributeNames = Readonly<Record<OtelField, readonly string[]>>;

/** What a span or an event says of a call's content; `undefined` where it does not. */
export interface CallContent {
  readonly system: unknown;
  readonly messages: unknown;
  readonly output: unknown;
}

/** The first of a field's attributes that is there. */
export function attribute(
  { attributes, resource }: Pick<OtlpItem, 'attributes' | 'resource'>,
  names: AttributeNames,
  field: OtelField,
): unknown {
  for (const held of [attributes, resource]) {
    const name = names[field].find((each) => held[each] !== undefined && held[each] !== null);
    if (name !== undefined) return held[name];
  }
  return undefined;
}

/** Whether a span or a log record is about a call of a model, and about one only. */
export function isCall(item: OtlpItem, names: AttributeNames): boolean {
  const word = (field: OtelField): string => {
    const value = attribute(item, names, field);
    return typeof value === 'string' ? value.toLowerCase() : '';
  };
  const kind = word('spanKind');
  if (kind !== '') return CALL_KINDS.includes(kind);
  const operation = word('operation');
  if (operation !== '') return CALL_OPERATIONS.includes(operation);
  return hasContent(contentOf(item, names)) || attribute(item, names, 'model') !== undefined;
}

export function hasContent({ messages, output }: CallContent): boolean {
  return messages !== undefined || output !== undefined;
}

/** A call's content from a span's attributes and events, whichever of them have it. */
export function contentOf(item: OtlpItem, names: AttributeNames): CallContent {
  const own = fromAttributes(item.attributes, names);
  const calls = item.events.filter(({ name }) => CALL_EVENTS.includes(name));
  const merged = calls.reduce(
    (content, { attributes }) => over(content, fromAttributes(attributes, names)),
    own,
  );
  return over(merged, fromMessageEvents(item.events));
}

/** The tools that a call offered in one attribute, of its span or of an event. */
export function listedTools(item: OtlpItem, names: AttributeNames): unknown {
  const { resource } = item;
  const events = item.events.filter(({ name }) => CALL_EVENTS.includes(name));
  const found = [item, ...events.map(({ attributes }) => ({ attributes, resource }))]
    .map((each) => attribute(each, names, 'tools'))
    .find((value) => value !== undefined);
  return jsonOf(found);
}

function over(first: CallContent, second: CallContent): CallContent {
  return {
    system: first.system ?? second.system,
    messages: first.messages ?? second.messages,
    output: first.output ?? second.output,
  };
}

function fromAttributes(attributes: Attributes, names: AttributeNames): CallContent {
  const find = (field: OtelField): unknown =>
    names[field]
      .map((name) => attributes[name])
      .find((value) => value !== undefined && value !== null);
  const spread = (prefixes: readonly string[]): unknown =>
    prefixes
      .map((prefix) => gathered(attributes, prefix).map(plainMessage))
      .find((list) => list.length > 0);
  const output = find('output') ?? spread(SPREAD_MESSAGES.output);
  return {
    system: jsonOf(find('system')),
    messages: find('input') ?? spread(SPREAD_MESSAGES.input),
    output: output === undefined ? undefined : firstAnswer(output),
  };
}

/** Of several answers the first; an answer may also be written as a text. */
function firstAnswer(output: unknown): unknown {
  const list = jsonOf(output);
  return Array.isArray(list) ? ((list[0] ?? null) as unknown) : output;
}

/** Messages from events of their own, each with its role. */
export function fromMessageEvents(events: readonly OtlpEvent[]): CallContent {
  const messages = events.flatMap((event) => messageOf(event) ?? []);
  const choice = events.find(({ name }) => name === CHOICE_EVENT);
  return {
    system: undefined,
    messages: messages.length === 0 ? undefined : messages,
    output: choice === undefined ? undefined : answerOf(choice),
  };
}

/** `gen_ai.user.message` with `{content}` is `{role: 'user', content}`; `null` for other events. */
export function messageOf({ name, attributes }: OtlpEvent): object | null {
  const role = Object.hasOwn(MESSAGE_EVENTS, name) ? MESSAGE_EVENTS[name] : undefined;
  if (role === undefined) return null;
  const id = attributes['id'];
  return {
    role,
    content: jsonOf(attributes['content']) ?? '',
    ...(attributes['tool_calls'] !== undefined && { tool_calls: jsonOf(attributes['tool_calls']) }),
    ...(role === 'tool' && id !== undefined && { tool_call_id: id }),
  };
}

/** The answer of a `gen_ai.choice`; older ones hold it beside the index. */
export function answerOf({ attributes }: OtlpEvent): object {
  const message = jsonOf(attributes['message']);
  const held = typeof message === 'object' && message !== null ? message : attributes;
  const { content, tool_calls: calls } = held as { content?: unknown; tool_calls?: unknown };
  return {
    role: 'assistant',
    content: typeof message === 'string' ? message : (content ?? ''),
    ...(calls !== undefined && { tool_calls: jsonOf(calls) }),
    finish_reason: attributes['finish_reason'],
  };
}

/** Attributes with numbers as a list: `p.0.role`, `p.0.content` and `p.1.role` are two messages. */
export function gathered(attributes: Attributes, prefix: string): readonly unknown[] {
  const root: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(attributes)) {
    if (!name.startsWith(`${prefix}.`)) continue;
    const path = name.slice(prefix.length + 1).split('.');
    if (!/^\d+$/.test(path[0] ?? '')) continue;
    let held = root;
    for (const step of path.slice(0, -1)) {
      const inner = Object.hasOwn(held, step) ? held[step] : undefined;
      const next = typeof inner === 'object' && inner !== null ? inner : {};
      held[step] = next;
      held = next as Record<string, unknown>;
    }
    held[path.at(-1) ?? ''] = value;
  }
  return listed(root);
}

/** The members of numbers, in their order. */
function listed(value: unknown): readonly unknown[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value)
    .sort(([a], [b]) => Number(a) - Number(b))
    .map(([, member]) => member as unknown);
}

/** OpenInference wraps messages, calls and parts once more. */
function plainMessage(given: unknown): unknown {
  const message = unwrapped(given, 'message') as Record<string, unknown>;
  if (typeof message !== 'object' || message === null) return message;
  const { tool_calls: calls, contents, content } = message;
  return {
    ...message,
    ...(calls !== undefined && {
      tool_calls: listed(calls).map((call) => unwrapped(call, 'tool_call')),
    }),
    ...(contents !== undefined && {
      content: listed(contents).map((part) => unwrapped(part, 'message_content')),
    }),
    ...(contents === undefined && { content: partsIn(content) }),
  };
}

/** OpenLLMetry writes parts as JSON text. */
function partsIn(content: unknown): unknown {
  const value = jsonOf(content);
  return Array.isArray(value) && value.every((part) => typeof part === 'object') ? value : content;
}

/** What a value holds under this name, or the value itself. */
export function unwrapped(value: unknown, name: string): unknown {
  const inner = typeof value === 'object' && value !== null && Object.hasOwn(value, name);
  return inner ? (value as Readonly<Record<string, unknown>>)[name] : value;
}

/** The table's names, with those that a mapping puts in the place of its own. */
export function attributeNames(fields: Readonly<Record<string, string>>): AttributeNames {
  return Object.fromEntries(
    Object.entries(ATTRIBUTES).map(([field, names]) => {
      const own = fields[field];
      return [field, own === undefined ? names : [own]];
    }),
  ) as unknown as AttributeNames;
}
