import { setTimeout as delay } from 'node:timers/promises';
import { DataError, ProviderError } from '../domain/errors.js';
import type { ByteRange } from './object-store.js';
import { rangeWithin } from './range.js';
import type { S3Body, S3Calls } from './s3-calls.js';
import { crc32Of, createRunningCrc32 } from './s3-checksum.js';
import { asStoreError, failureOf, isPassing, type S3Place } from './s3-failures.js';
import { waitMs, type PatientServer } from './s3-patience.js';

/** What reading from a bucket takes. */
export interface S3Reading {
  readonly calls: S3Calls;
  readonly server: PatientServer;
  /** Objects up to this size are read and compared with their checksum before a byte is given out. */
  readonly bufferBytes: number;
}

/** The bytes from `start` up to `end` (null: the object's end), of an answer that begins at `start`. */
interface Answer {
  readonly key: string;
  readonly start: number;
  readonly body: S3Body;
  readonly isWhole: boolean;
}

/**
 * Reads an object or a part of it. A connection that breaks is taken up again where it broke, on the same version
 * of the object; a whole object is compared with the checksum that it was written with.
 * @throws DataError `object-missing`, or `object-changed` when it is another one in the middle of reading
 * @throws ProviderError when it does not come whole
 */
export async function getObject(
  reading: S3Reading,
  key: string,
  range: ByteRange | undefined,
): Promise<AsyncIterable<Uint8Array>> {
  return (await openObject(reading, key, { range, tag: null })).parts;
}

/** Which part of an object is wanted, and of which version; `null` is whichever there is. */
interface Wanted {
  readonly range: ByteRange | undefined;
  readonly tag: string | null;
}

/** An object that is being read: the version that it is, its whole size, and the bytes that were wanted. */
export interface OpenObject {
  readonly tag: string;
  readonly objectBytes: number;
  readonly parts: AsyncIterable<Uint8Array>;
}

/** As `getObject`, of a version that the caller wants or hears of. @throws as `getObject` does */
export async function openObject(
  reading: S3Reading,
  key: string,
  { range, tag }: Wanted,
): Promise<OpenObject> {
  const { start, end } = rangeWithin(range, Number.MAX_SAFE_INTEGER);
  const isWhole = start === 0 && range?.end === undefined;
  const none = { tag: tag ?? '', objectBytes: 0, parts: nothing() };
  if (end === start) {
    await assertThere(reading, key);
    return none;
  }
  const header = isWhole ? null : rangeHeader(start, range?.end === undefined ? null : end);
  for (let attempt = 1; ; attempt += 1) {
    const body = await open(reading, key, header, tag);
    if (body === 'nothing') return none;
    const answer = { key, start, body, isWhole };
    const opened = { tag: body.tag, objectBytes: body.objectBytes };
    if (body.bytes > reading.bufferBytes) return { ...opened, parts: stream(reading, answer) };
    const bytes = await collect(pieces(reading, answer));
    if (!isWhole || body.crc32 === null || crc32Of(bytes) === body.crc32) {
      return { ...opened, parts: once(bytes) };
    }
    if (attempt >= reading.server.patience.attempts) throw otherChecksum(reading.server.place, key);
    await delay(waitMs(reading.server.patience, attempt));
  }
}

/** The pieces of a large answer as they come; that they were wrong is told at the end. */
async function* stream(reading: S3Reading, answer: Answer): AsyncGenerator<Uint8Array, void> {
  const crc32 = createRunningCrc32();
  for await (const piece of pieces(reading, answer)) {
    crc32.add(piece);
    yield piece;
  }
  const { crc32: wanted } = answer.body;
  if (answer.isWhole && wanted !== null && crc32.text() !== wanted) {
    throw otherChecksum(reading.server.place, answer.key);
  }
}

async function* pieces(
  reading: S3Reading,
  { key, start, body: first }: Answer,
): AsyncGenerator<Uint8Array, void> {
  const { patience } = reading.server;
  let body = first;
  let position = 0;
  let failures = 0;
  try {
    while (position < first.bytes) {
      try {
        for await (const piece of inTime(body, patience.timeoutMs)) {
          position += piece.length;
          failures = 0;
          yield piece;
        }
        if (position < first.bytes) throw cutOff();
      } catch (error) {
        failures += 1;
        if (!isPassing(error) || failures >= patience.attempts) {
          throw asStoreError(error, reading.server.place, `reading ${key}`);
        }
        body.end();
        await delay(waitMs(patience, failures));
        const header = rangeHeader(start + position, start + first.bytes);
        const next = await open(reading, key, header, first.tag);
        if (next === 'nothing' || next.bytes !== first.bytes - position) {
          throw changed(reading.server.place, key);
        }
        body = next;
      }
    }
  } finally {
    body.end();
  }
}

/** `nothing` for a range behind the object's end. */
async function open(
  { calls, server }: S3Reading,
  key: string,
  range: string | null,
  ifMatch: string | null,
): Promise<S3Body | 'nothing'> {
  const body = await server.ask(`reading ${key}`, async (signal) => {
    try {
      return await calls.get(key, { range, ifMatch }, signal);
    } catch (error) {
      const { status } = failureOf(error);
      if (status === 416) return 'nothing' as const;
      if (status === 412) throw changed(server.place, key);
      throw error;
    }
  });
  if (body === null) throw missing(server.place, key);
  return body;
}

async function assertThere({ calls, server }: S3Reading, key: string): Promise<void> {
  const found = await server.ask(`looking for ${key}`, (signal) => calls.head(key, signal));
  if (found === null) throw missing(server.place, key);
}

/** The pieces, each of which has to come within the time; a reader may take as long as it likes between them. */
async function* inTime(body: S3Body, timeoutMs: number): AsyncGenerator<Uint8Array, void> {
  let isRead = true;
  const timer = setTimeout(() => {
    if (isRead) body.end();
    else timer.refresh();
  }, timeoutMs);
  try {
    for await (const part of body.parts) {
      isRead = false;
      yield part;
      isRead = true;
      timer.refresh();
    }
  } finally {
    clearTimeout(timer);
  }
}

function rangeHeader(start: number, end: number | null): string {
  return `bytes=${start}-${end === null ? '' : String(end - 1)}`;
}

async function collect(parts: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  const all: Uint8Array[] = [];
  for await (const part of parts) all.push(part);
  return Buffer.concat(all);
}

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array, void> {
  if (bytes.length > 0) yield bytes;
}

async function* nothing(): AsyncGenerator<Uint8Array, void> {}

function cutOff(): Error {
  return Object.assign(new Error('the answer ended early'), { code: 'ECONNRESET' });
}

function missing({ name }: S3Place, key: string): DataError {
  return new DataError('object-missing', `${name} holds no object ${key}`);
}

function changed({ name }: S3Place, key: string): DataError {
  return new DataError(
    'object-changed',
    `the object ${key} of ${name} became another one while it was read`,
  );
}

function otherChecksum({ name }: S3Place, key: string): ProviderError {
  return new ProviderError(
    `reading ${key} in ${name} failed: its bytes have another checksum than those that were written`,
    { status: null, isRetryable: true },
  );
}
