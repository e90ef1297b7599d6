import { z } from 'zod';
import { canonicalJson } from '../domain/json.js';
import type { Message, ToolDefinition } from '../domain/record.js';
import { SCORERS } from '../domain/scorer.js';

/** A value of JSON as its text; a text is itself. */
const jsonText = z.unknown().transform((value) => textOf(value));

const toolCall = z.object({
  id: z.string(),
  function: z.object({ name: z.string().min(1), arguments: jsonText }),
});

const message = z
  .object({
    role: z.enum(['system', 'developer', 'user', 'assistant', 'tool']),
    content: z.string().nullish(),
    tool_calls: z.array(toolCall).optional(),
    tool_call_id: z.string().optional(),
  })
  // Calls may stand without a text, and nothing else may.
  .refine(
    ({ content, tool_calls: calls = [] }) => typeof content === 'string' || calls.length > 0,
    {
      path: ['content'],
    },
  );

const tool = z.object({
  type: z.literal('function').optional(),
  function: z.object({
    name: z.string().min(1),
    description: z.string().optional(),
    parameters: z.record(z.string(), z.unknown()).optional(),
  }),
});

/** An empty reference would call every model right that says nothing; one that is no text is the text of its JSON. */
const answer = z.union([
  z.string().regex(/\S/u),
  z.number().transform(String),
  z.union([z.record(z.string(), z.unknown()), z.array(z.unknown())]).transform(canonicalJson),
]);

/** A line of an eval file: `reference` and `answer` mean the same, and so do `cluster` and `group`. */
export const evalLine = z.object({
  id: z.union([z.string().min(1), z.number()]).optional(),
  input: z.union([z.string(), z.array(message).min(1)]),
  reference: answer.nullish(),
  answer: answer.nullish(),
  options: z.array(z.string()).optional(),
  scorer: z.enum(SCORERS).optional(),
  tools: z.array(tool).optional(),
  cluster: z.string().optional(),
  group: z.string().optional(),
  slices: z.array(z.string().min(1)).optional(),
  critical: z.boolean().optional(),
  pair: z.string().min(1).optional(),
});

type EvalLine = z.output<typeof evalLine>;

/** A prompt that is one text is a user's. */
export function messagesOf(input: EvalLine['input']): readonly Message[] {
  if (typeof input === 'string') return [{ role: 'user', content: input }];
  return input.map(({ role, content, tool_calls: calls, tool_call_id: toolCallId }) => ({
    role: role === 'developer' ? 'system' : role,
    content: content ?? '',
    ...(calls === undefined
      ? {}
      : { toolCalls: calls.map(({ id, function: called }) => ({ id, ...called })) }),
    ...(toolCallId === undefined ? {} : { toolCallId }),
  }));
}

/** The tools of a line, as records have them. */
export function toolsOf(tools: NonNullable<EvalLine['tools']>): readonly ToolDefinition[] {
  return tools.map(({ function: { name, description, parameters } }) => ({
    name,
    ...(description === undefined ? {} : { description }),
    ...(parameters === undefined ? {} : { parameters: canonicalJson(parameters) }),
  }));
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : canonicalJson(value ?? {});
}
