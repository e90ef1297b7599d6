import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { fc } from '../support/properties.js';
import { DataError } from '../../src/domain/errors.js';
import type { ObjectStore } from '../../src/storage/object-store.js';
import { readBytes, sha256Hex } from '../../src/storage/objects.js';
import { chunked, noise } from '../support/bytes.js';

/** A test of the store's error codes. */
export function hasCode(code: string): (error: unknown) => boolean {
  return (error) => error instanceof DataError && error.code === code;
}

export async function listed(store: ObjectStore, prefix: string): Promise<string[]> {
  const keys: string[] = [];
  for await (const head of store.list(prefix)) keys.push(head.key);
  return keys;
}

/** How many write at once, and how often. */
export interface Contention {
  readonly writersOfOneKey: number;
  readonly rounds: number;
  readonly counters: number;
}

const FULL: Contention = { writersOfOneKey: 50, rounds: 5, counters: 20 };

/** What every object store has to do. `open` gives an empty store. */
export function objectStoreConformance(
  name: string,
  open: () => Promise<ObjectStore>,
  contention: Contention = FULL,
): void {
  describe(`${name} as an object store`, () => {
    objects(open);
    keys(open);
    races(open, contention);
    pointers(open, contention);
  });
}

function objects(open: () => Promise<ObjectStore>): void {
  test('bytes come back as they were put, whole and in ranges', async () => {
    const store = await open();
    const bytes = noise(700_001);
    const put = await store.putIfAbsent('a/bytes', chunked(bytes, [1, 1, 300_000]));
    assert.deepEqual(put, { created: true, bytes: 700_001, sha256: sha256Hex(bytes) });
    assert.ok(Buffer.from(bytes).equals(await readBytes(store, 'a/bytes')));
    assert.deepEqual(await store.head('a/bytes'), { key: 'a/bytes', bytes: 700_001 });
    const ranges = [
      [0, 1],
      [5, 5],
      [699_999, 800_000],
      [262_143, 524_289],
      [700_001, 700_002],
    ];
    for (const [start = 0, end = 0] of ranges) {
      const parts: Uint8Array[] = [];
      for await (const part of await store.get('a/bytes', { start, end })) parts.push(part);
      assert.ok(Buffer.concat(parts).equals(bytes.subarray(start, end)), `${start} to ${end}`);
    }
    const rest: Uint8Array[] = [];
    for await (const part of await store.get('a/bytes', { start: 700_000 })) rest.push(part);
    assert.ok(Buffer.concat(rest).equals(bytes.subarray(700_000)));
  });

  test('any bytes come back, an object of none included', async () => {
    const store = await open();
    let number = 0;
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 64 }), async (bytes) => {
        const key = `bytes/${(number += 1)}`;
        await store.putIfAbsent(key, bytes);
        assert.ok(Buffer.from(bytes).equals(await readBytes(store, key)));
        assert.equal((await store.head(key))?.bytes, bytes.length);
      }),
      { numRuns: 30 },
    );
  });

  test('a body whose parts are all in the same memory comes back as it was', async () => {
    const store = await open();
    const memory = Buffer.alloc(1_000);
    async function* body(): AsyncGenerator<Uint8Array, void, undefined> {
      for (let part = 1; part <= 9; part += 1) yield memory.fill(part).subarray(0, 100 * part);
      memory.fill(0);
    }
    const whole = Buffer.concat([1, 2, 3, 4, 5, 6, 7, 8, 9].map((n) => Buffer.alloc(100 * n, n)));
    assert.equal((await store.putIfAbsent('a', body())).bytes, whole.length);
    assert.ok(whole.equals(await readBytes(store, 'a')));
  });

  test('the second put of a key changes nothing and gives the digest of what was offered', async () => {
    const store = await open();
    await store.putIfAbsent('key', Buffer.from('first'));
    const second = await store.putIfAbsent('key', chunked(Buffer.from('second'), [3]));
    assert.deepEqual(second, { created: false, bytes: 6, sha256: sha256Hex('second') });
    assert.equal(Buffer.from(await readBytes(store, 'key')).toString(), 'first');
  });

  test('a body that fails leaves nothing behind', async () => {
    const store = await open();
    async function* failing(): AsyncGenerator<Uint8Array, void, undefined> {
      yield Buffer.from('half');
      throw new RangeError('the source broke');
    }
    await assert.rejects(store.putIfAbsent('half', failing()), RangeError);
    assert.equal(await store.head('half'), null);
    assert.deepEqual(await listed(store, ''), []);
  });

  test('what is absent has no head, and getting it is an error; deleting it is none', async () => {
    const store = await open();
    assert.equal(await store.head('absent'), null);
    await assert.rejects(store.get('absent'), hasCode('object-missing'));
    await store.delete('absent');
    await store.putIfAbsent('a/b/c', Buffer.from('x'));
    assert.equal(await store.head('a/b'), null);
    await assert.rejects(store.get('a/b'), hasCode('object-missing'));
    assert.equal(await store.head('a/b/c/d'), null);
    await store.delete('a/b');
    await store.delete('a/b/c');
    assert.equal(await store.head('a/b/c'), null);
    assert.equal((await store.putIfAbsent('a/b', Buffer.from('y'))).created, true);
  });
}

function keys(open: () => Promise<ObjectStore>): void {
  test('a listing is in the order of the keys and follows the prefix to the letter', async () => {
    const store = await open();
    const written = [
      'a-b',
      'a.b',
      'a/b',
      'a0',
      'a=b',
      'aB',
      'a_b',
      'b/c/d',
      'b/c-d',
      'b/c0',
      'B',
      'a/a/a',
    ];
    for (const key of written) await store.putIfAbsent(key, Buffer.from(key));
    const sorted = [...written].sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
    assert.deepEqual(await listed(store, ''), sorted);
    for (const prefix of ['a', 'a/', 'a/a', 'b/c', 'b/c/', 'b/c/d', 'z', 'z/y', 'a/b/']) {
      assert.deepEqual(
        await listed(store, prefix),
        sorted.filter((key) => key.startsWith(prefix)),
        `prefix ${prefix}`,
      );
    }
    for await (const head of store.list('b/c/')) assert.deepEqual(head, { key: 'b/c/d', bytes: 5 });
  });

  test('any set of keys is listed in the order of its bytes', async () => {
    const segment = fc.string({
      unit: fc.constantFrom('a', 'B', '0', '-', '.', '_', '='),
      minLength: 1,
      maxLength: 3,
    });
    const key = fc
      .array(
        segment.filter((text) => !/^\.+$/.test(text)),
        { minLength: 1, maxLength: 3 },
      )
      .map((segments) => segments.join('/'));
    await fc.assert(
      fc.asyncProperty(fc.uniqueArray(key, { maxLength: 12 }), async (candidates) => {
        const store = await open();
        const chosen = candidates.filter(
          (one) => !candidates.some((other) => other.startsWith(`${one}/`)),
        );
        for (const one of chosen) await store.putIfAbsent(one, Buffer.from('x'));
        assert.deepEqual(await listed(store, ''), chosen.sort());
      }),
      { numRuns: 20 },
    );
  });

  const bad = [
    '',
    '/',
    'a/',
    '/a',
    'a//b',
    '.',
    '..',
    'a/../b',
    '../a',
    'a b',
    'ä',
    'a\\b',
    'a\0',
    'a:b',
    '.tmp/a',
    '.tmp',
  ];
  test('keys outside the alphabet are refused by every operation', async () => {
    const store = await open();
    for (const key of [...bad, 'x'.repeat(256), 'abcdefg/'.repeat(64) + 'a']) {
      await assert.rejects(store.head(key), hasCode('object-key'), JSON.stringify(key));
      await assert.rejects(store.get(key), hasCode('object-key'));
      await assert.rejects(store.putIfAbsent(key, Buffer.from('x')), hasCode('object-key'));
      await assert.rejects(store.delete(key), hasCode('object-key'));
      await assert.rejects(store.readPointer(key), hasCode('object-key'));
      await assert.rejects(store.compareAndSet(key, 0, Buffer.from('x')), hasCode('object-key'));
    }
    for (const prefix of ['../', 'a/../b', '/', 'a//b', 'ä', ' ']) {
      await assert.rejects(listed(store, prefix), hasCode('object-key'), JSON.stringify(prefix));
    }
  });

  test('the longest key and unusual segments are taken', async () => {
    const store = await open();
    const longest = `${'x'.repeat(255)}/${'y'.repeat(254)}/z`;
    for (const key of [longest, '...', '-', '=a/.b', 'a/.tmp/b']) {
      assert.equal((await store.putIfAbsent(key, Buffer.from('x'))).created, true);
    }
    assert.equal((await listed(store, '')).length, 5);
  });

  test('a key that is the folder of another is refused, whichever came first', async () => {
    const store = await open();
    await store.putIfAbsent('a/b', Buffer.from('x'));
    await assert.rejects(store.putIfAbsent('a', Buffer.from('x')), hasCode('object-key'));
    await assert.rejects(store.putIfAbsent('a/b/c', Buffer.from('x')), hasCode('object-key'));
    await assert.rejects(store.putIfAbsent('a/b/c/d', Buffer.from('x')), hasCode('object-key'));
    assert.deepEqual(await listed(store, ''), ['a/b']);
  });
}

function races(open: () => Promise<ObjectStore>, { writersOfOneKey, rounds }: Contention): void {
  test(`of ${writersOfOneKey} writers of one key exactly one wins, and its bytes are there whole`, async () => {
    const store = await open();
    for (let round = 0; round < rounds; round += 1) {
      const bodies = Array.from({ length: writersOfOneKey }, (_, writer) =>
        noise(20_000, writer + 1),
      );
      const puts = await Promise.all(
        bodies.map((body) => store.putIfAbsent(`race/${round}/deep/key`, chunked(body, [9_000]))),
      );
      const winners = puts.flatMap((put, writer) => (put.created ? [writer] : []));
      assert.equal(winners.length, 1);
      const stored = await readBytes(store, `race/${round}/deep/key`);
      assert.equal(sha256Hex(stored), puts[winners[0] ?? -1]?.sha256);
    }
  });

  test('puts and deletes that empty each other’s folders lose nothing', async () => {
    const store = await open();
    await Promise.all(
      Array.from({ length: 20 }, async (_, writer) => {
        for (let round = 0; round < 10; round += 1) {
          const key = `shared/folder/${writer}`;
          assert.equal((await store.putIfAbsent(key, Buffer.from('x'))).created, true);
          assert.equal((await store.head(key))?.bytes, 1);
          await store.delete(key);
        }
      }),
    );
    assert.deepEqual(await listed(store, ''), []);
  });
}

function pointers(open: () => Promise<ObjectStore>, { counters }: Contention): void {
  test('a pointer moves only from the version it is at', async () => {
    const store = await open();
    assert.equal(await store.readPointer('p/champion'), null);
    assert.equal(await store.compareAndSet('p/champion', 1, Buffer.from('no')), false);
    assert.equal(await store.compareAndSet('p/champion', 0, Buffer.from('one')), true);
    assert.equal(await store.compareAndSet('p/champion', 0, Buffer.from('no')), false);
    assert.equal(await store.compareAndSet('p/champion', 2, Buffer.from('no')), false);
    assert.equal(await store.compareAndSet('p/champion', 1, Buffer.from('two')), true);
    assert.equal(await store.compareAndSet('p/champion', 1, Buffer.from('no')), false);
    const pointer = await store.readPointer('p/champion');
    assert.equal(pointer?.version, 2);
    assert.equal(Buffer.from(pointer.value).toString(), 'two');
    assert.deepEqual(await listed(store, 'p/'), [
      'p/champion/000001.json',
      'p/champion/000002.json',
    ]);
  });

  test('versions are counted past the ninth and the ninety-ninth', async () => {
    const store = await open();
    for (let version = 0; version < 101; version += 1) {
      assert.equal(await store.compareAndSet('p', version, Buffer.from(String(version + 1))), true);
    }
    assert.equal((await store.readPointer('p'))?.version, 101);
  });

  test(`a counter under compare-and-set by ${counters} writers loses no increment`, async () => {
    const store = await open();
    await Promise.all(Array.from({ length: counters }, () => increment(store, 'counter', 5)));
    const pointer = await store.readPointer('counter');
    assert.equal(pointer?.version, 5 * counters);
    assert.equal(Buffer.from(pointer.value).toString(), String(5 * counters));
  });

  test('a pointer with a version missing in between is refused', async () => {
    const store = await open();
    for (const version of [0, 1, 2]) await store.compareAndSet('p', version, Buffer.from('x'));
    await store.delete('p/000002.json');
    await assert.rejects(store.readPointer('p'), hasCode('pointer-broken'));
  });
}

/** Adds one to the number that a pointer holds, `times` times, against whoever else does. */
export async function increment(store: ObjectStore, key: string, times: number): Promise<void> {
  for (let done = 0; done < times;) {
    const pointer = await store.readPointer(key);
    const value = Number(pointer === null ? 0 : Buffer.from(pointer.value).toString());
    const next = Buffer.from(String(value + 1));
    if (await store.compareAndSet(key, pointer?.version ?? 0, next)) done += 1;
  }
}
