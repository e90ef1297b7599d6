import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { fc } from '../support/properties.js';
import { lines, type Line } from '../../src/formats/lines.js';
import { chunked, noise, passing } from '../support/bytes.js';

async function split(
  text: string | Uint8Array,
  cuts: readonly number[] = [],
  maximumLineBytes = 1_000,
): Promise<Line[]> {
  const found: Line[] = [];
  for await (const line of lines(chunked(Buffer.from(text), cuts), { maximumLineBytes })) {
    found.push(line);
  }
  return found;
}

function shown(line: Line): string {
  const text = line.bytes === null ? null : Buffer.from(line.bytes).toString('latin1');
  return `${line.line}@${line.offset}+${line.length} ${JSON.stringify(text)}`;
}

/** The same by another road: the whole text in memory, cut by a regular expression. */
function expected(text: string, maximumLineBytes: number): string[] {
  const mark = text.startsWith('\u00ef\u00bb\u00bf') ? 3 : 0;
  const found: string[] = [];
  for (const match of text.slice(mark).matchAll(/[^\n]*\n|[^\n]+$/g)) {
    const content = match[0].replace(/\r?\n$|\r$/, '');
    const kept = content.length > maximumLineBytes ? null : content;
    found.push(
      `${found.length + 1}@${mark + match.index}+${content.length} ${JSON.stringify(kept)}`,
    );
  }
  return found;
}

describe('lines', () => {
  const cases: readonly (readonly [string, string, readonly string[]])[] = [
    ['an empty file has no lines', '', []],
    ['a last line needs no line feed', 'a\nbc', ['1@0+1 "a"', '2@2+2 "bc"']],
    ['a final line feed begins no new line', 'a\n', ['1@0+1 "a"']],
    ['blank lines are lines', '\n\r\n', ['1@0+0 ""', '2@1+0 ""']],
    ['a carriage return before the line feed is no part', 'a\r\nb\r', ['1@0+1 "a"', '2@3+1 "b"']],
    ['a carriage return within stays', 'a\rb\n', ['1@0+3 "a\\rb"']],
  ];
  for (const [name, text, wanted] of cases) {
    test(name, async () => assert.deepEqual((await split(text)).map(shown), wanted));
  }

  test('a byte order mark is skipped, also when the chunks cut it', async () => {
    const bytes = Buffer.from([0xef, 0xbb, 0xbf, 0x61, 0x0a, 0x62]);
    for (const cuts of [[], [1], [2], [3], [1, 2, 3, 4, 5]]) {
      assert.deepEqual((await split(bytes, cuts)).map(shown), ['1@3+1 "a"', '2@5+1 "b"']);
    }
    assert.deepEqual(await split(bytes.subarray(0, 3)), []);
  });

  test('nothing is held of a chunk once the next one is asked for', async () => {
    const text = '\u00ef\u00bb\u00bfone\ntwo\n\nthree\r\nfour';
    const bytes = Buffer.from(text, 'latin1');
    for (let cut = 1; cut < bytes.length; cut += 1) {
      const chunks = passing(chunked(bytes, [cut, cut + 1, cut + 7]));
      const found: string[] = [];
      for await (const line of lines(chunks, { maximumLineBytes: 1_000 })) found.push(shown(line));
      assert.deepEqual(found, expected(text, 1_000));
    }
  });

  test('a line above the limit is named without its bytes, one at the limit is read', async () => {
    assert.deepEqual((await split('abc\nabcd\nabc\r\nabcd\r\n', [5], 3)).map(shown), [
      '1@0+3 "abc"',
      '2@4+4 null',
      '3@9+3 "abc"',
      '4@14+4 null',
    ]);
  });

  test('lines are the same however the bytes are chunked', async () => {
    const text = fc
      .array(fc.constantFrom('\n', '\r', '\r\n', 'a', 'bc', '\u00ef\u00bb\u00bf', 'defghij'))
      .map((parts) => parts.join(''));
    await fc.assert(
      fc.asyncProperty(
        text,
        fc.array(fc.nat(60), { maxLength: 12 }),
        fc.integer({ min: 1, max: 12 }),
        async (content, cuts, limit) => {
          const found = await split(Buffer.from(content, 'latin1'), cuts, limit);
          assert.deepEqual(found.map(shown), expected(content, limit));
        },
      ),
      { numRuns: 500 },
    );
  });

  test('a line of 200 MB without an end is counted and not held', async () => {
    const chunk = noise(1_000_000).map((byte) => (byte === 0x0a ? 0x61 : byte));
    const before = process.memoryUsage().arrayBuffers;
    let peak = 0;
    async function* endless(): AsyncGenerator<Uint8Array, void, undefined> {
      for (let index = 0; index < 200; index += 1) {
        peak = Math.max(peak, process.memoryUsage().arrayBuffers - before);
        yield chunk.slice();
      }
    }
    let line: Line | null = null;
    for await (const found of lines(endless(), { maximumLineBytes: 1_000 })) line = found;
    assert.equal(line?.length, 200_000_000);
    assert.equal(line.bytes, null);
    assert.ok(peak < 150_000_000, `held ${peak} bytes`);
  });
});
