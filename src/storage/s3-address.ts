import { ConfigError } from '../domain/errors.js';
import { assertKey } from './keys.js';

/** How long objects that must stay are locked for, in a bucket with Object Lock. */
export interface Retention {
  readonly mode: 'GOVERNANCE' | 'COMPLIANCE';
  readonly days: number;
}

/** What a store's address says about a bucket; what it leaves out, the AWS environment decides. */
export interface S3Address {
  readonly bucket: string;
  /** Empty, or ends in a slash. */
  readonly prefix: string;
  readonly endpoint: string | null;
  readonly region: string | null;
  /** Whether the bucket stands in the path and not in the host's name. */
  readonly hasPathStyle: boolean;
  readonly retention: Retention | null;
  /** The address again, in one form; it names no secret. */
  readonly uri: string;
}

export const S3_SHAPE =
  's3://BUCKET or s3://BUCKET/PREFIX, with ?endpoint=URL for a server that is not AWS';

const ADDRESS = /^s3:\/\/([^/?#]*)(?:\/([^?#]*))?(?:\?([^#]*))?$/;
/** Names of general-purpose buckets; those of directory buckets end in `--x-s3` and list in no order. */
const BUCKET = /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/;
const PARAMETERS = ['endpoint', 'region', 'pathStyle', 'retentionMode', 'retentionDays'];
const MAXIMUM_RETENTION_DAYS = 36_500;

/**
 * Reads `s3://BUCKET/PREFIX?endpoint=URL&region=NAME&pathStyle=true&retentionMode=governance&retentionDays=365`;
 * everything after the bucket may be left out.
 * @throws ConfigError that quotes only the part that is wrong, and nothing that could hold a password
 */
export function parseS3Address(text: string): S3Address {
  const [, bucket = '', path = '', query = ''] = ADDRESS.exec(text) ?? [];
  if (!BUCKET.test(bucket)) throw new ConfigError(`a store in a bucket is ${S3_SHAPE}`);
  if (bucket.endsWith('--x-s3')) {
    throw new ConfigError(
      `the bucket ${bucket} is a directory bucket, which lists keys in no order; use a general-purpose bucket`,
    );
  }
  const prefix = path.replace(/\/$/, '');
  if (prefix !== '') assertPrefix(prefix);
  const parameters = readParameters(query);
  const endpoint = readEndpoint(parameters.get('endpoint'));
  const address = {
    bucket,
    prefix: prefix === '' ? '' : `${prefix}/`,
    endpoint,
    region: parameters.get('region') ?? null,
    hasPathStyle: readFlag(parameters.get('pathStyle'), endpoint !== null),
    retention: readRetention(parameters),
  };
  return { ...address, uri: formatS3Address(address) };
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

function formatS3Address(address: Omit<S3Address, 'uri'>): string {
  const { bucket, prefix, endpoint, region, hasPathStyle, retention } = address;
  const parts = [
    ...(endpoint === null ? [] : [`endpoint=${endpoint}`]),
    ...(region === null ? [] : [`region=${region}`]),
    ...(hasPathStyle === (endpoint !== null) ? [] : [`pathStyle=${hasPathStyle}`]),
    ...(retention === null
      ? []
      : [
          `retentionMode=${retention.mode.toLowerCase()}`,
          `retentionDays=${String(retention.days)}`,
        ]),
  ];
  const path = prefix === '' ? '' : `/${prefix.slice(0, -1)}`;
  return `s3://${bucket}${path}${parts.length === 0 ? '' : `?${parts.join('&')}`}`;
}

function readParameters(query: string): ReadonlyMap<string, string> {
  const parameters = new Map(new URLSearchParams(query));
  const unknown = [...parameters.keys()].filter((name) => !PARAMETERS.includes(name));
  if (unknown.length > 0) {
    throw new ConfigError(
      `the address of a store in a bucket takes ${PARAMETERS.join(', ')} after the question mark, and nothing else; ` +
        'keys come from the AWS environment (AWS_ACCESS_KEY_ID, AWS_PROFILE, a role)',
    );
  }
  return parameters;
}

function readEndpoint(text: string | undefined): string | null {
  if (text === undefined) return null;
  let url: URL;
  try {
    url = new URL(text);
  } catch {
    throw new ConfigError(
      'endpoint in the address of a store is no URL, such as https://host:9000',
    );
  }
  const isPlain = url.username === '' && url.password === '' && url.search + url.hash === '';
  if (!/^https?:$/.test(url.protocol) || url.pathname !== '/' || !isPlain) {
    throw new ConfigError(
      'endpoint in the address of a store is http:// or https://, a host and a port, and nothing else; ' +
        'keys come from the AWS environment',
    );
  }
  return url.origin;
}

function readFlag(text: string | undefined, otherwise: boolean): boolean {
  if (text === undefined) return otherwise;
  if (text === 'true' || text === 'false') return text === 'true';
  throw new ConfigError('pathStyle in the address of a store is true or false');
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
