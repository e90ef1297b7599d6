import { ConfigError } from '../domain/errors.js';
import {
  type AddressOf,
  type BucketAddress,
  formatBucketAddress,
  readBucketAddress,
} from './bucket-address.js';
import { assertKey } from './keys.js';

/** How long objects that must stay are locked for, in a bucket with Object Lock. */
export interface Retention {
  readonly mode: 'GOVERNANCE' | 'COMPLIANCE';
  readonly days: number;
}

/** What a store's address says. */
export interface S3Address extends BucketAddress {
  readonly retention: Retention | null;
}

const STORE: AddressOf = {
  beginning: 'a store in a bucket is',
  parameters: ['retentionMode', 'retentionDays'],
  assertPrefix,
};
const MAXIMUM_RETENTION_DAYS = 36_500;

/**
 * Reads `s3://BUCKET/PREFIX?endpoint=URL&region=NAME&pathStyle=true&profile=NAME&retentionMode=governance&retentionDays=365`;
 * everything after the bucket may be left out.
 * @throws ConfigError that quotes only the part that is wrong, and nothing that could hold a password
 */
export function parseS3Address(text: string): S3Address {
  const { address, parameters } = readBucketAddress(text, STORE);
  const retention = readRetention(parameters);
  const more =
    retention === null
      ? []
      : [
          `retentionMode=${retention.mode.toLowerCase()}`,
          `retentionDays=${String(retention.days)}`,
        ];
  return { ...address, retention, uri: formatBucketAddress(address, more) };
}

/** A prefix is made as keys are. */
function assertPrefix(prefix: string): void {
  try {
    assertKey(prefix);
  } catch (cause) {
    const shape = 'segments of A-Z a-z 0-9 . _ = - between slashes, as keys have';
    throw new ConfigError(`the prefix in the address of a store has to be ${shape}`, { cause });
  }
}

/** The address of an object of a store, for a person: `s3://BUCKET/PREFIX/KEY`, without what follows the question mark. */
export function objectAddress(uri: string, key: string): string {
  const [place = uri] = uri.split('?');
  return `${place.replace(/\/$/, '')}/${key}`;
}

function readRetention(parameters: ReadonlyMap<string, string>): Retention | null {
  const mode = parameters.get('retentionMode');
  const days = parameters.get('retentionDays');
  if (mode === undefined && days === undefined) return null;
  const count = Number(days);
  const isCount = Number.isInteger(count) && count >= 1 && count <= MAXIMUM_RETENTION_DAYS;
  if ((mode === 'governance' || mode === 'compliance') && isCount) {
    return { mode: mode === 'governance' ? 'GOVERNANCE' : 'COMPLIANCE', days: count };
  }
  throw new ConfigError(
    'retention in the address of a store is retentionMode=governance or retentionMode=compliance together with ' +
      `retentionDays from 1 to ${MAXIMUM_RETENTION_DAYS}`,
  );
}
