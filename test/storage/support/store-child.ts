import { openStore } from '../../../src/storage/open-store.js';
import { noise } from '../../support/bytes.js';
import { increment } from '../../conformance/object-store.js';

/**
 * A process of its own that works on a store:
 * `count URI TIMES` adds to a pointer; `put URI BYTES` puts objects until it is killed, each
 * named by its seed; `one URI BYTES` puts a single object and prints the name of the error, if any.
 */
const [task = '', uri = '', amount = '0'] = process.argv.slice(2);

async function run(): Promise<void> {
  if (task === 'count') {
    await increment(await openStore(uri), 'counter', Number(amount));
  } else if (task === 'put') {
    const store = await openStore(uri);
    process.stdout.write('started\n');
    for (let seed = 1; ; seed += 1) {
      await store.putIfAbsent(`objects/${seed}`, noise(Number(amount), seed));
    }
  } else {
    const store = await openStore(uri);
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
