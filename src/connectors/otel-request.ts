import type { RawRecord } from './connector.js';
import { valueAt } from './field-path.js';
import { jsonOf } from './json-text.js';
import { readCached, readJsonRequest, readOfferedTools } from './log-request.js';
import { attribute, gathered, listedTools, unwrapped, type AttributeNames } from './otel-call.js';
import { SPREAD_TOOLS } from './otel-names.js';
import type { OtlpItem } from './otlp.js';

/** What a call asked for beside its messages, and whether a cache answered it. */
export function requestOf(
  item: OtlpItem,
  names: AttributeNames,
): Pick<RawRecord, 'jsonRequest' | 'tools' | 'cached'> {
  const parameters = jsonOf(attribute(item, names, 'parameters'));
  return {
    ...readJsonRequest(formatOf(item, names) ?? valueAt(parameters, ['response_format'])),
    ...readOfferedTools(toolsOf(item, names) ?? valueAt(parameters, ['tools'])),
    ...readCached(attribute(item, names, 'cached')),
  };
}

/** As OpenAI's `response_format` says it. */
function formatOf(item: OtlpItem, names: AttributeNames): object | undefined {
  const schema = jsonOf(attribute(item, names, 'outputSchema'));
  if (typeof schema === 'object' && schema !== null) return { type: 'json_schema', schema };
  const type = attribute(item, names, 'outputType');
  return type === undefined ? undefined : { type: type === 'json' ? 'json_object' : type };
}

function toolsOf(item: OtlpItem, names: AttributeNames): readonly unknown[] | undefined {
  const listed = listedTools(item, names);
  if (Array.isArray(listed)) return listed.map(plainTool);
  const spread = SPREAD_TOOLS.map((prefix) => gathered(item.attributes, prefix));
  return spread.find((tools) => tools.length > 0)?.map(plainTool);
}

/** OpenInference writes a tool as JSON text, OpenLLMetry its parameters. */
function plainTool(given: unknown): unknown {
  const tool = jsonOf(unwrapped(unwrapped(jsonOf(given), 'tool'), 'json_schema'));
  const parameters = valueAt(tool, ['parameters']);
  return typeof parameters === 'string'
    ? { ...(tool as object), parameters: jsonOf(parameters) }
    : tool;
}
