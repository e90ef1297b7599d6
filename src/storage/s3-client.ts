import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  GetObjectLockConfigurationCommand,
  HeadObjectCommand,
  ListMultipartUploadsCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  S3Client,
  UploadPartCommand,
} from '@aws-sdk/client-s3';
import type { BucketAddress } from './bucket-address.js';
import { keyConflict } from './keys.js';
import type { S3Body, S3Calls, S3Lock, S3Object, S3Page, S3Upload, WriteMark } from './s3-calls.js';
import { failureOf, isFolderConflict } from './s3-failures.js';

const CONNECTION_TIMEOUT_MS = 5_000;
const MAXIMUM_SOCKETS = 64;
/** The SDK warns where keys are in the environment and a profile is named all the same, as it has to be. */
const SILENT = { debug: silently, info: silently, warn: silently, error: silently };
/** How objects say which write made them. */
const WRITE_ID = 'holdfast-write';
const WRITE_SHA256 = 'holdfast-sha256';

/** A bucket, and the part of it that a store has. */
interface Place {
  readonly client: S3Client;
  readonly Bucket: string;
  readonly prefix: string;
  readonly at: (key: string) => { readonly Bucket: string; readonly Key: string };
}

type UploadCalls = Pick<
  S3Calls,
  'startUpload' | 'putPart' | 'finishUpload' | 'abortUpload' | 'listUploads'
>;

/**
 * The calls on a bucket, by the AWS SDK: each is one request, made once. Credentials, and what the address leaves
 * out, are found by the SDK's own rules (environment, profiles, roles).
 */
export function createS3Calls(address: BucketAddress): S3Calls {
  const { bucket: Bucket, prefix } = address;
  const client = makeClient(address);
  const at: Place['at'] = (key) => ({ Bucket, Key: prefix + key });
  const place = { client, Bucket, prefix, at };
  return { ...objectCalls(place), ...uploadCalls(place) };
}

function objectCalls({ client, Bucket, prefix, at }: Place): Omit<S3Calls, keyof UploadCalls> {
  return {
    async put(key, { bytes, crc32, mark, lock }, signal) {
      const condition = { IfNoneMatch: '*', ChecksumCRC32: crc32 };
      const said = { Metadata: metadataOf(mark), ...retentionOf(lock) };
      const body = { Body: bytes, ContentLength: bytes.length };
      const put = new PutObjectCommand({ ...at(key), ...condition, ...said, ...body });
      return unlessThere(key, async () => {
        await client.send(put, { abortSignal: signal });
        return 'created';
      });
    },
    async head(key, signal) {
      return unlessMissing(async () => {
        const found = await client.send(new HeadObjectCommand(at(key)), { abortSignal: signal });
        return { bytes: found.ContentLength ?? 0, writeId: found.Metadata?.[WRITE_ID] ?? null };
      });
    },
    async get(key, { range, ifMatch }, signal) {
      const asked = {
        ...at(key),
        ...(range === null ? {} : { Range: range }),
        ...(ifMatch === null ? {} : { IfMatch: ifMatch }),
      };
      return unlessMissing(async () => {
        const found = await client.send(new GetObjectCommand(asked), { abortSignal: signal });
        return bodyOf(found);
      });
    },
    async delete(key, signal) {
      // S3 says nothing of what is absent; a server that keeps objects as files may, while others delete beside it.
      await unlessMissing(() =>
        client.send(new DeleteObjectCommand(at(key)), { abortSignal: signal }),
      );
    },
    async list(listPrefix, { after, limit }, signal) {
      const list = new ListObjectsV2Command({
        Bucket,
        Prefix: prefix + listPrefix,
        ...(after === null ? {} : { StartAfter: prefix + after }),
        ...(limit === null ? {} : { MaxKeys: limit }),
      });
      const page = await client.send(list, { abortSignal: signal });
      return pageOf(page, prefix);
    },
    async hasObjectLock(signal) {
      try {
        const asked = new GetObjectLockConfigurationCommand({ Bucket });
        const { ObjectLockConfiguration } = await client.send(asked, { abortSignal: signal });
        return ObjectLockConfiguration?.ObjectLockEnabled === 'Enabled';
      } catch (error) {
        const { code, status } = failureOf(error);
        if (code === 'ObjectLockConfigurationNotFoundError' || status === 501) return false;
        throw error;
      }
    },
  };
}

function uploadCalls({ client, Bucket, prefix, at }: Place): UploadCalls {
  return {
    async startUpload(key, mark, lock, signal) {
      const kind = { ChecksumAlgorithm: 'CRC32', ChecksumType: 'FULL_OBJECT' } as const;
      const said = { Metadata: metadataOf(mark), ...retentionOf(lock) };
      const start = new CreateMultipartUploadCommand({ ...at(key), ...kind, ...said });
      const { UploadId = '' } = await client.send(start, { abortSignal: signal });
      return UploadId;
    },
    async putPart(key, uploadId, { number, bytes, crc32 }, signal) {
      const which = { ...at(key), UploadId: uploadId, PartNumber: number };
      const body = { Body: bytes, ContentLength: bytes.length, ChecksumCRC32: crc32 };
      const part = new UploadPartCommand({ ...which, ...body });
      const { ETag = '' } = await client.send(part, { abortSignal: signal });
      return ETag;
    },
    async finishUpload(key, uploadId, { parts, crc32 }, signal) {
      const finish = new CompleteMultipartUploadCommand({
        ...at(key),
        UploadId: uploadId,
        IfNoneMatch: '*',
        ChecksumCRC32: crc32,
        ChecksumType: 'FULL_OBJECT',
        MultipartUpload: {
          Parts: parts.map(({ number, tag, crc32: ChecksumCRC32 }) => ({
            PartNumber: number,
            ETag: tag,
            ChecksumCRC32,
          })),
        },
      });
      return unlessThere(key, async () => {
        await client.send(finish, { abortSignal: signal });
        return 'created';
      });
    },
    async abortUpload(key, uploadId, signal) {
      const abort = new AbortMultipartUploadCommand({ ...at(key), UploadId: uploadId });
      // It may be gone already: given up by an attempt whose answer was lost, or swept.
      await unlessMissing(() => client.send(abort, { abortSignal: signal }));
    },
    async listUploads(signal) {
      const found: S3Upload[] = [];
      const list = new ListMultipartUploadsCommand({ Bucket, Prefix: prefix });
      const { Uploads = [] } = await client.send(list, { abortSignal: signal });
      for (const { Key = '', UploadId = '', Initiated } of Uploads) {
        const startedMs = Initiated?.getTime() ?? Number.POSITIVE_INFINITY;
        found.push({ key: Key.slice(prefix.length), uploadId: UploadId, startedMs });
      }
      return found;
    },
  };
}

function makeClient({ endpoint, region, hasPathStyle, profile }: BucketAddress): S3Client {
  const client = new S3Client({
    ...(endpoint === null ? {} : { endpoint }),
    ...(region === null ? {} : { region }),
    ...(profile === null ? {} : { profile, logger: SILENT }),
    forcePathStyle: hasPathStyle,
    // Attempts are counted by `s3-patience.ts`, and checksums made and compared by `s3-put.ts` and `s3-get.ts`.
    maxAttempts: 1,
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
    // Some servers never answer it, and the SDK would wait for seconds.
    expectContinueHeader: false,
    requestHandler: {
      connectionTimeout: CONNECTION_TIMEOUT_MS,
      httpAgent: { keepAlive: true, maxSockets: MAXIMUM_SOCKETS },
      httpsAgent: { keepAlive: true, maxSockets: MAXIMUM_SOCKETS },
    },
  });
  // Asks for the checksum without having the SDK compare it, which could not go on where a connection broke.
  client.middlewareStack.add(
    (next, { commandName }) =>
      (args) => {
        const { headers } = args.request as { readonly headers: Record<string, string> };
        if (commandName === 'GetObjectCommand') headers['x-amz-checksum-mode'] = 'ENABLED';
        return next(args);
      },
    { step: 'build', name: 'holdfastChecksumMode' },
  );
  return client;
}

function silently(): void {}

function metadataOf({ id, sha256 }: WriteMark): Record<string, string> {
  return { [WRITE_ID]: id, ...(sha256 === null ? {} : { [WRITE_SHA256]: sha256 }) };
}

function retentionOf(lock: S3Lock | null): object {
  if (lock === null) return {};
  return {
    ObjectLockMode: lock.mode,
    ObjectLockRetainUntilDate: new Date(lock.untilMs),
  };
}

/** @throws DataError `object-key` where a server that keeps objects as files has a folder or a file in the way */
async function unlessThere(
  key: string,
  write: () => Promise<'created'>,
): Promise<'created' | 'there'> {
  try {
    return await write();
  } catch (error) {
    if (failureOf(error).status === 412) return 'there';
    throw isFolderConflict(error) ? keyConflict(key) : error;
  }
}

const MISSING = ['NoSuchKey', 'NotFound', 'NoSuchUpload'];

/** `null` for what is not there, and for no other kind of 404. */
async function unlessMissing<T>(read: () => Promise<T>): Promise<T | null> {
  try {
    return await read();
  } catch (error) {
    if (MISSING.includes(failureOf(error).code)) return null;
    throw error;
  }
}

function bodyOf(found: {
  readonly Body?: unknown;
  readonly ContentLength?: number | undefined;
  readonly ContentRange?: string | undefined;
  readonly ETag?: string | undefined;
  readonly ChecksumCRC32?: string | undefined;
}): S3Body {
  const { Body, ContentLength, ContentRange, ETag = '', ChecksumCRC32 } = found;
  const [, total] = /\/(\d+)$/.exec(ContentRange ?? '') ?? [];
  return {
    bytes: ContentLength ?? 0,
    objectBytes: Number(total ?? ContentLength ?? 0),
    tag: ETag,
    // Of the whole object; one of a multipart upload's parts ends in their number and says nothing of the whole.
    crc32: ChecksumCRC32 === undefined || ChecksumCRC32.includes('-') ? null : ChecksumCRC32,
    parts: Body as AsyncIterable<Uint8Array>,
    end: () => void (Body as { destroy?: () => void } | undefined)?.destroy?.(),
  };
}

function pageOf(
  page: {
    readonly Contents?:
      | readonly {
          readonly Key?: string | undefined;
          readonly Size?: number | undefined;
          readonly ETag?: string | undefined;
        }[]
      | undefined;
    readonly IsTruncated?: boolean | undefined;
  },
  prefix: string,
): S3Page {
  const objects: S3Object[] = (page.Contents ?? []).map(({ Key = '', Size = 0, ETag = '' }) => ({
    key: Key.slice(prefix.length),
    bytes: Size,
    tag: ETag,
  }));
  return { objects, isLast: page.IsTruncated !== true };
}
