import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import type { LogBytes } from '../../src/connectors/log-bytes.js';
import { createReadAhead } from '../../src/connectors/read-ahead.js';
import type { ListedObject } from '../../src/domain/manifest.js';
import { collectUntilError } from '../support/bytes.js';

const MEBIBYTE = 1024 * 1024;

/** Logs of three parts each, of which it is told what is done with them. */
function createLogs(broken: readonly string[] = []): {
  readonly bytes: LogBytes;
  readonly asked: string[];
  readonly ended: string[];
  open: number;
  most: number;
  parts: number;
} {
  const unused = (): never => assert.fail('nothing but reading is asked for');
  const logs = {
    asked: [] as string[],
    ended: [] as string[],
    open: 0,
    most: 0,
    parts: 0,
    bytes: {
      look: unused,
      name: unused,
      range: unused,
      assertUnchanged: unused,
      async *read({ uri, bytes }: ListedObject): AsyncGenerator<Uint8Array> {
        logs.asked.push(uri);
        logs.open += 1;
        logs.most = Math.max(logs.most, logs.open);
        try {
          for (const part of [1, 2, 3]) {
            await turn();
            logs.parts += 1;
            yield Buffer.from(`${uri} of ${bytes}, part ${part};`);
          }
          if (broken.includes(uri)) throw new Error(`${uri} is broken`);
        } finally {
          logs.open -= 1;
          logs.ended.push(uri);
        }
      },
    },
  };
  return logs;
}

function objects(count: number, changes: Partial<ListedObject> = {}): readonly ListedObject[] {
  return Array.from({ length: count }, (_, n) => ({ uri: `${n}.jsonl`, bytes: 10, ...changes }));
}

/** What comes of all objects in turn, up to an error. */
async function read(bytes: LogBytes, all: readonly ListedObject[]): Promise<readonly string[]> {
  const found: string[] = [];
  for (const object of all) {
    const { values, error } = await collectUntilError(bytes.read(object));
    found.push(...values.map((part) => Buffer.from(part).toString()));
    if (error !== null) {
      found.push(error instanceof Error ? error.message : 'no error');
      break;
    }
  }
  return found;
}

describe('logs that are read ahead', () => {
  test('come as they do without, each asked for once, and at most four at a time', async () => {
    const all = objects(20);
    const [logs, plain] = [createLogs(), createLogs()];
    const ahead = createReadAhead(logs.bytes);
    ahead.expect(all);
    assert.deepEqual(await read(ahead, all), await read(plain.bytes, all));
    assert.deepEqual(logs.asked, plain.asked);
    assert.equal(logs.most, 4);
    assert.equal(plain.most, 1);
  });

  test('are read again from the first, and where others were expected or none', async () => {
    const all = objects(8);
    const logs = createLogs();
    const ahead = createReadAhead(logs.bytes);
    const wanted = await read(createLogs().bytes, all);
    assert.deepEqual(await read(ahead, all), wanted);
    assert.equal(logs.most, 1);
    ahead.expect(all);
    for (let pass = 0; pass < 2; pass += 1) assert.deepEqual(await read(ahead, all), wanted);
    ahead.expect(objects(8, { bytes: 11 }));
    assert.deepEqual(await read(ahead, all), wanted);
    assert.equal(logs.asked.length, 4 * all.length);
    const odd = all.filter((_, n) => n % 2 === 1);
    ahead.expect(all);
    logs.asked.length = 0;
    assert.deepEqual(await read(ahead, odd), await read(createLogs().bytes, odd));
    assert.deepEqual(await read(ahead, all), wanted);
    // What was read ahead in the first pass and passed over was not kept for the second.
    assert.equal(logs.asked.filter((uri) => uri === '2.jsonl').length, 2);
  });

  test('fail when it is their turn, behind the bytes that came', async () => {
    const all = objects(6);
    const logs = createLogs(['2.jsonl', '3.jsonl']);
    const ahead = createReadAhead(logs.bytes);
    ahead.expect(all);
    const found = await read(ahead, all);
    assert.deepEqual(found, await read(createLogs(['2.jsonl', '3.jsonl']).bytes, all));
    assert.equal(found.at(-1), '2.jsonl is broken');
  });

  test('are no more asked for where the reader stops, and let go of what was begun', async () => {
    const [large] = objects(1, { bytes: 5 * MEBIBYTE });
    const all = [large ?? assert.fail(), ...objects(20).slice(1)];
    const logs = createLogs();
    const ahead = createReadAhead(logs.bytes);
    ahead.expect(all);
    for await (const part of ahead.read(all[0] ?? assert.fail())) {
      assert.ok(part.length > 0);
      break;
    }
    while (logs.open > 0) await turn();
    assert.deepEqual(logs.asked.sort(), ['0.jsonl', '1.jsonl', '2.jsonl', '3.jsonl']);
    assert.ok(logs.parts < 10, 'all were read to their ends');
    assert.deepEqual(await read(ahead, all), await read(createLogs().bytes, all));
  });

  test('are not held where they are large, or read by stretches', async () => {
    const tables = objects(5).map((object, n) => ({ ...object, uri: `${n}.parquet` }));
    for (const all of [objects(5, { bytes: 4 * MEBIBYTE + 1 }), tables]) {
      const logs = createLogs();
      const ahead = createReadAhead(logs.bytes);
      ahead.expect(all);
      await read(ahead, all);
      assert.equal(logs.most, 1);
    }
  });
});
