import type { OfferedTool } from '../connectors/connector.js';
import { canonicalJson } from '../domain/json.js';
import type { ToolDefinition } from '../domain/record.js';
import type { Redactor } from './redaction.js';

/** How many lists of tools are remembered for each redactor; an application has a few. */
const REMEMBERED = 64;

const known = new WeakMap<Redactor, Map<string, readonly ToolDefinition[]>>();

/**
 * The tools of a request as they may be written down: names, descriptions and schemas redacted as texts of their
 * conversation, schemas as canonical JSON. Calls offer the same tools again and again, so that a list without
 * anything to redact is looked at once.
 */
export function redactTools(
  tools: readonly OfferedTool[],
  redactor: Redactor,
  redact: (text: string) => string,
  redactJson: (text: string) => string,
): readonly ToolDefinition[] {
  const written = JSON.stringify(tools);
  const lists = known.get(redactor) ?? new Map<string, readonly ToolDefinition[]>();
  known.set(redactor, lists);
  const same = lists.get(written);
  if (same !== undefined) return same;
  let isChanged = false;
  const telling = (change: (text: string) => string, text: string): string => {
    const changed = change(text);
    isChanged ||= changed !== text;
    return changed;
  };
  const redacted = tools.map(({ parameters, ...tool }) => {
    const definition =
      parameters === undefined ? tool : { ...tool, parameters: canonicalJson(parameters) };
    return redactTool(
      definition,
      (text) => telling(redact, text),
      (text) => telling(redactJson, text),
    );
  });
  if (lists.size >= REMEMBERED) lists.clear();
  if (!isChanged) lists.set(written, redacted);
  return redacted;
}

/** A tool with its texts redacted, its schema as JSON. */
export function redactTool(
  { name, description, parameters }: ToolDefinition,
  redact: (text: string) => string,
  redactJson: (text: string) => string,
): ToolDefinition {
  return {
    name: redact(name),
    ...(description !== undefined && { description: redact(description) }),
    ...(parameters !== undefined && { parameters: redactJson(parameters) }),
  };
}
