import type { Message, RejectedAnswer } from '../domain/record.js';
import { readMessages } from './dataset-messages.js';

/** A line of a trainer's file, whichever of the formats it is in. */
export interface TrainerRow {
  /** The assistant's answer last, the preferred one of a pair. */
  readonly messages: readonly Message[];
  /** The messages as they stand there, of a pair those before its answers. */
  readonly wire: readonly { readonly weight?: unknown }[];
  readonly tools: unknown;
  readonly rejected?: RejectedAnswer;
}

type Line = Readonly<Record<string, unknown>>;

/**
 * Reads `{"messages"}`, OpenAI's pairs (`{"input": {"messages"}, "preferred_output", "non_preferred_output"}`) and TRL's
 * (`{"prompt", "chosen", "rejected"}` of messages). `null` for what is none of these or has no answer at its end.
 */
export function readTrainerRow(value: unknown): TrainerRow | null {
  if (typeof value !== 'object' || value === null) return null;
  const line = value as Line;
  if ('preferred_output' in line) {
    const input = (line['input'] ?? {}) as Line;
    return pairOf(input['messages'], line['preferred_output'], line['non_preferred_output'], input);
  }
  if ('chosen' in line) return pairOf(line['prompt'], line['chosen'], line['rejected'], line);
  const messages = readMessages(line['messages']);
  if (messages?.at(-1)?.role !== 'assistant') return null;
  return { messages, wire: line['messages'] as TrainerRow['wire'], tools: line['tools'] };
}

function pairOf(
  prompt: unknown,
  preferred: unknown,
  other: unknown,
  { tools }: Line,
): TrainerRow | null {
  const before = readMessages(prompt);
  const answers = readMessages(preferred);
  const rejections = readMessages(other);
  if (before === null || answers?.at(-1)?.role !== 'assistant') return null;
  const last = rejections?.at(-1);
  if (rejections === null || last?.role !== 'assistant') return null;
  const calls = rejections.flatMap(({ toolCalls = [] }) => toolCalls);
  const content = rejections.map((message) => message.content).join('\n');
  return {
    messages: [...before, ...answers],
    wire: prompt as TrainerRow['wire'],
    tools,
    rejected: { content, ...(calls.length > 0 && { toolCalls: calls }) },
  };
}
