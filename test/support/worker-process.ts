import { DefaultLogger, Runtime } from '@temporalio/worker';
import { loadConfiguration } from '../../src/config/load.js';
import { storeAddress } from '../../src/config/paths.js';
import { startWorker } from '../../src/worker.js';
import { SECRETS } from './project.js';

/** A worker in a process of its own, so that a test can kill it: `node worker-process.js CONFIG ADDRESS`. */
Runtime.install({ logger: new DefaultLogger('ERROR') });
const [path = '', address = ''] = process.argv.slice(2);
const loaded = await loadConfiguration(path);
const worker = await startWorker({
  loaded,
  secrets: SECRETS,
  address,
  namespace: 'default',
  storeUri: storeAddress(loaded),
});
process.stdout.write('polling\n');
await worker.stopped;
