import { ProviderError } from '../domain/errors.js';
import { type Advice, refusalOf, silenceOf, strangeAnswer } from './host-error.js';

/** A host: where it is and what it is asked with. */
export interface HostOptions {
  /** Up to and including `/v1`. */
  readonly baseURL: string;
  readonly key: string;
  /** The header that carries the key; a Bearer token where absent. */
  readonly keyHeader?: 'authorization' | 'api-key';
  /** Stands in for the global `fetch` in tests. */
  readonly fetch?: typeof fetch;
  /** Milliseconds until a request without an answer is given up; 60 s where absent. */
  readonly timeoutMs?: number;
}

export interface HostRequest {
  readonly method: 'GET' | 'POST' | 'DELETE';
  /** Below the base URL, with a leading slash. */
  readonly path: string;
  readonly body?: object | FormData;
  readonly signal?: AbortSignal | undefined;
  /** Added to the host's time limit, for what takes long to send. */
  readonly extraTimeMs?: number;
  /** What to do about a refusal, where that is known. */
  readonly advice?: Advice;
  /** Is told the headers of an answer, a refusal's too. */
  readonly heed?: ((headers: Headers) => void) | undefined;
}

const TIMEOUT_MS = 60_000;

/**
 * Asks a host once, without any retry, and gives its JSON answer. A redirect is not followed: what is
 * sent goes where the configuration says and nowhere else.
 * @throws ProviderError; neither the key nor any part of the answer's text is in its message or its causes.
 */
export async function askHost(host: HostOptions, request: HostRequest): Promise<unknown> {
  const what = describeRequest(host, request);
  const limit = AbortSignal.timeout((host.timeoutMs ?? TIMEOUT_MS) + (request.extraTimeMs ?? 0));
  const response = await send(host, request, limit, what);
  request.heed?.(response.headers);
  if (!response.ok) throw await refusalOf(response, what, request.advice);
  let text: string;
  try {
    text = await response.text();
  } catch (error) {
    request.signal?.throwIfAborted();
    throw silenceOf(error, limit.aborted, what);
  }
  try {
    return JSON.parse(text) as unknown;
  } catch {
    throw strangeAnswer(what, response.status);
  }
}

async function send(
  host: HostOptions,
  { method, path, body, signal }: HostRequest,
  limit: AbortSignal,
  what: string,
): Promise<Response> {
  assertUsable(host);
  const isForm = body instanceof FormData;
  try {
    return await (host.fetch ?? fetch)(`${host.baseURL.replace(/\/+$/u, '')}${path}`, {
      method,
      redirect: 'manual',
      headers: {
        ...keyHeader(host),
        ...(body === undefined || isForm ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: isForm ? body : JSON.stringify(body) }),
      signal: signal === undefined ? limit : AbortSignal.any([signal, limit]),
    });
  } catch (error) {
    signal?.throwIfAborted();
    throw silenceOf(error, limit.aborted, what);
  }
}

function keyHeader({ key, keyHeader: name }: HostOptions): Record<string, string> {
  return name === 'api-key' ? { 'api-key': key } : { authorization: `Bearer ${key}` };
}

/** An address or a key that no request can carry is no outage: asking again would not help. */
function assertUsable({ baseURL, key }: HostOptions): void {
  const problem = !/^https?:$/u.test(URL.canParse(baseURL) ? new URL(baseURL).protocol : '')
    ? 'the base URL of the provider is no http(s) address'
    : /^[\x21-\x7e]+$/u.test(key)
      ? null
      : 'the key of the provider is empty or holds characters that a key has not (a line end?)';
  if (problem === null) return;
  throw new ProviderError(problem, { status: null, isRetryable: false, wasSent: false });
}

/** `GET /files of api.example.org`: no query, no key. */
export function describeRequest(
  { baseURL }: Pick<HostOptions, 'baseURL'>,
  { method, path }: Pick<HostRequest, 'method' | 'path'>,
): string {
  const host = URL.canParse(baseURL) ? new URL(baseURL).host : 'the provider';
  return `${method} ${path.split('?')[0] ?? ''} of ${host}`;
}
