import type { ServerResponse } from 'node:http';
import type { Message } from '../../src/domain/record.js';
import type { JudgeConfiguration } from '../../src/domain/judging.js';
import { createChatClient } from '../../src/providers/openai-chat.js';
import type { ChatClient } from '../../src/domain/chat.js';
import { startLocalHost, type Asked } from './local-host.js';

export const JUDGE_MODEL = 'judge-7b-2026-01-15';

/** What a judge is shown of the answers. */
export interface ShownPair {
  readonly conversation: readonly { readonly role: string; readonly text: string }[];
  readonly first: { readonly text: string };
  readonly second: { readonly text: string };
  readonly reference?: string;
}

/** A judge's way: the content of its reply, or anything else that it does with the response. */
export type JudgeWay = (pair: ShownPair, index: number, response: ServerResponse) => unknown;

/** A judge on a real server of its own; `served` says, by the number of the question, what it answers as. */
export async function startJudge(
  way: JudgeWay,
  served: (index: number) => string | null = () => JUDGE_MODEL,
): Promise<{
  readonly judge: JudgeConfiguration;
  readonly client: ChatClient;
  readonly asked: readonly Asked[];
}> {
  const { baseURL, asked } = await startLocalHost((question, index, response) => {
    const content = way(pairIn(question), index, response);
    if (typeof content !== 'string') return content;
    const model = served(index);
    return {
      ...(model === null ? {} : { model }),
      choices: [{ message: { content }, finish_reason: 'stop' }],
      usage: { prompt_tokens: 40, completion_tokens: 5 },
    };
  });
  const client = createChatClient({ baseURL, key: 'k', sleep: async () => undefined, attempts: 1 });
  const judge = {
    baseURL,
    model: JUDGE_MODEL,
    keyVariable: 'JUDGE_KEY',
    concurrency: 3,
    maximumTokens: 50,
    revision: 1,
  };
  return { judge, client, asked };
}

/** The answers as the judge saw them. */
export function pairIn({ body }: Asked): ShownPair {
  const { messages } = body as { readonly messages: readonly Message[] };
  return JSON.parse(messages.at(-1)?.content ?? '{}') as ShownPair;
}

/** Prefers the answer that says it is good, wherever it stands. */
export const honest: JudgeWay = ({ first, second }) => {
  const [one, other] = [first, second].map(({ text }) => text.includes('good'));
  return JSON.stringify({ better: one === other ? 'tie' : one === true ? 'first' : 'second' });
};

/** Prefers whatever it is shown first. */
export const biased: JudgeWay = () => '{"better": "first"}';
