import { createFileStore } from '../../../src/storage/file-store.js';
import type { ObjectStore } from '../../../src/storage/object-store.js';
import { noise } from '../../support/bytes.js';
import { createRandom } from '../../support/random.js';
import { COUNTER, killedKey, sizeOf } from './killed-objects.js';

/**
 * A process that writes until it is killed: `kill-child URI SEED`. Whatever it has written, and only when the store
 * has said so, it prints: `put KEY` for an object, `cas TOKEN` for a step of the counter that all share.
 */
const [uri = '', seed = '0'] = process.argv.slice(2);
const random = createRandom(Number(seed));

/** The smallest parts that S3 takes, so that large objects are killed in the middle of their uploads. */
const SMALLEST_PART_BYTES = 5 * 1024 * 1024;

async function open(): Promise<ObjectStore> {
  if (uri.startsWith('file:')) return createFileStore(uri.slice('file:'.length));
  const { createS3Store } = await import('../../../src/storage/s3-store.js');
  return createS3Store(uri, { partBytes: SMALLEST_PART_BYTES });
}

async function* inPieces(bytes: Uint8Array): AsyncGenerator<Uint8Array, void> {
  const size = 1 + Math.floor(bytes.length / 8);
  for (let start = 0; start < bytes.length; start += size)
    yield bytes.subarray(start, start + size);
}

async function step(store: ObjectStore, number: number): Promise<void> {
  const token = `${seed}-${number}`;
  const pointer = await store.readPointer(COUNTER);
  if (await store.compareAndSet(COUNTER, pointer?.version ?? 0, Buffer.from(token))) {
    process.stdout.write(`cas ${token}\n`);
  }
}

async function put(store: ObjectStore, number: number): Promise<void> {
  const key = killedKey(Number(seed), number, sizeOf(random()));
  const bytes = noise(key.bytes, key.seed);
  const body = random() < 0.5 ? bytes : inPieces(bytes);
  const { created } = await store.putIfAbsent(key.text, body);
  if (!created) throw new Error(`${key.text} was there already`);
  process.stdout.write(`put ${key.text}\n`);
}

const store = await open();
process.stdout.write('started\n');
for (let number = 1; ; number += 1) {
  await (random() < 0.25 ? step(store, number) : put(store, number));
}
