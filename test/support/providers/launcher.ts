import { createCommandHost } from '../../../src/providers/command.js';
import { createFineTuneProvider } from '../../../src/providers/launch.js';
import { createMemoryLedger } from '../../../src/providers/memory-ledger.js';
import { launchRequest } from '../../conformance/fine-tune-provider.js';
import { realClock } from '../launch-clock.js';

/** A worker that launches one job and then waits to be killed: `launcher.js FOLDER TRAINER`. */
const [folder = '', trainer = ''] = process.argv.slice(2);
const host = createCommandHost({
  command: [process.execPath, trainer],
  folder,
  environment: { PATH: '/usr/bin:/bin' },
  sleep: realClock.sleep,
});
const request = launchRequest('kill', { hyperparameters: { n_epochs: 20, pause_ms: 50 } });
await createFineTuneProvider(host, realClock).launch(request, createMemoryLedger());
process.stdout.write('launched\n');
setInterval(() => undefined, 1000);
