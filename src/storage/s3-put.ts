import { DataError } from '../domain/errors.js';
import type { PutResult } from './object-store.js';
import { cutBody, type CutBody } from './s3-body.js';
import type { S3Calls, S3Lock, WriteMark } from './s3-calls.js';
import { crc32Of } from './s3-checksum.js';
import { failureOf, isAmbiguous } from './s3-failures.js';
import type { PatientServer } from './s3-patience.js';

/** What writing in a bucket takes. */
export interface S3Writing {
  readonly calls: S3Calls;
  readonly server: PatientServer;
  /** Names each write anew. */
  readonly writeId: () => string;
  /** Larger objects are written in parts of this size. S3 takes 10,000 parts of at least 5 MiB. */
  readonly partBytes: number;
  /** Called before the first upload in parts is finished. @throws PrerequisiteError */
  readonly assertConditionalUploads: () => Promise<void>;
}

const MAXIMUM_PARTS = 10_000;
/** How many parts are on their way at once; as many are held in memory. */
const PARTS_AT_ONCE = 3;

type Written = 'created' | 'there';
type Asking = Pick<S3Writing, 'calls' | 'server'>;

/** Writes an object that is not there yet; `there` where somebody was first. */
export async function putObject(
  writing: S3Writing,
  key: string,
  body: Uint8Array | AsyncIterable<Uint8Array>,
  lock: S3Lock | null,
): Promise<PutResult> {
  const cut = cutBody(body, writing.partBytes);
  const first = (await cut.next()) ?? new Uint8Array();
  const second = first.length < writing.partBytes ? null : await cut.next();
  if (second === null) {
    const sha256 = cut.sha256();
    const mark = { id: writing.writeId(), sha256 };
    const written = await putWhole(writing, key, first, mark, lock);
    return { created: written === 'created', bytes: first.length, sha256 };
  }
  const written = await putInParts(writing, key, [first, second], cut, lock);
  return { created: written === 'created', bytes: cut.bytes(), sha256: cut.sha256() };
}

async function putWhole(
  writing: S3Writing,
  key: string,
  bytes: Uint8Array,
  mark: WriteMark,
  lock: S3Lock | null,
): Promise<Written> {
  const object = { bytes, crc32: crc32Of(bytes), mark, lock };
  const what = `writing ${key}`;
  const written = await writing.server.ask(
    what,
    (signal) => writing.calls.put(key, object, signal),
    {
      bytes: bytes.length,
      beforeAgain: (error) => whoseIfAny(writing, key, mark, isAmbiguous(error)),
    },
  );
  return written === 'created' ? written : whose(writing, key, mark);
}

async function putInParts(
  writing: S3Writing,
  key: string,
  first: readonly Uint8Array[],
  cut: CutBody,
  lock: S3Lock | null,
): Promise<Written> {
  const { calls, server } = writing;
  // A put that is made again, as after a crash, sends nothing.
  if ((await server.ask(`looking for ${key}`, (signal) => calls.head(key, signal))) !== null) {
    await cut.drain();
    return 'there';
  }
  await writing.assertConditionalUploads();
  const mark = { id: writing.writeId(), sha256: null };
  const uploadId = await server.ask(`writing ${key}`, (signal) =>
    calls.startUpload(key, mark, lock, signal),
  );
  try {
    const parts = await putParts(writing, key, uploadId, first, cut);
    const written = await finishUpload(writing, key, uploadId, { parts, crc32: cut.crc32() }, mark);
    if (written === 'there') await abandon(writing, key, uploadId);
    return written;
  } catch (error) {
    await abandon(writing, key, uploadId);
    throw error;
  }
}

type SentPart = { readonly number: number; readonly tag: string; readonly crc32: string };

async function putParts(
  writing: S3Writing,
  key: string,
  uploadId: string,
  first: readonly Uint8Array[],
  cut: CutBody,
): Promise<readonly SentPart[]> {
  const sent: Promise<SentPart>[] = [];
  const start = (bytes: Uint8Array): void => {
    const number = sent.length + 1;
    if (number > MAXIMUM_PARTS) throw tooLarge(key, MAXIMUM_PARTS * writing.partBytes);
    const part = putPart(writing, key, uploadId, number, bytes);
    // Awaited below; until then a failure is no unhandled one.
    part.catch(() => {});
    sent.push(part);
  };
  try {
    for (const bytes of first) start(bytes);
    for (let bytes = await cut.next(); bytes !== null; bytes = await cut.next()) {
      start(bytes);
      await sent.at(-PARTS_AT_ONCE);
    }
    return await Promise.all(sent);
  } finally {
    // A part that arrives after its upload was given up would be kept, and paid for.
    await Promise.allSettled(sent);
  }
}

async function putPart(
  { calls, server }: S3Writing,
  key: string,
  uploadId: string,
  number: number,
  bytes: Uint8Array,
): Promise<SentPart> {
  const crc32 = crc32Of(bytes);
  const tag = await server.ask(
    `writing part ${number} of ${key}`,
    (signal) => calls.putPart(key, uploadId, { number, bytes, crc32 }, signal),
    { bytes: bytes.length },
  );
  return { number, tag, crc32 };
}

/** Makes an object of an upload's parts, if its key is free. */
export async function finishUpload(
  writing: Asking,
  key: string,
  uploadId: string,
  whole: Parameters<S3Calls['finishUpload']>[2],
  mark: WriteMark,
): Promise<Written> {
  const { calls, server } = writing;
  const written = await server.ask(
    `writing ${key}`,
    (signal) => calls.finishUpload(key, uploadId, whole, signal),
    {
      // An upload that was finished is gone: with a lost answer the next attempt hears of none.
      beforeAgain: (error) =>
        whoseIfAny(
          writing,
          key,
          mark,
          isAmbiguous(error) || failureOf(error).code === 'NoSuchUpload',
        ),
    },
  );
  return written === 'created' ? written : whose(writing, key, mark);
}

/** What an upload leaves is removed at once where that is possible, else by the next sweep. */
async function abandon({ calls, server }: S3Writing, key: string, uploadId: string): Promise<void> {
  await server
    .ask(`giving up the upload of ${key}`, (signal) => calls.abortUpload(key, uploadId, signal))
    .catch(() => {});
}

/**
 * Who wrote what is under a key, after an answer that leaves it open. The digest would not tell: two writers may
 * offer the same bytes, and only one of them may be told that it was first.
 */
async function whose({ calls, server }: Asking, key: string, mark: WriteMark): Promise<Written> {
  const found = await server.ask(`looking for ${key}`, (signal) => calls.head(key, signal));
  return found?.writeId === mark.id ? 'created' : 'there';
}

/** The same where the key may be absent: then `null`, and the write is made again. */
async function whoseIfAny(
  { calls, server }: Asking,
  key: string,
  mark: WriteMark,
  isOpen: boolean,
): Promise<Written | null> {
  if (!isOpen) return null;
  const found = await server.ask(`looking for ${key}`, (signal) => calls.head(key, signal));
  if (found === null) return null;
  return found.writeId === mark.id ? 'created' : 'there';
}

function tooLarge(key: string, bytes: number): DataError {
  return new DataError(
    'object-too-large',
    `the object ${key} is larger than ${bytes} bytes, the most that is written into a bucket in one piece`,
  );
}
