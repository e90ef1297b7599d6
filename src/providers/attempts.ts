import { ProviderError } from '../domain/errors.js';

export interface Patience {
  readonly sleep: (ms: number) => Promise<void>;
  /** Attempts in all, the first included; 5 where absent. */
  readonly attempts?: number;
}

const ATTEMPTS = 5;
const FIRST_WAIT_MS = 500;
/** Longer than this no answer is worth; a host that wants more is given up. */
const LONGEST_WAIT_MS = 60_000;

/**
 * Asks until there is an answer: throttling and hiccups are waited out as long as the host says, else twice as
 * long each time. @throws the last attempt's ProviderError, and any other error at once.
 */
export async function askPatiently<Answer>(
  { sleep, attempts = ATTEMPTS }: Patience,
  ask: () => Promise<Answer>,
  signal: AbortSignal | undefined,
): Promise<Answer> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await ask();
    } catch (error) {
      if (!(error instanceof ProviderError) || !error.isRetryable || attempt >= attempts)
        throw error;
      const waitMs = error.retryAfterMs ?? FIRST_WAIT_MS * 2 ** (attempt - 1);
      if (waitMs > LONGEST_WAIT_MS) throw error;
      await sleep(waitMs);
      signal?.throwIfAborted();
    }
  }
}
