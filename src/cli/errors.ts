import {
  ConfigError,
  DataError,
  InvariantError,
  PrerequisiteError,
  ProviderError,
} from '../domain/errors.js';
import type { ExitCode } from './context.js';

/** How an error is told at the terminal. */
export interface ToldError {
  readonly exitCode: ExitCode;
  readonly name: string;
  readonly message: string;
}

/**
 * The one table from errors to what is printed. Errors that the user can fix come without a stack; of
 * errors that are not holdfast's own only class and code are told, since their messages may quote data.
 */
export function tellError(error: unknown): ToldError {
  if (error instanceof ConfigError || error instanceof PrerequisiteError) {
    return { exitCode: 2, name: error.name, message: error.message };
  }
  if (error instanceof DataError) {
    return { exitCode: 2, name: error.name, message: `${error.message} (${error.code})` };
  }
  if (error instanceof ProviderError) {
    const status = error.status === null ? '' : ` (HTTP ${error.status})`;
    return { exitCode: 2, name: error.name, message: `${error.message}${status}` };
  }
  // By name, so that commands without Temporal need not load its client.
  if (error instanceof Error && error.name === 'WorkflowFailedError') {
    return { exitCode: 1, name: 'RunFailed', message: failureText(error.cause) };
  }
  if (error instanceof InvariantError) {
    const message = `this is a bug in holdfast: ${error.message}\n${error.stack ?? ''}`;
    return { exitCode: 2, name: error.name, message };
  }
  return { exitCode: 2, name: nameOf(error), message: unexpectedText(error) };
}

/** The innermost failure of a workflow, as its activity told it; holdfast's own hold no user's text. */
export function failureText(failure: unknown): string {
  let text = 'the run failed';
  for (let at = failure; at instanceof Error; at = at.cause) {
    const type = (at as { readonly type?: unknown }).type;
    text = typeof type === 'string' ? `${type}: ${at.message}` : at.message;
  }
  return text;
}

function nameOf(error: unknown): string {
  return error instanceof Error ? error.name : 'Error';
}

function unexpectedText(error: unknown): string {
  const { code, syscall } = (error ?? {}) as {
    readonly code?: unknown;
    readonly syscall?: unknown;
  };
  const parts = [nameOf(error), code, syscall].filter(
    (part) => typeof part === 'string' || typeof part === 'number',
  );
  return `something unexpected went wrong: ${parts.join(' ')}; set HOLDFAST_DEBUG=1 to see all of it`;
}
