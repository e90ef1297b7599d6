import {
  ConfigError,
  DataError,
  InvariantError,
  PrerequisiteError,
  ProviderError,
} from '../src/domain/errors.js';

/** One of our errors as plain values; of any other only its class and system code cross the thread. */
export interface PackedError {
  readonly name: string;
  readonly message: string;
  readonly code: string | null;
  /** Of a ProviderError. */
  readonly host?: Pick<ProviderError, 'status' | 'isRetryable' | 'retryAfterMs'>;
}

const OURS = { ConfigError, PrerequisiteError, InvariantError } as const;

/** Makes an error fit to be posted from a thread. */
export function packError(error: unknown): PackedError {
  if (error instanceof DataError) {
    return { name: error.name, message: error.message, code: error.code };
  }
  if (error instanceof ProviderError) {
    const { name, message, status, isRetryable, retryAfterMs } = error;
    return { name, message, code: null, host: { status, isRetryable, retryAfterMs } };
  }
  if (error instanceof Error && error.name in OURS) {
    return { name: error.name, message: error.message, code: null };
  }
  const { code } = (error ?? {}) as { readonly code?: unknown };
  return {
    name: error instanceof Error ? error.constructor.name : 'Error',
    message: '',
    code: typeof code === 'string' ? code : null,
  };
}

/** The error that `packError` was given, as far as it crossed. */
export function unpackError(packed: PackedError): Error {
  if (packed.name === 'DataError') return new DataError(packed.code ?? 'unknown', packed.message);
  if (packed.host !== undefined) return new ProviderError(packed.message, packed.host);
  const Class = OURS[packed.name as keyof typeof OURS] as
    (typeof OURS)[keyof typeof OURS] | undefined;
  if (Class !== undefined) return new Class(packed.message);
  const error = new Error(packed.message);
  return Object.assign(error, { name: packed.name, code: packed.code ?? undefined });
}
