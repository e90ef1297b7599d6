import type { Span } from '../domain/finding.js';
import { type Message, promptText } from '../domain/record.js';

/** A text of an example that is scanned by itself. */
export interface ExampleText {
  /** `prompt`, `answer`, or the place among the messages: `messages[2].content`, `messages[2].toolCalls[0].arguments`. */
  readonly name: string;
  readonly text: string;
}

/**
 * The texts of an example that are scanned apart: its user and tool turns together, as prompts are compared,
 * then each assistant turn, each tool call's arguments and the answer. System prompts are `templateTexts`.
 */
export function exampleTexts(
  messages: readonly Message[],
  answer: string | null,
): readonly ExampleText[] {
  return [
    { name: 'prompt', text: promptText(messages) },
    ...messages.flatMap((message, index) => turnTexts(message, `messages[${index}]`)),
    ...(answer === null ? [] : [{ name: 'answer', text: answer }]),
  ];
}

/** The system prompts of an example, which many examples have: of them only whole samples count. */
export function templateTexts(messages: readonly Message[]): readonly ExampleText[] {
  return messages.flatMap(({ role, content }, index) =>
    role === 'system' && content !== ''
      ? [{ name: `messages[${index}].content`, text: content }]
      : [],
  );
}

function turnTexts({ role, content, toolCalls = [] }: Message, name: string): ExampleText[] {
  if (role !== 'assistant') return [];
  return [
    { name: `${name}.content`, text: content },
    ...toolCalls.map((call, index) => ({
      name: `${name}.toolCalls[${index}].arguments`,
      text: call.arguments,
    })),
  ];
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
