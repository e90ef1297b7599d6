import type { Message } from '../../src/domain/record.js';
import { refuse, startLocalHost } from './local-host.js';
import { draw } from './traffic.js';

/** Folders that messages are filed in, each with ten words of its own; six of them stand in every message. */
export const FOLDERS = [
  'billing',
  'shipping',
  'login',
  'returns',
  'legal',
  'press',
  'jobs',
  'spam',
];

/** Folders that the base model knows without having been shown any. */
const KNOWN = FOLDERS.slice(0, 3);

/** Words that the base model reads before it forgets the rest of a prompt, the question at its end included. */
const WINDOW_WORDS = 400;

export interface FiledMessage {
  readonly text: string;
  readonly folder: string;
}

/** A message whose folder follows from its words; its other words stand in no other. */
export function makeMessage(name: string, index: number): FiledMessage {
  const folder = FOLDERS[Math.floor(draw(name, index, 'folder') * FOLDERS.length)] ?? 'spam';
  const own = Array.from({ length: 10 }, (_, word) => `${folder}word${'abcdefghij'[word]}`);
  const picked = own
    .map((word) => ({ word, at: draw(name, index, word) }))
    .sort((a, b) => a.at - b.at)
    .slice(0, 6);
  const words = picked.flatMap(({ word }, at) => [word, letters(`${name}-${index}-${at}`)]);
  return { text: words.join(' '), folder };
}

/** A word of letters alone that stands for a name. */
function letters(name: string): string {
  return Array.from({ length: 9 }, (_, at) =>
    String.fromCharCode(97 + Math.floor(draw(name, 'letter', at) * 26)),
  ).join('');
}

/**
 * A chat host with a base model that learns from the examples in its prompt, by the nearest of them, as far as its window
 * reaches: too many, and it never comes to the question. A model `ft:N` has been trained: it is right on N % of messages.
 * Prompts of more than `longestPrompt` messages are refused.
 */
export async function startPromptedHost({ longestPrompt = Infinity } = {}): Promise<{
  readonly baseURL: string;
  readonly asked: readonly { readonly body: unknown }[];
}> {
  return startLocalHost(({ body }, _index, response) => {
    const { model, messages } = body as { model: string; messages: readonly Message[] };
    if (messages.length > longestPrompt) return refuse(response, 400);
    const trained = /^ft:(\d+)$/.exec(model)?.[1];
    const content =
      trained === undefined ? baseAnswer(messages) : trainedAnswer(messages, Number(trained) / 100);
    const choices = [{ message: { role: 'assistant', content }, finish_reason: 'stop' }];
    const words = messages.reduce((sum, message) => sum + message.content.split(' ').length, 0);
    return { choices, usage: { prompt_tokens: words, completion_tokens: 1 } };
  });
}

function trainedAnswer(messages: readonly Message[], share: number): string {
  const question = messages.at(-1)?.content ?? '';
  const isRight = draw(question, 'trained') < share;
  return isRight ? (FOLDERS.find((folder) => question.includes(folder)) ?? '') : 'elsewhere';
}

function baseAnswer(messages: readonly Message[]): string {
  let left = WINDOW_WORDS;
  const read = messages.map(({ role, content }) => {
    const words = content.split(' ').slice(0, left);
    left -= words.length;
    return { role, words };
  });
  const question = new Set(read.at(-1)?.words);
  const examples = read.flatMap(({ role, words }, index) => {
    const before = read[index - 1];
    return role === 'assistant' && before !== undefined
      ? [
          {
            folder: words.join(' '),
            common: before.words.filter((word) => question.has(word)).length,
          },
        ]
      : [];
  });
  const [nearest] = examples.sort((a, b) => b.common - a.common);
  if (nearest !== undefined && nearest.common > 0) return nearest.folder;
  const known = KNOWN.find((folder) => [...question].some((word) => word.startsWith(folder)));
  return known ?? 'elsewhere';
}
