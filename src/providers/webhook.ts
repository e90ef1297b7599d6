import { ProviderError } from '../domain/errors.js';

const TIMEOUT_MS = 10_000;

/**
 * Posts an object as JSON, once. A redirect is not followed: what is sent goes where the configuration says.
 * @throws ProviderError; neither the address's path nor any part of the answer is in its message or its causes
 */
export async function postToWebhook(
  url: string,
  body: object,
  timeoutMs = TIMEOUT_MS,
): Promise<void> {
  const place = `the webhook at ${URL.canParse(url) ? new URL(url).host : 'an address that is none'}`;
  let response: Response;
  try {
    response = await fetch(url, {
      method: 'POST',
      redirect: 'manual',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
      signal: AbortSignal.timeout(timeoutMs),
    });
    await response.body?.cancel();
  } catch {
    throw new ProviderError(`${place} did not answer`, { status: null, isRetryable: true });
  }
  if (response.ok) return;
  const { status } = response;
  throw new ProviderError(`${place} answered ${status}`, {
    status,
    isRetryable: status === 429 || status >= 500,
  });
}
