import { createFileStore } from '../../../src/storage/file-store.js';
import { noise } from '../../support/bytes.js';
import { increment } from '../../conformance/object-store.js';

/**
 * A process of its own that works on a file store:
 * `count FOLDER TIMES` adds to a pointer; `put FOLDER BYTES` puts objects until it is killed, each
 * named by its seed; `one FOLDER BYTES` puts a single object and prints the name of the error, if any.
 */
const [task = '', folder = '', amount = '0'] = process.argv.slice(2);

async function run(): Promise<void> {
  if (task === 'count') {
    await increment(await createFileStore(folder), 'counter', Number(amount));
  } else if (task === 'put') {
    const store = await createFileStore(folder);
    process.stdout.write('started\n');
    for (let seed = 1; ; seed += 1) {
      await store.putIfAbsent(`objects/${seed}`, noise(Number(amount), seed));
    }
  } else {
    const store = await createFileStore(folder);
    try {
      await store.putIfAbsent('one', noise(Number(amount)));
      process.stdout.write('written\n');
    } catch (error) {
      process.stdout.write(
        error instanceof Error ? `${error.name}: ${error.message}\n` : 'thrown\n',
      );
    }
  }
}

await run();
