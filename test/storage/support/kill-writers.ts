import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { setTimeout as delay } from 'node:timers/promises';
import type { ObjectStore } from '../../../src/storage/object-store.js';
import { readBytes, sha256Hex } from '../../../src/storage/objects.js';
import { noise } from '../../support/bytes.js';
import { createRandom } from '../../support/random.js';
import { COUNTER, readKilledKey } from './killed-objects.js';

const CHILD = fileURLToPath(new URL('./kill-child.js', import.meta.url));
const WRITERS_AT_ONCE = 2;
/** A writer is killed after 0 to 3 of its writes, so that a busy machine kills no fewer in the middle of one, … */
const MOST_WRITES = 3;
/** … and up to this long after the last of them. */
const LONGEST_DELAY_MS = 60;

/** What killing writers has done to a store. The last three have to be empty. */
export interface KillReport {
  readonly kills: number;
  /** Writes that the store had said were done. */
  readonly acknowledged: number;
  /** Objects and steps of the counter that were there though their writer died before it heard of them. */
  readonly unheard: number;
  /** Keys whose objects are not what was put. */
  readonly torn: readonly string[];
  /** Acknowledged keys and steps that are not there. */
  readonly lost: readonly string[];
  /** Steps of the counter that are there more than once. */
  readonly doubled: readonly string[];
}

/**
 * Starts writers on the store at `uri`, two at a time, and kills each at a random moment (SIGKILL). Afterwards every
 * object of the store is compared with what it should hold, and all that was acknowledged is looked for.
 */
export async function killWriters(
  uri: string,
  store: ObjectStore,
  { kills, seed, say = () => {} }: { kills: number; seed: number; say?: (line: string) => void },
): Promise<KillReport> {
  const random = createRandom(seed);
  const acknowledged: string[] = [];
  const torn: string[] = [];
  const lost: string[] = [];
  let objects = 0;
  let started = 0;
  const work = async (): Promise<void> => {
    while (started < kills) {
      started += 1;
      const writer = seed * 10_000 + started;
      const life = {
        writes: Math.floor(random() * (MOST_WRITES + 1)),
        delayMs: random() * LONGEST_DELAY_MS,
      };
      const lines = await killOne(uri, writer, life);
      acknowledged.push(...lines);
      const found = await listedObjects(store, `objects/${writer}/`, torn);
      objects += found.size;
      const puts = lines.filter((line) => line.startsWith('put '));
      lost.push(...puts.filter((line) => !found.has(line.slice('put '.length))));
      if (started % 50 === 0) say(`${started} of ${kills} writers killed`);
    }
  };
  await Promise.all(Array.from({ length: WRITERS_AT_ONCE }, work));
  const steps = await stepsOf(store);
  const tokens = new Set(steps);
  const cas = acknowledged.filter((line) => line.startsWith('cas '));
  lost.push(...cas.filter((line) => !tokens.has(line.slice('cas '.length))));
  return {
    kills: started,
    acknowledged: acknowledged.length,
    unheard: objects + steps.length - acknowledged.length,
    torn,
    lost,
    doubled: steps.filter((token, index) => steps.indexOf(token) !== index),
  };
}

/** What one writer had acknowledged when it was killed; the last line may be half of one. */
async function killOne(
  uri: string,
  writer: number,
  { writes, delayMs }: { readonly writes: number; readonly delayMs: number },
): Promise<readonly string[]> {
  const child = spawn(process.execPath, [CHILD, uri, String(writer)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let printed = '';
  const closed = once(child, 'close');
  // The first line says that the store is open.
  const hasWritten = new Promise<void>((resolve) => {
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      printed += text;
      if (printed.split('\n').length > writes + 1) resolve();
    });
  });
  await Promise.race([hasWritten, closed]);
  await Promise.race([delay(delayMs), closed]);
  child.kill('SIGKILL');
  const [code] = (await closed) as [number | null];
  if (code !== null) throw new Error(`writer ${writer} ended by itself, with code ${code}`);
  const [, ...lines] = printed.split('\n').slice(0, -1);
  return lines;
}

/** The keys below a prefix; those whose objects are not what was put are added to `torn`. */
async function listedObjects(
  store: ObjectStore,
  prefix: string,
  torn: string[],
): Promise<ReadonlySet<string>> {
  const found = new Set<string>();
  for await (const { key, bytes } of store.list(prefix)) {
    const wanted = readKilledKey(key);
    const digest = sha256Hex(await readBytes(store, key));
    const isWhole =
      bytes === wanted.bytes && digest === sha256Hex(noise(wanted.bytes, wanted.seed));
    if (!isWhole) torn.push(key);
    found.add(key);
  }
  return found;
}

/** Every step of the counter in its order; a version missing in between is an error of the store's own. */
async function stepsOf(store: ObjectStore): Promise<readonly string[]> {
  await store.readPointer(COUNTER);
  const steps: string[] = [];
  for await (const { key } of store.list(`${COUNTER}/`)) {
    steps.push(Buffer.from(await readBytes(store, key)).toString());
  }
  return steps;
}
