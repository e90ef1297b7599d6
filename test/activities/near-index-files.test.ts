import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, test } from 'node:test';
import { runStepHere } from '../../activities/step-runner.js';
import { encodeSketches, nearIdentity } from '../../src/dedup/near-payload.js';
import { InvariantError } from '../../src/domain/errors.js';
import { encodeIndexFile } from '../../src/formats/index-file.js';
import { placedPrompts, type Placement } from '../../src/split/place.js';
import { readBytes } from '../../src/storage/objects.js';
import { type BuiltWindow, createDataPath, type DataPath } from '../support/data-path.js';
import { logLines } from '../support/project.js';
import { makeTickets } from '../support/traffic.js';

const WEEKS = [
  ['2025-12-29', '2026-01-05'],
  ['2026-01-05', '2026-01-12'],
  ['2026-01-12', '2026-01-19'],
] as const;

describe('the index of placed prompts', () => {
  let path: DataPath;
  let first: BuiltWindow;
  let last: BuiltWindow;

  beforeEach(async () => {
    path = await createDataPath();
    const built: BuiltWindow[] = [];
    for (const [index, [from, to]] of WEEKS.entries()) {
      const tickets = makeTickets(`w${index}`, 40, from, to);
      // Near-copies of the first week, so that what the index finds decides sides.
      const copies = makeTickets('w0', 40, ...WEEKS[0]).map((ticket, row) => ({
        ...ticket,
        id: `copy-${index}-${row}`,
        conversation: `copy-${index}-${row}`,
        text: `${ticket.text} again`,
      }));
      path.writeLog(`w${index}.jsonl`, logLines(index === 0 ? tickets : [...tickets, ...copies]));
      built.push(await path.build(index));
    }
    [first, , last] = built as [BuiltWindow, BuiltWindow, BuiltWindow];
  });
  afterEach(() => path.close());

  async function indexKeys(): Promise<readonly string[]> {
    const found: string[] = [];
    for await (const { key } of path.deps.store.list('index/')) found.push(key);
    return found;
  }

  async function replace(key: string, bytes: Uint8Array): Promise<void> {
    await path.deps.store.delete(key);
    await path.deps.store.putIfAbsent(key, bytes);
  }

  /** Splits the last window again; it fails where the result is another. */
  async function splitAgain(): Promise<void> {
    await runStepHere(path.deps, 'split', last.input);
  }

  test('is written once for each release that was placed, and makes no difference', async () => {
    const placements = await last.read<Placement>('placements');
    assert.ok(placements.some(({ by }) => by === 'near-copy'));
    const keys = await indexKeys();
    assert.equal(keys.length, 2);
    await splitAgain();
    const bytes = await Promise.all(keys.map((key) => readBytes(path.deps.store, key)));
    for (const key of keys) await path.deps.store.delete(key);
    await splitAgain();
    assert.deepEqual(await indexKeys(), keys);
    const again = await Promise.all(keys.map((key) => readBytes(path.deps.store, key)));
    assert.deepEqual(again, bytes);
    assert.deepEqual(path.warnings, []);
  });

  test('is refused and said where it is damaged, and the result is the same', async () => {
    const keys = await indexKeys();
    for (const key of keys) {
      const bytes = Uint8Array.from(await readBytes(path.deps.store, key));
      const at = bytes.length - 1;
      bytes[at] = (bytes[at] ?? 0) ^ 1;
      await replace(key, bytes);
    }
    await splitAgain();
    assert.deepEqual(
      path.warnings.map(({ event, key }) => [event, key]).sort(),
      keys.map((key) => ['index-refused', key]),
    );
    for (const { reason } of path.warnings) {
      assert.match(
        reason,
        /^the checksum of its payload differs; delete it, and it is made again$/,
      );
    }
  });

  test('is what is searched, where it is whole', async () => {
    const prompts = placedPrompts(await first.read<Placement>('placements'));
    const policy = { shingle: { unit: 'words', size: 5 }, threshold: 0.5 } as const;
    const header = {
      ...nearIdentity(policy, 1, first.release),
      counts: { prompts: prompts.length },
    };
    // A whole file that says of every prompt that there is nothing to compare.
    const nothing = { kind: 'empty', main: null, short: null } as const;
    const blank = encodeIndexFile(header, encodeSketches(prompts.map(() => nothing)));
    let isReplaced = false;
    for (const key of await indexKeys()) {
      const text = Buffer.from(await readBytes(path.deps.store, key)).toString('latin1');
      if (!text.includes(first.release)) continue;
      await replace(key, blank);
      isReplaced = true;
    }
    assert.ok(isReplaced);
    await assert.rejects(splitAgain(), InvariantError);
    assert.deepEqual(path.warnings, []);
  });
});
