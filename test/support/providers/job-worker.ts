import { createInterface } from 'node:readline';
import { resolveTune } from '../../../activities/resolving.js';
import { pollTune, submitTune } from '../../../activities/tuning.js';
import type { Dependencies } from '../../../activities/dependencies.js';
import { ProviderError } from '../../../src/domain/errors.js';
import type { JobResolution } from '../../../src/domain/job.js';
import { createFineTuneProvider } from '../../../src/providers/launch.js';
import { createOpenAICompatibleHost } from '../../../src/providers/openai-compatible.js';
import { createFileStore } from '../../../src/storage/file-store.js';
import { SERVER_KEY } from './job-server.js';
import { prepareTune } from './prepared-tune.js';
import { fastClock } from './fast-clock.js';

/**
 * A worker in a process of its own, to be killed: `job-worker.js STORE BASE_URL`. It submits and polls as the
 * week's workflow would, says `parked` and takes the decision from its input, and says at last how the job ended.
 */
const [folder = '', baseURL = ''] = process.argv.slice(2);
const clock = fastClock;
const { deps: base, input } = await prepareTune(await createFileStore(folder));
const host = createOpenAICompatibleHost({ baseURL, key: SERVER_KEY });
const deps: Dependencies = {
  ...base,
  providerFor: () => createFineTuneProvider(host, clock),
  now: () => new Date(clock.now()).toISOString(),
  sleep: (ms) => clock.sleep(ms),
};
const { signal } = new AbortController();
const lines = createInterface({ input: process.stdin })[Symbol.asyncIterator]();

async function patiently<T>(work: () => Promise<T>): Promise<T> {
  for (;;) {
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof ProviderError) || !error.isRetryable) throw error;
      await clock.sleep(error.retryAfterMs ?? 1_000);
    }
  }
}

for (;;) {
  const submitted = await patiently(() => submitTune(deps, input, signal));
  if ('busy' in submitted) continue;
  if ('parked' in submitted) {
    const { runKey } = submitted.parked;
    process.stdout.write('parked\n');
    const { value } = (await lines.next()) as { readonly value: string };
    const resolution = JSON.parse(value) as JobResolution;
    await patiently(() => resolveTune(deps, { ...input, runKey, resolution }, signal));
    continue;
  }
  const { handle } = submitted;
  const ended = await patiently(() => pollTune(deps, { ...input, handle }, signal));
  process.stdout.write(`${JSON.stringify(ended)}\n`);
  process.exit(0);
}
