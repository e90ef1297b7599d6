import { ConfigError, DataError, PrerequisiteError, ProviderError } from '../domain/errors.js';
import { systemCode } from './medium.js';

/** What an error of the SDK is judged by. */
export interface S3Failure {
  /** The code of S3 (`SlowDown`), or the class of an error that no server sent. */
  readonly code: string;
  /** `null` where no answer came. */
  readonly status: number | null;
  /** Of a system error: `ECONNRESET`. */
  readonly system: string | null;
}

/** A part of a bucket, as errors tell of it. */
export interface S3Place {
  /** e.g. `the store s3://bucket/prefix`. */
  readonly name: string;
  /** What credentials have to be allowed, in the words of policies. */
  readonly rights: string;
}

/** The place of a store. */
export function storePlace(uri: string): S3Place {
  return {
    name: `the store ${uri}`,
    rights:
      's3:GetObject, s3:PutObject, s3:DeleteObject, s3:ListBucket, s3:ListBucketMultipartUploads and ' +
      's3:AbortMultipartUpload on the bucket',
  };
}

/** Codes that are worth another attempt though their status would not say so. */
const PASSING = new Set([
  'SlowDown',
  'RequestTimeout',
  'RequestTimeTooSkewed',
  'ConditionalRequestConflict',
  'OperationAborted',
  'Throttling',
  'ThrottlingException',
  'RequestLimitExceeded',
  // The bytes were changed or cut on their way to the server.
  'BadDigest',
  'XAmzContentChecksumMismatch',
  'XAmzContentSHA256Mismatch',
  'IncompleteBody',
  // Somebody swept the upload; a put that is made anew starts another.
  'NoSuchUpload',
]);

/** Errors of the SDK itself, before anything is sent. */
const OWN = [/^CredentialsProviderError$/, /^TokenProviderError$/];
const NO_REGION = /^Region is missing/;
/** Keys of which one is a folder of the other, where a server keeps objects as files. */
const FOLDERS = ['ObjectParentIsFile', 'ExistingObjectIsDirectory'];

/** What an SDK's error says. */
export function failureOf(error: unknown): S3Failure {
  const { name, $metadata, Code } = (error ?? {}) as {
    readonly name?: unknown;
    readonly $metadata?: { readonly httpStatusCode?: unknown };
    readonly Code?: unknown;
  };
  const status = $metadata?.httpStatusCode;
  const code = typeof Code === 'string' ? Code : name;
  return {
    code: typeof code === 'string' ? code : 'Error',
    status: typeof status === 'number' ? status : null,
    system: systemCode(error),
  };
}

/**
 * Whether the same request may well succeed a moment later: hiccups and throttling of the server, and whatever
 * happened to the connection, an answer that was cut off included.
 */
export function isPassing(error: unknown): boolean {
  if (isOurs(error)) return false;
  const { code, status, system } = failureOf(error);
  // Of an answer that was cut off nothing counts, its status included.
  if (status !== null && status >= 400 && system === null) {
    return status >= 500 || status === 429 || status === 408 || PASSING.has(code);
  }
  return !OWN.some((pattern) => pattern.test(code)) && !NO_REGION.test(messageOf(error));
}

/**
 * Whether a write may have happened though no good answer came. A server that says it is busy (503) has done nothing,
 * and is not asked what it has done.
 */
export function isAmbiguous(error: unknown): boolean {
  const { status } = failureOf(error);
  return status === null || status < 400 || (status >= 500 && status !== 503);
}

/** Whether a key could not be written since it is the folder of another, or below another. */
export function isFolderConflict(error: unknown): boolean {
  return FOLDERS.includes(failureOf(error).code);
}

/**
 * An SDK's error as whoever reads it can act on it. `what` says what was tried, e.g. `writing releases/ab/data`.
 * The SDK's own message stays out: it may quote keys and addresses.
 */
export function asStoreError(error: unknown, place: S3Place, what: string): unknown {
  if (isOurs(error)) return error;
  const failure = failureOf(error);
  const start = `${what} in ${place.name} failed`;
  const how = howToMend(failure, messageOf(error), place);
  if (how !== null) return new PrerequisiteError(`${start}: ${how} (${failure.code})`);
  const told = failure.system ?? failure.code;
  const answer = failure.status === null ? `no answer, ${told}` : `${told}`;
  return new ProviderError(`${start}: ${answer}`, {
    status: failure.status,
    isRetryable: isPassing(error),
  });
}

function isOurs(error: unknown): boolean {
  return [ConfigError, DataError, PrerequisiteError, ProviderError].some(
    (known) => error instanceof known,
  );
}

/** What the user can do about it, or `null` where waiting is all that can be done. */
function howToMend(
  { code, status }: S3Failure,
  message: string,
  { rights }: S3Place,
): string | null {
  if (code === 'CredentialsProviderError' || code === 'TokenProviderError') {
    return 'no AWS credentials were found; set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, name a profile with AWS_PROFILE, or run where a role is attached';
  }
  if (NO_REGION.test(message)) {
    return 'no region is set; set AWS_REGION, or add ?region=NAME to the address';
  }
  if (code === 'NoSuchBucket') return 'there is no such bucket; create it, or correct the address';
  if (code === 'InvalidBucketName') return 'the server takes no bucket of that name; correct it';
  if (code === 'InvalidAccessKeyId' || code === 'XAdminUserNotFound') {
    return 'the server does not know the access key; correct AWS_ACCESS_KEY_ID, or the profile';
  }
  if (code === 'SignatureDoesNotMatch') {
    return 'the secret key does not fit the access key; correct AWS_SECRET_ACCESS_KEY, or the profile';
  }
  if (/^(ExpiredToken|InvalidToken|TokenRefreshRequired)$/.test(code)) {
    return 'the credentials have expired; get new ones';
  }
  if (code === 'PermanentRedirect' || code === 'AuthorizationHeaderMalformed' || status === 301) {
    return 'the bucket lies in another region; set AWS_REGION, or add ?region=NAME to the address';
  }
  if (code === 'InvalidObjectState') {
    return 'the object is archived and has to be restored before it can be read';
  }
  if (/Quota|StorageFull/.test(code) || status === 507) {
    return 'the store is full; free some space, or raise its quota';
  }
  if (status === 401 || status === 403) {
    return `access is denied; these credentials need ${rights}`;
  }
  if (status === 501 || code === 'NotImplemented') {
    return 'the server cannot do it; use AWS S3, or another server with conditional writes';
  }
  return null;
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : '';
}
