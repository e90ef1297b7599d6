import type { Configuration } from '../domain/configuration.js';
import { assertNever, invariant } from '../domain/errors.js';
import type { Example, Message } from '../domain/record.js';
import { encodeJsonl } from './jsonl.js';
import { preferenceRow, trlPreferenceRow } from './preference.js';
import { trainerMessage, trainerTool } from './trainer-parts.js';

/** What a trainer's lines are: conversations, or pairs as hosts or as TRL reads them. */
export type TrainerFormat = 'chat' | 'preference' | 'trl-preference';

/** The format of a configuration's trainer; one's own trainer reads pairs as TRL does. */
export function trainerFormatOf({
  method,
  provider,
}: Pick<Configuration['train'], 'method' | 'provider'>): TrainerFormat {
  if (method !== 'dpo') return 'chat';
  return provider === 'command' ? 'trl-preference' : 'preference';
}

/**
 * Training rows as a trainer reads them, one a line.
 * @throws InvariantError for an example without an answer, or that is to be a pair and is none: it should never have
 * come this far.
 */
export function toTrainerJsonl(
  examples: readonly Example[],
  format: TrainerFormat = 'chat',
): Uint8Array {
  return encodeJsonl(examples.map((example) => trainerRow(example, format)));
}

/** One row as the trainer reads it, before it is a line. @throws InvariantError as `toTrainerJsonl` */
export function trainerRow(example: Example, format: TrainerFormat): object {
  switch (format) {
    case 'chat':
      return chatRow(example);
    case 'preference':
      return preferenceRow(example);
    case 'trl-preference':
      return trlPreferenceRow(example);
    default:
      return assertNever(format);
  }
}

/**
 * The chat format that OpenAI's fine-tuning takes: `{"messages": […], "tools": […]}`, the assistant's answer last.
 * Where not every assistant message is trained on, each has a `weight` of 0 or 1: hosts train on all that have none.
 */
function chatRow({ id, messages, answer, toolCalls, trained = [], tools }: Example): object {
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
