import type { ToolCall } from '../domain/record.js';
import { valueAt } from './field-path.js';
import { readToolCall } from './log-tool-calls.js';
import { UnreadableLine, type LineReason } from './unreadable-line.js';

/** What a part of a message is, by its `type`; any other leaves its type behind, as `[input_audio]`. */
const PART_KINDS: Readonly<Record<string, PartKind>> = {
  text: 'text',
  input_text: 'text',
  output_text: 'text',
  refusal: 'text',
  image: 'image',
  image_url: 'image',
  image_file: 'image',
  input_image: 'image',
  blob: 'media',
  file: 'media',
  uri: 'media',
  tool_call: 'call',
  tool_use: 'call',
  function_call: 'call',
  tool_call_response: 'result',
  tool_result: 'result',
  function_call_output: 'result',
  reasoning: 'thought',
  thinking: 'thought',
  redacted_thinking: 'thought',
  thought: 'thought',
  template: 'template',
};
type PartKind = 'text' | 'image' | 'media' | 'call' | 'result' | 'thought' | 'template';

/** Stands for an image, in messages of every source. */
export const IMAGE_MARK = '[image]';

/** Counts what is left out while messages are read. */
export interface LeftOut {
  images: number;
}

/** A message's parts: its text, what it calls, and what tools answered. */
export interface Parts {
  readonly text: string;
  readonly toolCalls: readonly ToolCall[];
  readonly results: readonly { readonly content: string; readonly toolCallId: string | null }[];
}

/** Whether each member of a list is a part whose type is known. */
export function areParts(list: readonly unknown[]): boolean {
  return list.every((part) => kindOf(part) !== null);
}

/**
 * Parts as OpenAI, Anthropic, OpenTelemetry and TensorZero write them. Texts are joined by line feeds; what
 * the model thought is left out, and an image is counted and leaves a mark.
 * @throws UnreadableLine `problem` for what is no part.
 */
export function readParts(parts: readonly unknown[], problem: LineReason, leftOut: LeftOut): Parts {
  const texts: string[] = [];
  const toolCalls: ToolCall[] = [];
  const results: Parts['results'][number][] = [];
  for (const part of parts) {
    if (typeof part === 'string') {
      texts.push(part);
      continue;
    }
    if (typeof part !== 'object' || part === null) throw new UnreadableLine(problem);
    const kind = kindOf(part);
    if (kind === 'call') toolCalls.push(readToolCall(part, `call_${toolCalls.length}`, problem));
    else if (kind === 'result') results.push(readResult(part, problem, leftOut));
    else if (kind !== 'thought') texts.push(markOf(part, kind, leftOut));
  }
  return { text: texts.join('\n'), toolCalls, results };
}

function kindOf(part: unknown): PartKind | null {
  const type = valueAt(part, ['type']);
  return typeof type === 'string' && Object.hasOwn(PART_KINDS, type)
    ? (PART_KINDS[type] ?? null)
    : null;
}

function markOf(part: object, kind: PartKind | null, leftOut: LeftOut): string {
  if (kind === 'image' || (kind === 'media' && isImage(part))) {
    leftOut.images += 1;
    return IMAGE_MARK;
  }
  if (kind === 'template') return JSON.stringify(valueAt(part, ['arguments']) ?? {});
  const text = TEXT_PATHS.map((path) => valueAt(part, path)).find(
    (value) => typeof value === 'string',
  );
  if (typeof text === 'string' && kind !== 'media') return text;
  const type = valueAt(part, ['type']);
  return typeof type === 'string' && /^[a-z][a-z_]{0,31}$/.test(type) ? `[${type}]` : '[part]';
}

const TEXT_PATHS = [['text'], ['text', 'value'], ['content'], ['refusal']] as const;

function isImage(part: object): boolean {
  const kind = valueAt(part, ['modality']) ?? valueAt(part, ['mime_type']) ?? '';
  return typeof kind === 'string' && /^image(?:\/|$)/i.test(kind);
}

/** A tool's answer: a text, parts, or any value as JSON. */
function readResult(part: object, problem: LineReason, leftOut: LeftOut): Parts['results'][number] {
  const content = firstOf(part, ['content', 'result', 'response', 'output']);
  const id = firstOf(part, ['tool_use_id', 'tool_call_id', 'call_id', 'id']);
  return {
    content: readResultText(content, problem, leftOut),
    toolCallId: typeof id === 'string' ? id : null,
  };
}

/** What a tool answered, as text. */
export function readResultText(value: unknown, problem: LineReason, leftOut: LeftOut): string {
  if (typeof value === 'string') return value;
  if (value === undefined || value === null) return '';
  if (Array.isArray(value) && value.length > 0 && areParts(value)) {
    return readParts(value, problem, leftOut).text;
  }
  return JSON.stringify(value);
}

function firstOf(part: object, names: readonly string[]): unknown {
  return names.map((name) => valueAt(part, [name])).find((value) => value !== undefined);
}
