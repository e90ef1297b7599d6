import type { ChatRequest } from '../domain/chat.js';
import type { Message, ToolDefinition } from '../domain/record.js';

/** The body of a request for a completion, in the words of the protocol; a host's own parameters decide nothing that is ours. */
export function toBody(request: ChatRequest): object {
  const { model, messages, temperature, maximumTokens, tools } = request;
  const { parameters, limitField = 'max_tokens' } = request;
  return {
    ...parameters,
    model,
    messages: messages.map(toWire),
    ...(temperature === null ? {} : { temperature }),
    [limitField]: maximumTokens,
    ...(tools === undefined ? {} : { tools: tools.map(toWireTool) }),
  };
}

function toWire({ role, content, toolCalls, toolCallId }: Message): object {
  return {
    role,
    content,
    ...(toolCallId === undefined ? {} : { tool_call_id: toolCallId }),
    ...(toolCalls === undefined
      ? {}
      : {
          tool_calls: toolCalls.map((call) => ({
            id: call.id,
            type: 'function',
            function: { name: call.name, arguments: call.arguments },
          })),
        }),
  };
}

function toWireTool({ name, description, parameters }: ToolDefinition): object {
  const schema = parameters === undefined ? {} : { parameters: JSON.parse(parameters) as unknown };
  return { type: 'function', function: { name, description, ...schema } };
}
