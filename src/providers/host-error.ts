import { ProviderError } from '../domain/errors.js';

/** Codes of a 429 or 403 that no waiting cures: they are about money. */
const BILLING_CODES = new Set([
  'insufficient_quota',
  'exceeded_quota',
  'billing_hard_limit_reached',
  'billing_limit',
  'billing_not_active',
  'account_deactivated',
  'credit_balance_exhausted',
  'insufficient_balance',
  'organization_usage_limit_exceeded',
  'organization_spend_limit_exceeded',
  'project_spend_limit_exceeded',
]);

/**
 * Codes that may be repeated. A list, not a shape: a host can put anything into its error, and whatever is
 * not known here stays there.
 */
const KNOWN_CODES = new Set([
  ...BILLING_CODES,
  'content_filter',
  'content_policy_violation',
  'context_length_exceeded',
  'daily_rate_limit_exceeded',
  'engine_overloaded',
  'file_not_found',
  'fine_tune_not_found',
  'invalid_api_key',
  'invalid_file',
  'invalid_file_format',
  'invalid_n_examples',
  'invalid_request_error',
  'invalid_training_file',
  'invalid_type',
  'invalid_validation_file',
  'invalid_value',
  'job_not_found',
  'missing_required_parameter',
  'model_not_available',
  'model_not_found',
  'model_overloaded',
  'permission_denied',
  'rate_limit_exceeded',
  'resource_not_found',
  'server_error',
  'string_above_max_length',
  'training_file_too_large',
  'unknown_parameter',
  'unsupported_country_region_territory',
  'unsupported_parameter',
  'unsupported_value',
  'user_error',
]);

/** What to do about a refusal, by its code. */
export type Advice = ReadonlyMap<string, string>;

/** Whether a code is about money. */
export function isBillingCode(code: string | null): boolean {
  return code !== null && BILLING_CODES.has(code);
}

/** The code if it is one that hosts are known to use, else `null`. */
export function knownCode(code: unknown): string | null {
  return typeof code === 'string' && KNOWN_CODES.has(code) ? code : null;
}

/**
 * What a host's refusal means. Of its answer only the status and a known code are told: the text may quote
 * keys and prompts.
 *
 * Retryable are 408, 409, 429 and 5xx, unless it is about money (402, or such a code) or `x-should-retry` says
 * otherwise. `advice` is what to do about a code, by the code.
 */
export async function refusalOf(
  response: Response,
  what: string,
  advice: Advice = new Map(),
): Promise<ProviderError> {
  const code = codeOf(await response.text().catch(() => ''));
  const { status, headers } = response;
  const named = code === null ? '' : ` (${code})`;
  const isRedirect = status >= 300 && status < 400;
  const redirected = isRedirect ? ', a redirect; give the address it leads to as baseURL' : '';
  const known = advice.get(code ?? '');
  const advised = known === undefined ? redirected : `${redirected}: ${known}`;
  return new ProviderError(`${what} was answered with status ${status}${named}${advised}`, {
    status,
    isRetryable: isRetryable(status, code, headers.get('x-should-retry')),
    retryAfterMs: retryAfterMs(headers),
    isMoney: isMoney(status, code),
  });
}

/** A request that got no answer. `cause` tells only its system code, e.g. `ECONNREFUSED`. */
export function silenceOf(cause: unknown, isTimeout: boolean, what: string): ProviderError {
  const code = systemCode(cause);
  const how = isTimeout ? 'in time' : code === null ? '' : `(${code})`;
  const message = `${what} got no answer${how === '' ? '' : ` ${how}`}`;
  const wasSent = code === null || !NEVER_SENT.has(code);
  return new ProviderError(message, { status: null, isRetryable: true, wasSent });
}

/** System codes of a connection that never stood. */
const NEVER_SENT = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'UND_ERR_CONNECT_TIMEOUT',
]);

/** An answer that is not what the protocol says: another kind of server, so asking again would not help. */
export function strangeAnswer(what: string, status: number): ProviderError {
  return new ProviderError(
    `${what} was answered in another shape than the provider's protocol has`,
    {
      status,
      isRetryable: false,
    },
  );
}

function isRetryable(status: number, code: string | null, hint: string | null): boolean {
  if (isMoney(status, code)) return false;
  if (hint === 'true') return true;
  if (hint === 'false') return false;
  return status === 408 || status === 409 || status === 429 || status >= 500;
}

function isMoney(status: number, code: string | null): boolean {
  return status === 402 || isBillingCode(code);
}

function codeOf(body: string): string | null {
  try {
    const { error } = JSON.parse(body) as {
      readonly error?: { readonly code?: unknown; readonly type?: unknown };
    };
    return knownCode(error?.code) ?? knownCode(error?.type);
  } catch {
    return null;
  }
}

/** `retry-after-ms`, else `retry-after` in seconds, or as a date less the date of the answer itself. */
function retryAfterMs(headers: Headers): number | null {
  const after = headers.get('retry-after');
  const waits = [
    numberOf(headers.get('retry-after-ms')),
    numberOf(after) * 1000,
    Date.parse(after ?? '') - Date.parse(headers.get('date') ?? ''),
  ];
  return waits.find((wait) => Number.isFinite(wait) && wait >= 0) ?? null;
}

function numberOf(text: string | null): number {
  return text === null || text.trim() === '' ? Number.NaN : Number(text);
}

/** The system's code of an error or of what caused it. */
function systemCode(error: unknown): string | null {
  if (!(error instanceof Error)) return null;
  const { code } = error as { readonly code?: unknown };
  if (typeof code === 'string' && /^[A-Z][A-Z0-9_]{2,39}$/u.test(code)) return code;
  return systemCode(error.cause);
}
