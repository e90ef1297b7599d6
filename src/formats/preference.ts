import { invariant } from '../domain/errors.js';
import type { Example, Message } from '../domain/record.js';
import { trainerMessage, trainerTool } from './trainer-parts.js';

type Pair = Pick<Example, 'id' | 'messages' | 'answer' | 'toolCalls' | 'tools' | 'rejected'>;

/**
 * A pair as OpenAI, Azure, Together and Fireworks read it: `{"input": {"messages": […], "tools"?: […]},
 * "preferred_output": […], "non_preferred_output": […]}`, one message of the assistant in each output
 * (developers.openai.com/api/docs/guides/direct-preference-optimization).
 * @throws InvariantError for an example that is no pair: it should never have come this far.
 */
export function preferenceRow(pair: Pair): object {
  const [preferred, rejected] = answersOf(pair);
  return {
    input: { messages: pair.messages.map(trainerMessage), tools: pair.tools?.map(trainerTool) },
    preferred_output: [trainerMessage(preferred)],
    non_preferred_output: [trainerMessage(rejected)],
  };
}

/**
 * A pair as TRL's trainers read it: `{"prompt": […], "chosen": […], "rejected": […], "tools"?: […]}`
 * (huggingface.co/docs/trl, dataset formats, conversational preference with an explicit prompt). @throws InvariantError
 */
export function trlPreferenceRow(pair: Pair): object {
  const [preferred, rejected] = answersOf(pair);
  return {
    prompt: pair.messages.map(trainerMessage),
    chosen: [trainerMessage(preferred)],
    rejected: [trainerMessage(rejected)],
    tools: pair.tools?.map(trainerTool),
  };
}

function answersOf({ id, answer, toolCalls, rejected }: Pair): readonly [Message, Message] {
  invariant(answer !== null && rejected !== undefined, `the training example ${id} is no pair`);
  return [
    { role: 'assistant', content: answer, ...(toolCalls !== undefined && { toolCalls }) },
    { role: 'assistant', ...rejected },
  ];
}
