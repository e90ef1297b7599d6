import { ApplicationFailure, CancelledFailure } from '@temporalio/common';
import {
  ConfigError,
  DataError,
  InvariantError,
  PrerequisiteError,
  ProviderError,
} from '../src/domain/errors.js';
import { UNPAID_FAILURE } from '../src/domain/parked.js';

/** Activities that wait until what is missing is there again: nobody would start them anew. */
const WAITING: readonly string[] = ['recordPromotionEnd'];

/**
 * The one table from errors to Temporal's failures. Messages of our own classes are written to hold no
 * user's text; of any other error only its class and system code are told, since `JSON.parse`, zod and
 * HTTP clients quote their input. No cause is attached for the same reason.
 *
 * | class | type | retried |
 * |---|---|---|
 * | ConfigError, PrerequisiteError, DataError, InvariantError | its name | no |
 * | PrerequisiteError in `recordPromotionEnd` | its name | yes |
 * | ProviderError over a bill or a quota | Unpaid: a run is parked with it | no |
 * | any other ProviderError | ProviderError | as it says, after `retryAfterMs` |
 * | anything else | its class | yes |
 */
export function toFailure(error: unknown, activity: string): Error {
  if (error instanceof ApplicationFailure || error instanceof CancelledFailure) return error;
  if (error instanceof ProviderError) {
    return ApplicationFailure.create({
      message: error.message,
      type: error.isMoney ? UNPAID_FAILURE : error.name,
      nonRetryable: error.isMoney || !error.isRetryable,
      ...(error.retryAfterMs === null ? {} : { nextRetryDelay: error.retryAfterMs }),
    });
  }
  if (error instanceof DataError) {
    return ApplicationFailure.nonRetryable(error.message, error.name, error.code);
  }
  if (error instanceof PrerequisiteError && WAITING.includes(activity)) {
    return ApplicationFailure.retryable(error.message, error.name);
  }
  if (
    error instanceof ConfigError ||
    error instanceof PrerequisiteError ||
    error instanceof InvariantError
  ) {
    return ApplicationFailure.nonRetryable(error.message, error.name);
  }
  return ApplicationFailure.retryable(`${activity} failed: ${describe(error)}`, nameOf(error));
}

/** Wraps every activity of a factory, so that whatever it throws goes through the table. */
export function withFailures<T extends object>(activities: T): T {
  return Object.fromEntries(
    Object.entries(activities).map(([name, activity]) => [
      name,
      async (input: unknown): Promise<unknown> => {
        try {
          return await (activity as (input: unknown) => Promise<unknown>)(input);
        } catch (error) {
          throw toFailure(error, name);
        }
      },
    ]),
  ) as T;
}

function nameOf(error: unknown): string {
  return error instanceof Error ? error.name : 'Error';
}

function describe(error: unknown): string {
  const { code, syscall } = (error ?? {}) as {
    readonly code?: unknown;
    readonly syscall?: unknown;
  };
  const parts = [nameOf(error), code, syscall].filter((part) => typeof part === 'string');
  return parts.join(' ');
}
