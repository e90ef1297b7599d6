import { isGrpcServiceError } from '@temporalio/client';
import { PrerequisiteError } from '../domain/errors.js';

/** Where Temporal was looked for. */
export interface TemporalTarget {
  readonly address: string;
  readonly namespace: string;
}

/** gRPC's codes, as https://grpc.io/docs/guides/status-codes numbers them. */
const DEADLINE_EXCEEDED = 4;
const NOT_FOUND = 5;
const FAILED_PRECONDITION = 9;
const UNAVAILABLE = 14;

/** Failures of the service itself, by name: the client's, and the worker's whose package commands do not load. */
const SERVICE_FAILURES = ['ServiceError', 'NamespaceNotFoundError', 'TransportError'];

/** What every command says where nothing answers. */
export function unreachable(address: string, cause: unknown): PrerequisiteError {
  return new PrerequisiteError(
    `Temporal does not answer at ${address}: start one on this machine with \`holdfast dev\`, or set temporal.address`,
    { cause },
  );
}

/** An everyday failure of Temporal's service as its user can mend it; any other error as it is. */
export function temporalFailure(error: unknown, { address, namespace }: TemporalTarget): unknown {
  if (!isServiceFailure(error)) return error;
  const causes = causesOf(error);
  if (causes.some(isNamespaceMissing)) {
    return new PrerequisiteError(
      `Temporal at ${address} has no namespace ${namespace}: correct temporal.namespace (or TEMPORAL_NAMESPACE), or ` +
        `make it with \`temporal operator namespace create --namespace ${namespace}\``,
      { cause: error },
    );
  }
  const isUnreachable = causes.some(
    (cause) =>
      cause.name === 'TransportError' ||
      (isGrpcServiceError(cause) && [UNAVAILABLE, DEADLINE_EXCEEDED].includes(cause.code)),
  );
  return isUnreachable ? unreachable(address, error) : error;
}

/** Whether a query failed since no worker took it: in time, or at all, as the service saw none lately. */
export function isUnanswered(error: unknown): boolean {
  if (!isServiceFailure(error)) return false;
  return causesOf(error).some(
    (cause) =>
      isGrpcServiceError(cause) &&
      ([DEADLINE_EXCEEDED].includes(cause.code) ||
        ([FAILED_PRECONDITION].includes(cause.code) && /^no poller seen/.test(cause.details))),
  );
}

function isServiceFailure(error: unknown): error is Error {
  return (
    error instanceof Error && (isGrpcServiceError(error) || SERVICE_FAILURES.includes(error.name))
  );
}

function isNamespaceMissing(error: Error): boolean {
  if (error.name === 'NamespaceNotFoundError') return true;
  if (isGrpcServiceError(error)) {
    return [NOT_FOUND].includes(error.code) && /^namespace\b.*not found/i.test(error.details);
  }
  return error.name === 'TransportError' && /namespace\b.*not found/i.test(error.message);
}

function causesOf(error: Error): readonly Error[] {
  return error.cause instanceof Error ? [error, ...causesOf(error.cause)] : [error];
}
