import { z } from 'zod';
import { DataError } from '../../domain/errors.js';
import type { LabelledText } from '../linear-classifier.js';

/** Weights are one dense row per answer; past this many a linear classifier is the wrong model. */
export const MAXIMUM_LABELS = 1000;

const content = z.union([
  z.string(),
  z.array(z.object({ type: z.literal('text'), text: z.string() })),
]);

/** A chat message at the wire: plain text, or a list of text parts. */
export const chatMessage = z.object({
  role: z.enum(['system', 'developer', 'user', 'assistant', 'tool', 'function']),
  content: content.nullish(),
  weight: z.number().optional(),
  tool_calls: z.array(z.object({ function: z.unknown() })).optional(),
});

const trainingLine = z.object({ messages: z.array(chatMessage).min(2) });
const preferenceLine = z.object({
  input: z.object({ messages: z.array(chatMessage).min(1) }),
  preferred_output: z.array(chatMessage).length(1),
  non_preferred_output: z.array(chatMessage).length(1),
});

type WireMessage = z.infer<typeof chatMessage>;

function textOf(message: WireMessage): string {
  if (typeof message.content === 'string') return message.content;
  return (message.content ?? []).map((part) => part.text).join('\n');
}

/** What is classified: the user's turns in order, joined by a line feed. The system prompt is left out. */
export function userText(messages: readonly WireMessage[]): string {
  return messages
    .filter((message) => message.role === 'user')
    .map(textOf)
    .join('\n');
}

/** The calls of an answer without a text, as one that a classifier can learn; empty where there are none. */
function calledBy({ tool_calls: calls = [] }: WireMessage): string {
  return calls.length === 0 ? '' : JSON.stringify(calls.map((call) => call.function));
}

function invalid(line: number, problem: string): DataError {
  return new DataError('invalid_training_file', `Line ${line} ${problem}.`);
}

function parseJson(text: string, line: number): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw invalid(line, 'is not valid JSON');
  }
}

/** The text of an answer, or its calls. */
function answerOf(message: WireMessage | undefined, line: number): string {
  if (message?.role !== 'assistant') throw invalid(line, 'does not end with an assistant message');
  if (message.weight === 0) throw invalid(line, 'gives its answer a weight of 0');
  const label = textOf(message).trim() || calledBy(message);
  if (label === '') throw invalid(line, 'has an empty answer');
  return label;
}

function parsePair(text: string, line: number): LabelledText {
  const parsed = preferenceLine.safeParse(parseJson(text, line));
  if (!parsed.success) {
    throw invalid(line, 'has no "input" with messages and one message in each of both outputs');
  }
  const { input, preferred_output: preferred, non_preferred_output: other } = parsed.data;
  const [label, rejected] = [answerOf(preferred[0], line), answerOf(other[0], line)];
  if (label === rejected) throw invalid(line, 'prefers an answer to itself');
  return { text: userText(input.messages), label, rejected };
}

function parseLine(text: string, line: number): LabelledText {
  const parsed = trainingLine.safeParse(parseJson(text, line));
  if (!parsed.success) throw invalid(line, 'has no "messages" of at least two chat messages');
  const { messages } = parsed.data;
  return { text: userText(messages), label: answerOf(messages.at(-1), line) };
}

/** The different answers in rows, rejected ones among them. */
export function answersOf(rows: readonly LabelledText[]): ReadonlySet<string> {
  return new Set(rows.flatMap(({ label, rejected = label }) => [label, rejected]));
}

/**
 * Reads a training file, in the chat format, or for `dpo` as pairs: the (preferred) answer is the label, the user's
 * turns are the text.
 * @throws DataError('invalid_training_file') naming the first bad line, or that there are no lines or
 * more different answers than a linear classifier can hold.
 */
export function parseTrainingFile(
  bytes: Uint8Array,
  method: 'supervised' | 'dpo' = 'supervised',
): readonly LabelledText[] {
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw new DataError('invalid_training_file', 'The file is not UTF-8 text.');
  }
  const rows = text
    .split('\n')
    .map((line, index) => ({ line: line.trim(), number: index + 1 }))
    .filter(({ line }) => line !== '')
    .map(({ line, number }) => (method === 'dpo' ? parsePair : parseLine)(line, number));
  if (rows.length === 0) {
    throw new DataError('invalid_training_file', 'The file holds no examples.');
  }
  const labelCount = answersOf(rows).size;
  if (labelCount > MAXIMUM_LABELS) {
    throw new DataError(
      'invalid_training_file',
      `The file has ${labelCount} different answers; this classifier learns at most ${MAXIMUM_LABELS}.`,
    );
  }
  return rows;
}

/** What stands for tokens here: whitespace-separated words. */
export function countTokens(text: string): number {
  return text.match(/\S+/g)?.length ?? 0;
}

/** A pair's text is read with either answer. */
function tokensOf({ text, label, rejected }: LabelledText): number {
  const one = countTokens(text) + countTokens(label);
  return rejected === undefined ? one : one + countTokens(text) + countTokens(rejected);
}

/** Tokens of a training run: words of every text and answer, once for each epoch. */
export function trainedTokens(rows: readonly LabelledText[], epochs: number): number {
  return epochs * rows.reduce((sum, row) => sum + tokensOf(row), 0);
}
