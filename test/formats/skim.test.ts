import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { fc } from '../support/properties.js';
import { createLineSkimmer, MARK, NEW_SHAPE } from '../../src/formats/skim.js';

const NAMES = [
  { name: 'content', texts: true, numbers: false },
  { name: 'time', texts: true, numbers: true },
  { name: 'tokens', texts: false, numbers: true },
];
const skimmer = createLineSkimmer(NAMES) ?? assert.fail('this machine has no SIMD');

function shapeOf(line: string | Uint8Array): string | null {
  const number = skimmer.skim(typeof line === 'string' ? Buffer.from(line) : line);
  return number === null ? null : skimmer.shape();
}

/** The line that a shape and its values make, each value as it is written in canonical JSON. */
function filled(shape: string): string {
  return shape.replaceAll(/"\u007f(\d+)"/g, (_mark, value: string) => {
    const [start, end] = [JSON.stringify(skimmer.textOf(Number(value))), Number(value)];
    assert.equal(skimmer.unreadText(end).text(), skimmer.textOf(end));
    return start;
  });
}

describe('lines that are skimmed', () => {
  test('values under the names are left out, and nothing else', () => {
    const line = '{"content" :\t"a text", "time":12.5e1,"tokens":-3,"other":"content","n":1}';
    assert.equal(
      shapeOf(line),
      `{"content" :\t"${MARK}0", "time":"${MARK}1","tokens":"${MARK}2","other":"content","n":1}`,
    );
    assert.deepEqual(
      [skimmer.textOf(0), skimmer.textOf(1), skimmer.textOf(2)],
      ['a text', '12.5e1', '-3'],
    );
    assert.equal(skimmer.count(), 3);
    assert.equal(
      shapeOf('{"content":"","tokens":"1","content":7,"time":null}'),
      '{"content":"","tokens":"1","content":7,"time":null}',
    );
    assert.equal(skimmer.count(), 0);
  });

  test('whatever the values are, the shape and they make the line', () => {
    const value: fc.Arbitrary<unknown> = fc.letrec((tie) => ({
      node: fc.oneof(
        { maxDepth: 4 },
        fc.string({ unit: 'binary' }).filter((text) => !text.includes(MARK)),
        fc.double({ noNaN: true, noDefaultInfinity: true }),
        fc.constantFrom(null, true, 'content', 'time', '\u2028é"\\\n', '😀'),
        fc.array(tie('node'), { maxLength: 4 }),
        fc.dictionary(
          fc.constantFrom('content', 'time', 'tokens', 'a', 'é', 'contents', 'conten'),
          tie('node'),
        ),
      ),
    })).node;
    fc.assert(
      fc.property(value, fc.constantFrom(undefined, 1), (given, space) => {
        const line = JSON.stringify({ given }, null, space).replaceAll('\n', ' ');
        const shape = shapeOf(line) ?? assert.fail(line);
        assert.deepEqual(numbersAsText(JSON.parse(filled(shape))), numbersAsText(JSON.parse(line)));
      }),
      { numRuns: 2_000 },
    );
  });

  test('texts that are written in another way are read the same', () => {
    for (const [json, text] of [
      ['caf\\u00e9 \\/ \\ud83d\\ude00', 'café / 😀'],
      ['\\ud83d alone', '\ud83d alone'],
      ['\\u001F\\u000a\\u007f', '\u001f\n\u007f'],
      ['\\u0041', 'A'],
    ] as const) {
      assert.equal(shapeOf(`{"content":"${json}"}`), `{"content":"${MARK}0"}`);
      assert.equal(skimmer.unreadText(0).json(), null, json);
      assert.equal(skimmer.unreadText(0).text(), text);
      assert.equal(skimmer.textOf(0), text);
    }
  });

  test('canonical JSON of a text is its bytes as they stand', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', minLength: 1 }), (text) => {
        const json = JSON.stringify(text);
        shapeOf(`{"content":${json}}`);
        const unread = skimmer.unreadText(0);
        assert.equal(unread.text(), text);
        const bytes = unread.json();
        if (text.isWellFormed()) assert.equal(`"${Buffer.from(bytes ?? []).toString()}"`, json);
        else assert.equal(bytes, null);
      }),
    );
  });

  test('a line that could be taken for a shape, or is no UTF-8 or JSON, is not skimmed', () => {
    for (const line of [
      `{"a":"${MARK}0","content":"b"}`,
      '{"a":"\\u007f0","content":"b"}',
      `{"${MARK}":1}`,
      '{"a":"\u0001"}',
      '{"a":"\\x"}',
      '{"content":"\\u12g4"}',
      '{"content":"open',
      '{"content":"open\\',
      '{"a":é}',
      Buffer.from('{"content":"\xe9"}', 'latin1'),
      Buffer.from('{"content":"\xed\xa0\x80"}', 'latin1'),
      `{"content":"${'x'.repeat(1 << 20)}"}`,
    ]) {
      assert.equal(shapeOf(line), null, String(line).slice(0, 40));
    }
    assert.equal(shapeOf(`{"content":"${MARK}0"}`), `{"content":"${MARK}0"}`);
    assert.equal(skimmer.textOf(0), `${MARK}0`);
  });

  test('a line that there is room for, and not for its shape, is not skimmed', () => {
    const values = `{"other":[${Array.from({ length: 4_096 }, () => '{"tokens":1}').join(',')}],"a":"`;
    const lineOf = (length: number): string =>
      `${values}${'x'.repeat(length - values.length - 2)}"}`;
    assert.equal(filled(shapeOf(lineOf(1_000_000)) ?? '').length, 1_000_000 + 4_096 * 2);
    assert.ok(shapeOf(lineOf((1 << 20) - 1)) === null);
  });

  test('a number that is none stays where it is', () => {
    for (const number of ['01', '1.', '.5', '-', '1e', '1e+', '+1', 'NaN']) {
      const line = `{"tokens":${number}}`;
      const shape = shapeOf(line) ?? assert.fail(number);
      assert.throws(() => JSON.parse(shape), SyntaxError, number);
    }
  });

  test('names are left out of more than thirty-one characters, or with escapes', () => {
    const long = 'x'.repeat(32);
    const other =
      createLineSkimmer([
        { name: long, texts: true, numbers: true },
        { name: 'a"b', texts: true, numbers: true },
        { name: long.slice(1), texts: true, numbers: true },
      ]) ?? assert.fail();
    const line = `{"${long}":"a","a\\"b":"c","${long.slice(1)}":"d"}`;
    other.skim(Buffer.from(line));
    assert.equal(other.shape(), line.replace('"d"', `"${MARK}0"`));
  });

  test('shapes that are kept are known again by their bytes, until they are forgotten', () => {
    const own = createLineSkimmer(NAMES) ?? assert.fail();
    const shape = fc.oneof(
      fc.string({ maxLength: 40 }),
      fc.constantFrom('a'.repeat(15), 'a'.repeat(16), `${'a'.repeat(32)}b`, `${'a'.repeat(32)}c`),
    );
    fc.assert(
      fc.property(fc.array(fc.tuple(shape, fc.nat()), { maxLength: 40 }), (lines) => {
        own.forget();
        const numbers = new Map<string, number>();
        for (const [text, time] of lines) {
          const known = own.skim(Buffer.from(JSON.stringify({ text, time })));
          assert.equal(known, numbers.get(own.shape()) ?? NEW_SHAPE);
          if (known !== NEW_SHAPE) continue;
          assert.equal(own.keep(), numbers.size);
          numbers.set(own.shape(), numbers.size);
        }
      }),
    );
  });

  test('there is room for a thousand shapes, and for so many bytes', () => {
    const own = createLineSkimmer(NAMES) ?? assert.fail();
    const keep = (line: string): number | null => {
      assert.equal(own.skim(Buffer.from(line)), NEW_SHAPE);
      return own.keep();
    };
    for (let number = 0; number < 1_000; number += 1) assert.equal(keep(`[${number}]`), number);
    assert.equal(keep('[1000]'), null);
    assert.equal(own.skim(Buffer.from('[999]')), 999);
    own.forget();
    assert.equal(keep('[999]'), 0);
    for (const number of [1, 2, 3, 4]) assert.equal(keep(long(number)), number);
    assert.equal(keep(long(5)), null);
    assert.equal(own.skim(Buffer.from(long(4))), 4);
  });
});

function long(number: number): string {
  return `["${'x'.repeat(1_000_000)}${number}"]`;
}

/** Numbers that were left out come back as texts. */
function numbersAsText(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(numbersAsText);
  if (typeof value === 'number') return String(value);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, each]) => [name, numbersAsText(each)]),
  );
}
