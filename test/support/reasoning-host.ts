import type { ServerResponse } from 'node:http';
import { type Asked, startLocalHost } from './local-host.js';

/** What a reasoning model's host is sent. */
export interface ReasoningBody {
  readonly model: string;
  readonly max_tokens?: number;
  readonly max_completion_tokens?: number;
  readonly temperature?: number;
  readonly [name: string]: unknown;
}

export function bodyOf({ body }: Asked): ReasoningBody {
  return body as ReasoningBody;
}

/**
 * A host that refuses what OpenAI's does of its reasoning models, with its codes: `max_tokens`, any temperature but 1, and
 * parameters that nobody knows. `answer` gives the content, and how it ended where that is not `stop`.
 */
export async function startReasoningHost(
  answer: (body: ReasoningBody, index: number) => string | readonly [string | null, string],
): Promise<{ readonly baseURL: string; readonly asked: readonly Asked[] }> {
  return startLocalHost((asked, index, response) => {
    const body = bodyOf(asked);
    if (body.max_tokens !== undefined) return refusal(response, 'unsupported_parameter');
    if ((body.temperature ?? 1) !== 1) return refusal(response, 'unsupported_value');
    if ('chat_template_kwargs' in body) return refusal(response, 'unknown_parameter');
    const given = answer(body, index);
    const [content, finish] = typeof given === 'string' ? [given, 'stop'] : given;
    return {
      model: body.model,
      choices: [{ message: { content }, finish_reason: finish }],
      usage: { prompt_tokens: 10, completion_tokens: 5 },
    };
  });
}

function refusal(response: ServerResponse, code: string): object {
  response.statusCode = 400;
  return { error: { message: 'planted-secret', type: 'invalid_request_error', code } };
}
