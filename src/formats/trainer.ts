import { invariant } from '../domain/errors.js';
import type { Example, Message } from '../domain/record.js';
import { encodeJsonl } from './jsonl.js';

/**
 * Training rows in the chat format that OpenAI's fine-tuning takes: `{"messages": […]}` per line, the
 * assistant's answer last.
 * @throws InvariantError for an example without an answer: it should never have come this far.
 */
export function toTrainerJsonl(examples: readonly Example[]): Uint8Array {
  return encodeJsonl(examples.map(trainerRow));
}

function trainerRow({ id, messages, answer }: Example): object {
  invariant(answer !== null, `the training example ${id} has no answer`);
  return { messages: [...messages.map(trainerMessage), { role: 'assistant', content: answer }] };
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
