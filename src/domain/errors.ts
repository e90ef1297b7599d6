/** What the user can fix in the configuration or the command line; printed without a stack trace. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
}

/** Something outside holdfast is missing (a program, a key, a reachable server); the message says how to get it. */
export class PrerequisiteError extends Error {
  override readonly name = 'PrerequisiteError';
}

/**
 * This record, shard, file or stored object is bad.
 * `code` is a stable reason code (`eval-set-changed`, `object-missing`); the message never quotes a user's text.
 */
export class DataError extends Error {
  override readonly name = 'DataError';
  readonly code: string;

  constructor(code: string, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

/**
 * A host that is asked over the network (a model provider, an object store) answered with an error, or not at all.
 * The body of the answer is never part of the message.
 */
export class ProviderError extends Error {
  override readonly name = 'ProviderError';
  /** HTTP status, or `null` where no answer came. */
  readonly status: number | null;
  readonly isRetryable: boolean;
  /** How long the host asked to wait, or `null`. */
  readonly retryAfterMs: number | null;
  /** A matter of its bill or a quota: no waiting cures it, a person has to. */
  readonly isMoney: boolean;
  /** Whether what was asked for may have been done all the same: the answer was lost, or does not say. */
  readonly mayHaveHappened: boolean;

  constructor(
    message: string,
    details: {
      readonly status: number | null;
      readonly isRetryable: boolean;
      readonly retryAfterMs?: number | null;
      readonly isMoney?: boolean;
      /** `false` where the request never left, so that nothing can have come of it. */
      readonly wasSent?: boolean;
      readonly cause?: unknown;
    },
  ) {
    super(message, { cause: details.cause });
    this.status = details.status;
    this.isRetryable = details.isRetryable;
    this.retryAfterMs = details.retryAfterMs ?? null;
    this.isMoney = details.isMoney ?? false;
    this.mayHaveHappened = details.wasSent !== false && isUnclear(details.status);
  }
}

/** A promise of holdfast's own was broken: a bug, never the user's fault. */
export class InvariantError extends Error {
  override readonly name = 'InvariantError';
}

/** Ends an exhaustive `switch`. @throws InvariantError always. */
export function assertNever(value: never): never {
  throw new InvariantError(`unexpected variant ${JSON.stringify(value)}`);
}

/** @throws InvariantError with `message` when `condition` is false. */
export function invariant(condition: boolean, message: string): asserts condition {
  if (!condition) throw new InvariantError(message);
}

/** A gateway may answer for a host that did the work: of these statuses none says that it did not. */
function isUnclear(status: number | null): boolean {
  return status === null || status === 408 || status === 409 || status < 300 || status >= 500;
}
