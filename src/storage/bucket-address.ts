import { ConfigError } from '../domain/errors.js';

/** Where a part of a bucket is; what an address leaves out, the AWS environment decides. */
export interface BucketAddress {
  readonly bucket: string;
  /** Empty, or ends in a slash. */
  readonly prefix: string;
  readonly endpoint: string | null;
  readonly region: string | null;
  /** Whether the bucket stands in the path and not in the host's name. */
  readonly hasPathStyle: boolean;
  /** A profile of AWS's configuration files, which has the keys. */
  readonly profile: string | null;
  /** The address again, in one form; it names no secret. */
  readonly uri: string;
}

/** What an address is of, as errors tell it, and which parameters it takes beside the common ones. */
export interface AddressOf {
  /** e.g. `a store in a bucket is`. */
  readonly beginning: string;
  readonly parameters: readonly string[];
  /** @throws ConfigError for a prefix that can't be */
  readonly assertPrefix: (prefix: string) => void;
}

/** An address taken apart, with the values of all its parameters. */
export interface ReadAddress {
  readonly address: Omit<BucketAddress, 'uri'>;
  readonly parameters: ReadonlyMap<string, string>;
}

export const S3_SHAPE =
  's3://BUCKET or s3://BUCKET/PREFIX, with ?endpoint=URL for a server that is not AWS';

const ADDRESS = /^s3:\/\/([^/?#]*)(?:\/([^?#]*))?(?:\?([^#]*))?$/;
/** Names of general-purpose buckets; those of directory buckets end in `--x-s3` and list in no order. */
const BUCKET = /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/;
const PROFILE = /^[\w.@-]+$/;
const COMMON = ['endpoint', 'region', 'pathStyle', 'profile'];

/**
 * Reads `s3://BUCKET/PREFIX?endpoint=URL&region=NAME&pathStyle=true&profile=NAME`; everything after the bucket may be
 * left out.
 * @throws ConfigError that quotes only the part that is wrong, and nothing that could hold a password
 */
export function readBucketAddress(text: string, of: AddressOf): ReadAddress {
  const [, bucket = '', path = '', query = ''] = ADDRESS.exec(text) ?? [];
  if (!BUCKET.test(bucket)) throw new ConfigError(`${of.beginning} ${S3_SHAPE}`);
  if (bucket.endsWith('--x-s3')) {
    throw new ConfigError(
      `the bucket ${bucket} is a directory bucket, which lists keys in no order; use a general-purpose bucket`,
    );
  }
  const prefix = path.replace(/\/$/, '');
  if (prefix !== '') of.assertPrefix(prefix);
  const parameters = readParameters(query, [...COMMON, ...of.parameters]);
  const endpoint = readEndpoint(parameters.get('endpoint'));
  const address = {
    bucket,
    prefix: prefix === '' ? '' : `${prefix}/`,
    endpoint,
    region: parameters.get('region') ?? null,
    hasPathStyle: readFlag(parameters.get('pathStyle'), endpoint !== null),
    profile: readProfile(parameters.get('profile')),
  };
  return { address, parameters };
}

/** An address in its one form; `more` are parameters of its own. */
export function formatBucketAddress(
  address: Omit<BucketAddress, 'uri'>,
  more: readonly string[] = [],
): string {
  const { bucket, prefix, endpoint, region, hasPathStyle, profile } = address;
  const parts = [
    ...(endpoint === null ? [] : [`endpoint=${endpoint}`]),
    ...(region === null ? [] : [`region=${region}`]),
    ...(hasPathStyle === (endpoint !== null) ? [] : [`pathStyle=${hasPathStyle}`]),
    ...(profile === null ? [] : [`profile=${profile}`]),
    ...more,
  ];
  const path = prefix === '' ? '' : `/${prefix.slice(0, -1)}`;
  return `s3://${bucket}${path}${parts.length === 0 ? '' : `?${parts.join('&')}`}`;
}

function readParameters(query: string, known: readonly string[]): ReadonlyMap<string, string> {
  const parameters = new Map(new URLSearchParams(query));
  if ([...parameters.keys()].some((name) => !known.includes(name))) {
    throw new ConfigError(
      `the address of a bucket takes ${known.join(', ')} after the question mark here, and nothing else; ` +
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
      'endpoint in the address of a bucket is no URL, such as https://host:9000',
    );
  }
  const isPlain = url.username === '' && url.password === '' && url.search + url.hash === '';
  if (!/^https?:$/.test(url.protocol) || url.pathname !== '/' || !isPlain) {
    throw new ConfigError(
      'endpoint in the address of a bucket is http:// or https://, a host and a port, and nothing else; ' +
        'keys come from the AWS environment',
    );
  }
  return url.origin;
}

function readFlag(text: string | undefined, otherwise: boolean): boolean {
  if (text === undefined) return otherwise;
  if (text === 'true' || text === 'false') return text === 'true';
  throw new ConfigError('pathStyle in the address of a bucket is true or false');
}

function readProfile(text: string | undefined): string | null {
  if (text === undefined) return null;
  if (PROFILE.test(text)) return text;
  throw new ConfigError(
    "profile in the address of a bucket is the name of a profile of AWS's configuration files",
  );
}
