import type { RawRecord } from './connector.js';
import { valueAt } from './field-path.js';
import { jsonOf } from './json-text.js';
import { column } from './langfuse-rows.js';
import { readCached, readJsonRequest, readOfferedTools } from './log-request.js';

/**
 * What a generation asked for beside its messages, and whether a cache answered it: integrations log a request's
 * other members with the input, the model's parameters or the metadata.
 */
export function requestIn(row: object): Pick<RawRecord, 'jsonRequest' | 'tools' | 'cached'> {
  const places = (['input', 'parameters', 'metadata'] as const).map((name) =>
    jsonOf(column(row, name)),
  );
  const find = (name: string): unknown =>
    places
      .map((place) => jsonOf(valueAt(place, [name]) ?? undefined))
      .find((value) => value !== undefined);
  return {
    ...readJsonRequest(find('response_format')),
    ...readOfferedTools(find('tools') ?? definedTools(jsonOf(column(row, 'toolDefinitions')))),
    ...readCached(find('cache_hit')),
  };
}

/** Langfuse's own column: a tool's description and parameters, as JSON text, by its name. */
function definedTools(definitions: unknown): readonly object[] | undefined {
  if (typeof definitions !== 'object' || definitions === null) return undefined;
  if (Array.isArray(definitions)) return definitions as readonly object[];
  return Object.entries(definitions).map(([name, text]) => {
    const tool = jsonOf(text);
    const parameters = jsonOf(valueAt(tool, ['parameters']));
    return { ...(typeof tool === 'object' ? tool : {}), name, parameters };
  });
}
