import { ConfigError } from '../domain/errors.js';
import {
  type AddressOf,
  type BucketAddress,
  formatBucketAddress,
  readBucketAddress,
} from '../storage/bucket-address.js';
import { ALL_LOGS } from './log-names.js';

/** Where logs lie in a bucket. */
export interface LogAddress {
  readonly address: BucketAddress;
  /** The key of the one object that is meant, below the address's prefix, or `null` for all below it. */
  readonly only: string | null;
}

const MAXIMUM_PREFIX_BYTES = 1_024;

const LOGS: AddressOf = {
  beginning: 'logs in a bucket are at',
  parameters: [],
  assertPrefix,
};

/** Whether a source's path is the address of a bucket. */
export function isBucketPath(path: string): boolean {
  return path.startsWith('s3:');
}

/**
 * Reads where logs are: `s3://BUCKET/PREFIX?endpoint=URL&region=NAME&pathStyle=true&profile=NAME`. A prefix is a
 * folder, with or without a slash at its end; one that is a log by its name, and has none, is that object.
 * @throws ConfigError that quotes nothing that could hold a password
 */
export function parseLogAddress(text: string): LogAddress {
  const { address } = readBucketAddress(text, LOGS);
  const uri = formatBucketAddress(address);
  const key = address.prefix.slice(0, -1);
  const [path = ''] = text.split('?');
  if (path.endsWith('/') || !ALL_LOGS.isLog(key))
    return { address: { ...address, uri }, only: null };
  const start = key.lastIndexOf('/') + 1;
  const prefix = key.slice(0, start);
  return { address: { ...address, prefix, uri }, only: key.slice(start) };
}

function assertPrefix(prefix: string): void {
  if (Buffer.byteLength(prefix) <= MAXIMUM_PREFIX_BYTES && !prefix.startsWith('/')) return;
  throw new ConfigError(
    `the prefix of logs in a bucket begins with no slash, and has at most ${MAXIMUM_PREFIX_BYTES} bytes`,
  );
}
