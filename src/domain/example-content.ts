import type { Example } from './record.js';

/** What a training example's content is: all that is trained on, and what decides that it is. */
type Content = Pick<
  Example,
  'messages' | 'answer' | 'toolCalls' | 'trained' | 'tools' | 'rejected'
>;

/** What an example's content digest is made of, as canonical JSON. */
export function exampleContent({
  messages,
  answer,
  toolCalls,
  trained,
  tools,
  rejected,
}: Content): readonly unknown[] {
  const more = {
    ...(toolCalls !== undefined && { toolCalls }),
    ...(trained !== undefined && { trained }),
    ...(tools !== undefined && { tools }),
    ...(rejected !== undefined && { rejected }),
  };
  return Object.keys(more).length > 0 ? [messages, answer, more] : [messages, answer];
}
