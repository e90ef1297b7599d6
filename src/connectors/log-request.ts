import type { OfferedTool, RawRecord } from './connector.js';
import { valueAt } from './field-path.js';
import { isDeeperThan, MAXIMUM_DEPTH } from './log-tool-calls.js';

/** What a log calls an answer that came from a cache. */
const CACHED: readonly unknown[] = [true, 'true', 'True'];

/** Whether a cache answered, and not the model. */
export function readCached(value: unknown): Pick<RawRecord, 'cached'> {
  return CACHED.includes(value) ? { cached: true } : {};
}

/**
 * Whether a request wanted JSON, by its `response_format`: OpenAI's `{type: 'json_object'}` and
 * `{type: 'json_schema', json_schema: {schema}}`, or the flat form `{type: 'json_schema', schema}`.
 */
export function readJsonRequest(format: unknown): Pick<RawRecord, 'jsonRequest'> {
  switch (valueAt(format, ['type'])) {
    case 'json_object':
      return { jsonRequest: { schema: undefined } };
    case 'json_schema': {
      const schema = valueAt(format, ['json_schema', 'schema']) ?? valueAt(format, ['schema']);
      return { jsonRequest: { schema: schema ?? undefined } };
    }
    default:
      return {};
  }
}

/**
 * The functions that a request offered: OpenAI's `[{type: 'function', function: {name, parameters}}]`, its flat form,
 * or Anthropic's `[{name, input_schema}]`. A list with a tool of another kind, such as a web search, is left out: what
 * may be called is then not known. So is one that is nested too deeply to be written.
 */
export function readOfferedTools(value: unknown): Pick<RawRecord, 'tools'> {
  if (!Array.isArray(value) || value.length === 0) return {};
  if (isDeeperThan(value, MAXIMUM_DEPTH)) return {};
  const tools = value.map(readTool).filter((tool) => tool !== null);
  return tools.length === value.length ? { tools } : {};
}

function readTool(value: unknown): OfferedTool | null {
  const tool = valueAt(value, ['function']) ?? value;
  const name = valueAt(tool, ['name']);
  const type = valueAt(value, ['type']) ?? 'function';
  if (typeof name !== 'string' || (type !== 'function' && type !== 'custom')) return null;
  const description = valueAt(tool, ['description']);
  const parameters = valueAt(tool, ['parameters']) ?? valueAt(tool, ['input_schema']);
  return {
    name,
    ...(typeof description === 'string' && description !== '' && { description }),
    parameters: parameters ?? undefined,
  };
}
