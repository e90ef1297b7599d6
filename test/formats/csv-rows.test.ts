import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { fc } from '../support/properties.js';
import { csvRecordBatches } from '../../src/formats/csv-rows.js';
import { createRecordSearch } from '../../src/formats/csv-search.js';
import { chunked } from '../support/bytes.js';

const HEADER = '"id","asked","answered"\n';
const LIMIT = 1_000;

/** Each record as its place and fields, each broken stretch as its place. */
async function read(text: string, size = 1 << 20, limit = LIMIT): Promise<readonly string[]> {
  const bytes = Buffer.from(text);
  const cuts = Array.from({ length: Math.floor(bytes.length / size) }, (_, n) => (n + 1) * size);
  const found: string[] = [];
  const options = { maximumRecordBytes: limit };
  for await (const batch of csvRecordBatches(chunked(bytes, cuts), options)) {
    for (const each of batch) {
      const what =
        each.kind === 'broken'
          ? 'broken'
          : JSON.stringify(each.fields.map((field) => Buffer.from(field).toString()));
      found.push(`${each.line}@${each.offset}+${each.length} ${what}`);
    }
  }
  return found;
}

function quoted(...fields: readonly string[]): string {
  return fields.map((field) => `"${field.replaceAll('"', '""')}"`).join(',');
}

/** Pieces of a text, with their places as `read` shows them; those without fields are broken. */
function placed(pieces: readonly (readonly [string, (readonly string[])?])[]): readonly string[] {
  let [line, offset] = [1, 0];
  return pieces.map(([text, fields]) => {
    const length = Buffer.byteLength(text);
    const shown = `${line}@${offset}+${length} ${fields === undefined ? 'broken' : JSON.stringify(fields)}`;
    line += text.split('\n').length - 1;
    offset += length;
    return shown;
  });
}

const header = [HEADER, ['id', 'asked', 'answered']] as const;
const first = ['1', 'two\nlines', 'a "quote"'];
const last = ['9', 'q', ''];
const good = (fields: readonly string[], end = '\n'): readonly [string, readonly string[]] => [
  quoted(...fields) + end,
  fields,
];

describe('a CSV that breaks', () => {
  const cases: readonly (readonly [string, string])[] = [
    ['a quote that is not doubled', '"3","he said "hi"","a"\n'],
    ['a row that was cut within a field', '"3","he sa\n'],
    ['a row that was cut within a field of many lines', `"3","he\nsaid\n""hi"",x,y\n""3"",""q\n`],
    ['a quote within a field that has none', '3,he said "hi",a\n'],
    ['lines that look like rows of another length', '"3"x\n"a","b"\n"a","b","c","d"\n'],
    ['a record that is longer than the limit', `"3","${'long\n'.repeat(400)}","a"\n`],
    ['lines that hold no more than the end of a field', '"3"x,"\n","a"\n"","","b"\n'],
  ];
  for (const [what, broken] of cases) {
    test(`at ${what} goes on with the next row, however it is chunked`, async () => {
      const pieces = [header, good(first), [broken], good(last), good(first, '')] as const;
      const text = pieces.map(([each]) => each).join('');
      for (const size of [1, 2, 3, 7, 64, 1_000, 1 << 20]) {
        assert.deepEqual(await read(text, size), placed(pieces), `in pieces of ${size}`);
      }
    });
  }

  test('may end with a carriage return before each line feed, and in the middle of a row', async () => {
    const end = '\r\n';
    const pieces = [
      ['"id","asked","answered"\r\n', header[1]],
      good(first, end),
      [`"2","q"x${end}`],
      good(last, end),
      ['"3","open'],
    ] as const;
    const text = pieces.map(([each]) => each).join('');
    for (const size of [1, 5, 1 << 20]) assert.deepEqual(await read(text, size), placed(pieces));
  });

  test('in its header, or whose rows do not begin with a quote, is broken to its end', async () => {
    const torn = `"id","asked"x\n${quoted(...first)}\n`;
    assert.deepEqual(await read(torn), placed([[torn]]));
    const [names, rows] = ['id,asked,answered\n', '1,q"q,a\n2,"q",a\n3,"q",a\n'];
    assert.deepEqual(await read(names + rows, 3), placed([[names, header[1]], [rows]]));
  });

  test('behind many empty lines holds none of them, and tells where it broke', async () => {
    const empty = '\n'.repeat(5_000);
    const text = `${HEADER}${empty}"2"x\n${quoted(...last)}\n`;
    // The last of the chunks that hold nothing but empty lines ends at byte 5000.
    assert.deepEqual((await read(text, 500)).slice(1), [
      '4978@5000+29 broken',
      `5003@5029+11 ${JSON.stringify(last)}`,
    ]);
  });

  test('is not held beyond the limit where a quote stays open', () => {
    const search = createRecordSearch(3, { maximumRecordBytes: LIMIT });
    assert.equal(search.push(Buffer.from(`x\n"open${'.'.repeat(LIMIT - 5)}`)), null);
    assert.deepEqual(search.passed(), { bytes: 2, lines: 1 });
    assert.equal(search.push(Buffer.from('.'.repeat(LIMIT))), null);
    assert.deepEqual(search.passed(), { bytes: 2 * LIMIT + 2, lines: 1 });
  });

  test('loses no row but the one that was cut, and makes up none, whatever their texts hold', async () => {
    const text = fc.string({
      unit: fc.constantFrom('"', ',', '\n', 'a', '"x', '","', '\n"a","b","c"\n', '""'),
      maxLength: 12,
    });
    const rows = fc.array(fc.tuple(text, text), { minLength: 1, maxLength: 6 });
    await fc.assert(
      fc.asyncProperty(
        rows,
        fc.nat(),
        fc.double({ min: 0, max: 1, noNaN: true }),
        fc.integer({ min: 1, max: 40 }),
        async (texts, which, share, size) => {
          const all = texts.map(([asked, answered], index) => [`r${index}`, asked, answered]);
          const cut = which % all.length;
          const lines = all.map((fields, index) => {
            const whole = quoted(...fields);
            return index === cut ? whole.slice(0, Math.floor(share * whole.length)) : whole;
          });
          const found = await read(`${HEADER}${lines.join('\n')}\n`, size);
          const fieldsOf = all.map((fields) => JSON.stringify(fields));
          const shown = found.slice(1).map((each) => each.replace(/^\S+ /, ''));
          const whole = shown.filter((each) => fieldsOf.includes(each));
          const wanted = fieldsOf.filter((_, index) => index !== cut);
          assert.deepEqual(
            whole.filter((each) => !each.startsWith(`["r${cut}"`)),
            wanted,
          );
          for (const each of shown) {
            assert.ok(
              each === 'broken' || fieldsOf.includes(each) || isOfTheCut(each, cut),
              `${each} is no row`,
            );
          }
        },
      ),
      { numRuns: 500 },
    );
  });
});

/** What is left of a row that was cut between two fields has fewer of them, and some name of its own. */
function isOfTheCut(shown: string, cut: number): boolean {
  const fields = JSON.parse(shown) as readonly string[];
  return fields.length < 3 || fields[0] === `r${cut}`;
}
