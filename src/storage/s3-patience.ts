import { setTimeout as delay } from 'node:timers/promises';
import { asStoreError, isPassing, type S3Place } from './s3-failures.js';

/** How long, and how often, a server is waited for. */
export interface Patience {
  /** Attempts in all, the first included. */
  readonly attempts: number;
  /** Before the second attempt; twice as long each time, and between half and all of that by chance. */
  readonly firstWaitMs: number;
  readonly longestWaitMs: number;
  /** For one request without a body, and for each piece of an answer. */
  readonly timeoutMs: number;
  /** 0 up to but not including 1. */
  readonly random: () => number;
}

/**
 * Waits of at most 0.1, 0.2, 0.4, … 6.4 s: 12.7 s in all, which outlives the throttling of a bucket that splits its
 * partitions; an outage is for Temporal's retries, which wait for hours.
 */
export const USUAL_PATIENCE: Patience = {
  attempts: 8,
  firstWaitMs: 100,
  longestWaitMs: 10_000,
  timeoutMs: 30_000,
  random: Math.random,
};

/** A body of this many bytes has at least a second more: slower than 256 KiB/s no upload is waited for. */
const SLOWEST_BYTES_PER_MS = 262;

/** One request, ended by the signal when it takes too long. */
export type Ask<T> = (signal: AbortSignal) => Promise<T>;

/** A server that is asked again for a while. */
export interface PatientServer {
  readonly place: S3Place;
  readonly patience: Patience;
  /**
   * Asks until there is an answer. `beforeAgain` is told each failure, and may settle the matter with another answer.
   * @throws PrerequisiteError for what the user can mend, ProviderError for what may pass
   */
  ask<T>(
    what: string,
    request: Ask<T>,
    options?: {
      readonly bytes?: number;
      readonly beforeAgain?: (error: unknown) => Promise<T | null>;
    },
  ): Promise<T>;
}

/** Makes requests to a place in a bucket patient. */
export function createPatientServer(place: S3Place, patience: Patience): PatientServer {
  return {
    place,
    patience,
    async ask(what, request, { bytes = 0, beforeAgain } = {}) {
      const timeoutMs = patience.timeoutMs + bytes / SLOWEST_BYTES_PER_MS;
      for (let attempt = 1; ; attempt += 1) {
        try {
          return await withinTime(request, timeoutMs);
        } catch (error) {
          const settled = await beforeAgain?.(error);
          if (settled !== undefined && settled !== null) return settled;
          if (!isPassing(error) || attempt >= patience.attempts) {
            throw asStoreError(error, place, what);
          }
        }
        await delay(waitMs(patience, attempt));
      }
    },
  };
}

/** How long to wait after the attempt with this number, counted from 1. */
export function waitMs(patience: Patience, attempt: number): number {
  const longest = Math.min(patience.firstWaitMs * 2 ** (attempt - 1), patience.longestWaitMs);
  return longest * (0.5 + patience.random() / 2);
}

/** @throws what the request throws, or an error with the code `ETIMEDOUT` */
async function withinTime<T>(request: Ask<T>, timeoutMs: number): Promise<T> {
  const controller = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      reject(Object.assign(new Error('no answer in time'), { code: 'ETIMEDOUT' }));
      controller.abort();
    }, timeoutMs);
  });
  try {
    return await Promise.race([request(controller.signal), late]);
  } finally {
    clearTimeout(timer);
  }
}
