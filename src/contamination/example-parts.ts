import type { Span } from '../domain/finding.js';
import {
  type Message,
  type RejectedAnswer,
  type ToolCall,
  type ToolDefinition,
  promptText,
} from '../domain/record.js';

/** A text of an example that is scanned by itself. */
export interface ExampleText {
  /** `prompt`, `answer`, or the place among the messages: `messages[2].content`, `messages[2].toolCalls[0].arguments`. */
  readonly name: string;
  readonly text: string;
}

/**
 * The texts of an example that are scanned apart: its user and tool turns together, as prompts are compared,
 * then each assistant turn, each tool call's arguments, the answer and the arguments of its own calls, and of a pair
 * the rejected answer and its calls', which a trainer reads as well. System
 * prompts and tools are `templateTexts`.
 */
export function exampleTexts(
  messages: readonly Message[],
  answer: string | null,
  toolCalls: readonly ToolCall[] = [],
  rejected?: RejectedAnswer,
): readonly ExampleText[] {
  return [
    { name: 'prompt', text: promptText(messages) },
    ...messages.flatMap((message, index) => turnTexts(message, `messages[${index}]`)),
    ...(answer === null ? [] : [{ name: 'answer', text: answer }]),
    ...callTexts(toolCalls, 'answer'),
    ...(rejected === undefined ? [] : [{ name: 'rejected', text: rejected.content }]),
    ...callTexts(rejected?.toolCalls ?? [], 'rejected'),
  ];
}

/** The system prompts and tools of an example, which many examples have: of them only whole samples count. */
export function templateTexts(
  messages: readonly Message[],
  tools: readonly ToolDefinition[] = [],
): readonly ExampleText[] {
  const prompts = messages.map(({ role, content }, index) => ({
    name: `messages[${index}].content`,
    text: role === 'system' ? content : '',
  }));
  const offered = tools.map(({ name, description = '', parameters = '' }, index) => ({
    name: `tools[${index}]`,
    text: [name, description, ...textsOfJson(parameters)].filter((text) => text !== '').join('\n'),
  }));
  return [...prompts, ...offered].filter(({ text }) => text !== '');
}

function turnTexts({ role, content, toolCalls = [] }: Message, name: string): ExampleText[] {
  if (role !== 'assistant') return [];
  return [{ name: `${name}.content`, text: content }, ...callTexts(toolCalls, name)];
}

function callTexts(toolCalls: readonly ToolCall[], name: string): ExampleText[] {
  return toolCalls.map((call, index) => ({
    name: `${name}.toolCalls[${index}].arguments`,
    text: call.arguments,
  }));
}

/** The texts in JSON: as it stands, escapes hide line breaks and quotes. */
function textsOfJson(json: string): readonly string[] {
  const texts: string[] = [];
  JSON.parse(json === '' ? 'null' : json, (_, value: unknown) => {
    if (typeof value === 'string') texts.push(value);
    return value;
  });
  return texts;
}

/** A stretch of an example's raw text, placed in one of its texts. */
export interface PlacedSpans {
  readonly part: ExampleText;
  /** UTF-16 units of the part's text. */
  readonly spans: readonly Span[];
}

/**
 * Finds the text that spans lie in, and where they are in it. Spans of a match count in all texts joined by line
 * feeds, and lie in one of them; without spans it is the first.
 */
export function placeSpans(
  texts: readonly ExampleText[],
  spans: readonly Span[],
): PlacedSpans | null {
  const start = spans[0]?.start ?? 0;
  let offset = 0;
  for (const part of texts) {
    const end = offset + part.text.length;
    if (start <= end) {
      const from = offset;
      const moved = spans.map((span) => ({ start: span.start - from, end: span.end - from }));
      return { part, spans: moved };
    }
    offset = end + 1;
  }
  return null;
}
