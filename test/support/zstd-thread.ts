import { createHash } from 'node:crypto';
import { parentPort, workerData } from 'node:worker_threads';
import { startZstd } from '../../src/formats/zstd-program.js';
import { contentOf, type ContentPlan } from './zstd-contents.js';

/** What the thread says first: the digest of the program that it runs. */
export interface Started {
  readonly program: string;
}

const port = parentPort;
if (port === null) throw new Error('this is a thread of a test');
const started = watchPrograms();
const zstd = await startZstd(new URL((workerData as { readonly inlined: string }).inlined));
const compress = zstd.createCompressor(1);
port.on('message', (plan: ContentPlan) => {
  const content = contentOf(plan);
  const frame = compress(content);
  port.postMessage({ frame: digestOf(frame), isUndone: content.equals(zstd.decompress(frame)) });
});
port.postMessage({ program: started.at(-1) ?? '' } satisfies Started);

function digestOf(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

/** Digests of programs that this thread starts from now on. */
function watchPrograms(): readonly string[] {
  const digests: string[] = [];
  const api = (globalThis as unknown as { WebAssembly: { instantiate: Instantiate } }).WebAssembly;
  const { instantiate } = api;
  api.instantiate = (program, imports) => {
    digests.push(digestOf(program));
    return instantiate(program, imports);
  };
  return digests;
}

type Instantiate = (program: Uint8Array, imports: object) => Promise<unknown>;
