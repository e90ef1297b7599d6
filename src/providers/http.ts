import { ProviderError } from '../domain/errors.js';

/** An OpenAI-compatible host: where it is and what it is asked with. */
export interface HostOptions {
  /** Up to and including `/v1`. */
  readonly baseURL: string;
  readonly key: string;
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
}

const TIMEOUT_MS = 60_000;

/** Codes of a 429 that no waiting cures: they are about money (OpenAI's help page on error codes). */
const BILLING_CODES = new Set([
  'insufficient_quota',
  'billing_hard_limit_reached',
  'credit_balance_exhausted',
  'organization_usage_limit_exceeded',
  'organization_spend_limit_exceeded',
  'project_spend_limit_exceeded',
]);

/**
 * Asks a host once, without any retry, and gives its JSON answer.
 * @throws ProviderError; the body of an answer is never part of the message, since it may quote secrets.
 */
export async function askHost(host: HostOptions, request: HostRequest): Promise<unknown> {
  const response = await send(host, request);
  if (!response.ok) throw await errorOf(response, request);
  try {
    return await response.json();
  } catch {
    throw new ProviderError(`${request.method} ${request.path} was answered with no JSON`, {
      status: response.status,
      isRetryable: true,
    });
  }
}

async function send(host: HostOptions, request: HostRequest): Promise<Response> {
  const { method, path, body, signal } = request;
  const limit = AbortSignal.timeout(host.timeoutMs ?? TIMEOUT_MS);
  const isForm = body instanceof FormData;
  try {
    return await (host.fetch ?? fetch)(`${host.baseURL.replace(/\/+$/u, '')}${path}`, {
      method,
      headers: {
        authorization: `Bearer ${host.key}`,
        ...(body === undefined || isForm ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: isForm ? body : JSON.stringify(body) }),
      signal: signal === undefined ? limit : AbortSignal.any([signal, limit]),
    });
  } catch (error) {
    if (signal?.aborted === true) throw error;
    const how = limit.aborted ? 'gave no answer in time' : 'could not be reached';
    throw new ProviderError(`${hostName(host.baseURL)} ${how} (${method} ${path})`, {
      status: null,
      isRetryable: true,
    });
  }
}

async function errorOf(response: Response, request: HostRequest): Promise<ProviderError> {
  const code = shortCode(await response.text().catch(() => ''));
  const { status } = response;
  const named = code === null ? '' : ` (${code})`;
  return new ProviderError(
    `${request.method} ${pathShape(request.path)} was answered with status ${status}${named}`,
    {
      status,
      isRetryable: isRetryable(status, code, response.headers.get('x-should-retry')),
      retryAfterMs: retryAfterMs(response.headers),
    },
  );
}

function isRetryable(status: number, code: string | null, hint: string | null): boolean {
  if (code !== null && BILLING_CODES.has(code)) return false;
  if (hint === 'true') return true;
  if (hint === 'false') return false;
  return status === 408 || status === 409 || status === 429 || status >= 500;
}

/** The answer's error code, where it has the shape of one: lower-case words, nothing that could be a secret. */
function shortCode(body: string): string | null {
  try {
    const { error } = JSON.parse(body) as { readonly error?: { readonly code?: unknown } };
    const code = error?.code;
    return typeof code === 'string' && /^[a-z]+(?:_[a-z]+){0,7}$/u.test(code) ? code : null;
  } catch {
    return null;
  }
}

/** `retry-after-ms`, else `retry-after` in seconds or as an HTTP date is left to the caller's own backoff. */
function retryAfterMs(headers: Headers): number | null {
  const ms = Number(headers.get('retry-after-ms') ?? Number.NaN);
  if (Number.isFinite(ms) && ms >= 0) return ms;
  const seconds = Number(headers.get('retry-after') ?? Number.NaN);
  return Number.isFinite(seconds) && seconds >= 0 ? seconds * 1000 : null;
}

function pathShape(path: string): string {
  return path.split('?')[0] ?? path;
}

function hostName(baseURL: string): string {
  try {
    return new URL(baseURL).host;
  } catch {
    return 'the provider';
  }
}
