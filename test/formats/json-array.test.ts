import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { fc } from '../support/properties.js';
import { DataError } from '../../src/domain/errors.js';
import { arrayElementsOrLines } from '../../src/formats/json-array.js';
import type { Line } from '../../src/formats/lines.js';
import { chunked, collectUntilError } from '../support/bytes.js';

async function read(
  text: string,
  cuts: readonly number[] = [],
  maximumLineBytes = 1_000,
): Promise<{ readonly values: readonly Line[]; readonly error: unknown }> {
  return collectUntilError(
    arrayElementsOrLines(chunked(Buffer.from(text), cuts), { maximumLineBytes }),
  );
}

function shown({ line, offset, length, bytes }: Line): string {
  return `${line}@${offset}+${length} ${bytes === null ? 'null' : Buffer.from(bytes).toString()}`;
}

describe('arrayElementsOrLines', () => {
  const cases: readonly (readonly [string, string, readonly string[]])[] = [
    ['an empty array has no elements', ' [ ]\n', []],
    ['elements stand without the space around them', '[{"a":1}, 2]', ['1@1+7 {"a":1}', '2@10+1 2']],
    [
      'brackets and commas in strings and below are no boundary',
      '["a,]\\"",[1,[2]],{"b":[3,"}"]}]',
      ['1@1+7 "a,]\\""', '2@9+7 [1,[2]]', '3@17+13 {"b":[3,"}"]}'],
    ],
    [
      'an element between two commas may be missing, and is given as empty',
      '[1,,2,]',
      ['1@1+1 1', '2@3+0 ', '3@4+1 2', '4@6+0 '],
    ],
    ['what follows the closing bracket is given too', '[1] rest', ['1@1+1 1', '2@4+4 rest']],
    ['a byte order mark is skipped', '\ufeff[1]', ['1@4+1 1']],
    [
      'a file that is no array is read by lines',
      '{"a":[1,2]}\n{"b":3}',
      ['1@0+11 {"a":[1,2]}', '2@12+7 {"b":3}'],
    ],
    [
      'lines after a byte order mark keep their places',
      '\ufeff\n{"b":3}',
      ['1@3+0 ', '2@4+7 {"b":3}'],
    ],
    ['an empty file has nothing', '', []],
  ];
  for (const [name, text, wanted] of cases) {
    test(name, async () => {
      for (const cuts of [[], [...Array(text.length).keys()]]) {
        const { values, error } = await read(text, cuts);
        assert.equal(error, null);
        assert.deepEqual(values.map(shown), wanted);
      }
    });
  }

  test('an element above the limit is named without its bytes', async () => {
    const { values } = await read('["abc","abcd" ,"abc"]', [], 5);
    assert.deepEqual(values.map(shown), ['1@1+5 "abc"', '2@7+7 null', '3@15+5 "abc"']);
    const long = await read(`[${'"x"'.repeat(500)},1]`, [700], 5);
    assert.deepEqual(long.values.map(shown), ['1@1+1500 null', '2@1502+1 1']);
  });

  test('an array that is cut gives the elements that end, then says so', async () => {
    for (const text of ['[1,2', '[1,"a', '[1,{"a":2', '[1,\n']) {
      const { values, error } = await read(text);
      assert.ok(error instanceof DataError && error.code === 'unterminated-array', text);
      assert.deepEqual(values.map(shown), ['1@1+1 1']);
    }
    assert.ok((await read('[')).error instanceof DataError);
  });

  test('an element says where what follows it begins', async () => {
    for (const text of ['\ufeff[{"a":1} , 2]\n7', '\ufeff{"a":1}\r\n\n7']) {
      for (const cuts of [[], [...Array(text.length).keys()]]) {
        const { values } = await read(text, cuts);
        const bytes = Buffer.from(text);
        const between = values.map(({ offset, length, next }) =>
          bytes.subarray(offset + length, next).toString(),
        );
        assert.deepEqual(between, text.includes('[') ? [' ,', ']', ''] : ['\r\n', '\n', '']);
      }
    }
  });

  test('every array gives its elements, however it is spaced and chunked', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.jsonValue(), { maxLength: 6 }),
        fc.nat(3),
        fc.array(fc.nat(200), { maxLength: 10 }),
        async (values, indent, cuts) => {
          const text = JSON.stringify(values, null, indent);
          const found = await read(text, cuts, 100_000);
          assert.equal(found.error, null);
          assert.equal(found.values.length, values.length);
          for (const [index, line] of found.values.entries()) {
            const own = Buffer.from(text).subarray(line.offset, line.offset + line.length);
            assert.ok(own.equals(line.bytes ?? Buffer.from('missing')));
            assert.deepEqual(JSON.parse(own.toString()), JSON.parse(JSON.stringify(values[index])));
          }
        },
      ),
      { numRuns: 300 },
    );
  });
});
