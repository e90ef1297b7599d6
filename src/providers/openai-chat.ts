import { z } from 'zod';
import type { ChatAnswer, ChatClient, ChatRequest } from '../domain/chat.js';
import { ProviderError } from '../domain/errors.js';
import type { Message } from '../domain/record.js';
import { strangeAnswer } from './host-error.js';
import type { HostOptions } from './http.js';
import { askHost } from './http.js';

export interface ChatClientOptions extends HostOptions {
  readonly sleep: (ms: number) => Promise<void>;
  /** Attempts in all, the first included; 5 where absent. */
  readonly attempts?: number;
}

const ATTEMPTS = 5;
const FIRST_WAIT_MS = 500;
/** Longer than this no answer is worth; a host that wants more is given up. */
const LONGEST_WAIT_MS = 60_000;

const completion = z.object({
  choices: z
    .array(
      z.object({
        message: z.object({ content: z.string().nullable() }),
        finish_reason: z.string().nullish(),
      }),
    )
    .min(1),
  usage: z.object({ prompt_tokens: z.number(), completion_tokens: z.number() }).partial().nullish(),
});

/**
 * A chat client of an OpenAI-compatible host. Asking again costs little, so throttling and hiccups are
 * waited out: as long as the host says, else twice as long each time.
 */
export function createChatClient(options: ChatClientOptions): ChatClient {
  return {
    complete: async (request, signal) => {
      for (let attempt = 1; ; attempt += 1) {
        try {
          return await ask(options, request, signal);
        } catch (error) {
          const isLast = attempt >= (options.attempts ?? ATTEMPTS);
          if (!(error instanceof ProviderError) || !error.isRetryable || isLast) throw error;
          const waitMs = error.retryAfterMs ?? FIRST_WAIT_MS * 2 ** (attempt - 1);
          if (waitMs > LONGEST_WAIT_MS) throw error;
          await options.sleep(waitMs);
          signal?.throwIfAborted();
        }
      }
    },
  };
}

async function ask(
  host: HostOptions,
  request: ChatRequest,
  signal: AbortSignal | undefined,
): Promise<ChatAnswer> {
  const { model, messages, temperature, maximumTokens } = request;
  const body = { model, messages: messages.map(toWire), temperature, max_tokens: maximumTokens };
  const answered = await askHost(host, { method: 'POST', path: '/chat/completions', body, signal });
  const parsed = completion.safeParse(answered);
  const choice = parsed.data?.choices[0];
  if (choice === undefined) throw strangeAnswer('POST /chat/completions', 200);
  return {
    content: choice.message.content ?? '',
    finishReason: choice.finish_reason ?? null,
    promptTokens: parsed.data?.usage?.prompt_tokens ?? 0,
    completionTokens: parsed.data?.usage?.completion_tokens ?? 0,
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
