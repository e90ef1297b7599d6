/** A request as a scripted host saw it. */
export interface SeenRequest {
  readonly method: string;
  readonly url: URL;
  readonly headers: Headers;
  readonly body: unknown;
}

/** What a scripted host answers: a response, or an error in its place. */
export type Script = (request: SeenRequest, index: number) => Response | Error;

/** Stands in for `fetch`: answers by a script and keeps what it was asked. */
export function scriptedHost(script: Script): {
  readonly fetch: typeof fetch;
  readonly seen: readonly SeenRequest[];
} {
  const seen: SeenRequest[] = [];
  const answer: typeof fetch = async (input, init) => {
    const { body } = init ?? {};
    const request: SeenRequest = {
      method: init?.method ?? 'GET',
      url: new URL(input instanceof Request ? input.url : input),
      headers: new Headers(init?.headers),
      body: typeof body === 'string' ? (JSON.parse(body) as unknown) : body,
    };
    seen.push(request);
    const response = script(request, seen.length - 1);
    if (response instanceof Error) throw response;
    return response;
  };
  return { fetch: answer, seen };
}

export function jsonResponse(
  body: unknown,
  status = 200,
  headers: Readonly<Record<string, string>> = {},
): Response {
  return new Response(JSON.stringify(body), { status, headers });
}

/** An error as OpenAI's API words it, with a message that nobody may repeat. */
export function errorResponse(
  status: number,
  code: string | null,
  message = 'planted-secret sk-1234567890abcdefghij',
  headers: Readonly<Record<string, string>> = {},
): Response {
  return jsonResponse({ error: { message, type: message, param: message, code } }, status, headers);
}

/** Everything that an error tells anyone: messages, stacks and own members, down the chain of causes. */
export function everythingToldBy(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const own = JSON.stringify(Object.assign({}, error));
  return [error.message, error.stack, own, everythingToldBy(error.cause)].join('\n');
}
