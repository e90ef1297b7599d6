import { z } from 'zod';
import type { ChatAnswer, ChatClient, ChatRequest } from '../domain/chat.js';
import type { HostManner } from '../domain/manner.js';
import { withoutThought } from '../domain/thought.js';
import { estimateTokens } from '../domain/tokens.js';
import { type Patience, askPatiently } from './attempts.js';
import type { HostGate } from './capacity/host-gate.js';
import { toBody } from './chat-body.js';
import { strangeAnswer } from './host-error.js';
import { askHost, describeRequest, type HostOptions } from './http.js';

export interface ChatClientOptions extends HostOptions, Patience {
  /** The way to the host that is shared with others; without one each request is patient by itself. */
  readonly gate?: HostGate;
  /** Milliseconds since 1970, never going back; where absent nothing is measured. */
  readonly now?: () => number;
}

const ROUTE = { method: 'POST', path: '/chat/completions' } as const;

const OTHER_MANNER =
  'the host takes not all that it is sent; reasoning models of OpenAI are asked with "limitField: max_completion_tokens" ' +
  'and "temperature: null" in the section that names the host';
const ADVICE = new Map(
  ['unsupported_parameter', 'unsupported_value', 'unknown_parameter'].map((code) => [
    code,
    OTHER_MANNER,
  ]),
);

const toolCall = z.object({
  id: z.string().default(''),
  function: z.object({
    name: z.string(),
    // Some hosts give the value, not its text.
    arguments: z.union([
      z.string(),
      z.record(z.string(), z.unknown()).transform((value) => JSON.stringify(value)),
    ]),
  }),
});

const completion = z.object({
  model: z.string().nullish(),
  choices: z
    .array(
      z.object({
        message: z.object({
          content: z.string().nullish(),
          tool_calls: z.array(toolCall).nullish(),
        }),
        finish_reason: z.string().nullish(),
      }),
    )
    .min(1),
  usage: z.object({ prompt_tokens: z.number(), completion_tokens: z.number() }).partial().nullish(),
});

/**
 * A chat client of an OpenAI-compatible host. Asking again costs little, so throttling and hiccups are
 * waited out: through a gate as one of all that ask the host.
 */
export function createChatClient(options: ChatClientOptions): ChatClient {
  const { gate } = options;
  return {
    complete: (request, signal) =>
      gate === undefined
        ? askPatiently(options, () => ask(options, request, signal), signal)
        : askThrough(gate, options, request, signal),
  };
}

/** How long a host is waited for, as its section says. */
export function waitOf({
  timeoutSeconds,
}: Pick<HostManner, 'timeoutSeconds'>): Pick<HostOptions, 'timeoutMs'> {
  return timeoutSeconds === undefined ? {} : { timeoutMs: timeoutSeconds * 1000 };
}

/** Hosts count a request as its prompt and the longest answer that it allows, and correct that by the answer. */
function askThrough(
  gate: HostGate,
  options: ChatClientOptions,
  request: ChatRequest,
  signal: AbortSignal | undefined,
): Promise<ChatAnswer> {
  const gated = {
    what: describeRequest(options, ROUTE),
    tokens: estimateTokens(request.messages, request.tools) + request.maximumTokens,
    ask: (heed: (headers: Headers) => void) => ask(options, request, signal, heed),
    tokensOf: ({ promptTokens, completionTokens }: ChatAnswer) => {
      const tokens = promptTokens + completionTokens;
      return tokens === 0 ? null : tokens;
    },
  };
  return gate.send(gated, signal);
}

async function ask(
  host: ChatClientOptions,
  request: ChatRequest,
  signal: AbortSignal | undefined,
  heed?: (headers: Headers) => void,
): Promise<ChatAnswer> {
  const sentAt = host.now?.();
  const answered = await askHost(host, {
    ...ROUTE,
    body: toBody(request),
    signal,
    heed,
    advice: ADVICE,
  });
  const measured = sentAt === undefined ? null : measure(sentAt, host.now?.() ?? sentAt);
  const parsed = completion.safeParse(answered);
  const choice = parsed.data?.choices[0];
  if (choice === undefined) throw strangeAnswer('POST /chat/completions', 200);
  const toolCalls = (choice.message.tool_calls ?? []).map(({ id, function: called }) => ({
    id,
    ...called,
  }));
  return {
    ...spoken(choice.message.content ?? '', choice.finish_reason ?? null, request),
    ...(parsed.data?.model ? { model: parsed.data.model } : {}),
    ...(toolCalls.length === 0 ? {} : { toolCalls }),
    promptTokens: parsed.data?.usage?.prompt_tokens ?? 0,
    completionTokens: parsed.data?.usage?.completion_tokens ?? 0,
    ...(measured && { measured }),
  };
}

/** What was answered and how it ended: a thought that never did was cut off, also where the host calls that an end. */
function spoken(
  given: string,
  finishReason: string | null,
  { reasoning }: ChatRequest,
): Pick<ChatAnswer, 'content' | 'finishReason'> {
  if (reasoning !== 'strip') return { content: given, finishReason };
  const { content, isUnfinished } = withoutThought(given);
  const isCut = isUnfinished && (finishReason ?? 'stop') === 'stop';
  return { content, finishReason: isCut ? 'length' : finishReason };
}

function measure(sentAt: number, now: number): NonNullable<ChatAnswer['measured']> {
  return { latencyMs: Math.round(now - sentAt), day: new Date(now).toISOString().slice(0, 10) };
}
