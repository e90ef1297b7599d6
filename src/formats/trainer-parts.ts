import type { Message, ToolDefinition } from '../domain/record.js';

/** A message under the names that OpenAI's fine-tuning has for its parts. */
export function trainerMessage(message: Message): object {
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

/** A tool under the same names; its schema is JSON again. */
export function trainerTool({ name, description, parameters }: ToolDefinition): object {
  const schema = parameters === undefined ? {} : { parameters: JSON.parse(parameters) as unknown };
  return { type: 'function', function: { name, description, ...schema } };
}
