import type { OfferedTool } from '../connectors/connector.js';
import { canonicalJson } from '../domain/json.js';
import type { ToolDefinition } from '../domain/record.js';
import type { Redactor } from './redaction.js';

/** How many lists of tools are remembered for each redactor; an application has a few. */
const REMEMBERED = 64;

/** Lists that a redactor has nothing to redact in: by what is in them, and by themselves, since lines of one shape share one. */
interface KnownLists {
  readonly byText: Map<string, readonly ToolDefinition[]>;
  readonly byList: WeakMap<readonly OfferedTool[], readonly ToolDefinition[]>;
}

const known = new WeakMap<Redactor, KnownLists>();

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
  const lists: KnownLists = known.get(redactor) ?? { byText: new Map(), byList: new WeakMap() };
  known.set(redactor, lists);
  const { byText, byList } = lists;
  const own = byList.get(tools);
  if (own !== undefined) return own;
  const written = JSON.stringify(tools);
  const same = byText.get(written);
  if (same !== undefined) {
    byList.set(tools, same);
    return same;
  }
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
  if (byText.size >= REMEMBERED) byText.clear();
  if (!isChanged) byText.set(written, redacted);
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
