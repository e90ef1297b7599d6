import { ProviderError } from '../domain/errors.js';
import { refusalOf, silenceOf } from './host-error.js';
import type { HostOptions } from './http.js';

/** A file that a host wants sent to an address of its own making. */
export interface SignedUpload {
  /** Whoever has it may write there: it is in no message. */
  readonly url: string;
  readonly bytes: Uint8Array;
  readonly headers: Readonly<Record<string, string>>;
  readonly timeoutMs: number;
  readonly signal: AbortSignal | undefined;
}

/**
 * Sends a file to a signed address, once and without the host's key; a redirect is not followed. An address that is
 * less protected than the host's own is refused.
 * @throws ProviderError
 */
export async function sendSigned(host: HostOptions, upload: SignedUpload): Promise<void> {
  const { url, bytes, headers, timeoutMs, signal } = upload;
  const protocol = URL.canParse(url) ? new URL(url).protocol : '';
  const what = `PUT of the training file to the address that ${new URL(host.baseURL).host} gave`;
  if (protocol !== 'https:' && protocol !== new URL(host.baseURL).protocol) {
    const message = `${what}: the address is no https one`;
    throw new ProviderError(message, { status: null, isRetryable: false, wasSent: false });
  }
  const limit = AbortSignal.timeout(timeoutMs);
  let response: Response;
  try {
    response = await (host.fetch ?? fetch)(url, {
      method: 'PUT',
      redirect: 'manual',
      headers,
      body: new Blob([new Uint8Array(bytes)]),
      signal: signal === undefined ? limit : AbortSignal.any([signal, limit]),
    });
  } catch (error) {
    signal?.throwIfAborted();
    throw silenceOf(error, limit.aborted, what);
  }
  if (!response.ok) throw await refusalOf(response, what);
  await response.body?.cancel();
}
