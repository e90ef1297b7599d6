import { invariant } from '../domain/errors.js';
import type { Example, Message, ToolDefinition } from '../domain/record.js';
import { encodeJsonl } from './jsonl.js';

/**
 * Training rows in the chat format that OpenAI's fine-tuning takes: `{"messages": […], "tools": […]}` per line, the
 * assistant's answer last. Where not every assistant message is trained on, each has a `weight` of 0 or 1: hosts
 * train on all that have none.
 * @throws InvariantError for an example without an answer: it should never have come this far.
 */
export function toTrainerJsonl(examples: readonly Example[]): Uint8Array {
  return encodeJsonl(examples.map(trainerRow));
}

/** One row as the trainer reads it, before it is a line. @throws InvariantError for an example without an answer */
export function trainerRow({
  id,
  messages,
  answer,
  toolCalls,
  trained = [],
  tools,
}: Example): object {
  invariant(answer !== null, `the training example ${id} has no answer`);
  const own: Message = {
    role: 'assistant',
    content: answer,
    ...(toolCalls !== undefined && { toolCalls }),
  };
  const learnt = new Set(trained.map(({ message }) => message)).add(messages.length);
  const all = [...messages, own];
  const isWeighted = all.some(({ role }, at) => role === 'assistant' && !learnt.has(at));
  return {
    messages: all.map((message, at) => ({
      ...trainerMessage(message),
      weight: isWeighted && message.role === 'assistant' ? Number(learnt.has(at)) : undefined,
    })),
    tools: tools?.map(trainerTool),
  };
}

function trainerMessage(message: Message): object {
  return {
    role: message.role,
    content: message.content,
    tool_call_id: message.toolCallId,
    tool_calls: message.toolCalls?.map((call) => ({
      id: call.id,
      type: 'function',
      function: { name: call.name, arguments: call.arguments },
    })),
  };
}

function trainerTool({ name, description, parameters }: ToolDefinition): object {
  const schema = parameters === undefined ? {} : { parameters: JSON.parse(parameters) as unknown };
  return { type: 'function', function: { name, description, ...schema } };
}
