import assert from 'node:assert/strict';
import { closeSync, openSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { fc } from '../support/properties.js';
import { cutFile, type LineVisitor, readLines } from '../../src/cli/line-reader.js';
import { createKernel } from '../../src/text/kernel.js';
import type { RowScanner } from '../../src/text/row-scanner.js';
import { temporaryFolder } from '../support/folders.js';

const kernel = createKernel() ?? assert.fail('this engine has no SIMD');

interface Read {
  readonly offset: number;
  readonly text: string;
}

/** The lines of a file that begin in a range, rows by their first value, read through a buffer of this size. */
function linesOf(path: string, capacity: number, start = 0, end = Number.MAX_SAFE_INTEGER): Read[] {
  const scanner: RowScanner = { ...kernel.scanner, capacity };
  const found: Read[] = [];
  const visitor: LineVisitor = {
    row(base) {
      const bytes = scanner.input.subarray(scanner.valueStart(0), scanner.valueEnd(0));
      found.push({
        offset: base + scanner.valueStart(0),
        text: Buffer.from(bytes).toString('utf8'),
      });
      return true;
    },
    line(bytes, offset) {
      found.push(readOf(Buffer.from(bytes ?? []).toString('utf8'), offset));
    },
  };
  const file = openSync(path, 'r');
  try {
    for (const read of readLines(file, { start, end }, scanner, visitor)) assert.ok(read >= 0);
  } finally {
    closeSync(file);
  }
  return found;
}

function readOf(line: string, offset: number): Read {
  const row = /^\{"a":"([a-zé]+)"\}\r*$/u.exec(line)?.[1];
  // A row that the buffer has no room for comes as a line.
  return row === undefined
    ? { offset, text: `line ${line}` }
    : { offset: offset + '{"a":"'.length, text: row };
}

/** The same by splitting the whole text at line feeds. */
function expected(bytes: Buffer): Read[] {
  const mark = bytes.subarray(0, 3).equals(Buffer.from('\ufeff')) ? 3 : 0;
  const found: Read[] = [];
  for (let start = mark; start < bytes.length;) {
    const feed = bytes.indexOf(10, start);
    const end = feed === -1 ? bytes.length : feed;
    const line = bytes.subarray(start, end).toString('utf8');
    found.push(readOf(line.replace(/\r$/u, ''), start));
    start = end + 1;
  }
  return found;
}

const line = fc.oneof(
  fc.stringMatching(/^[a-z]{1,40}$/u).map((text) => `{"a":"${text}"}`),
  fc.constantFrom(
    '',
    '\r',
    '{"a":"b"}\r',
    '{"a":"é"}',
    '{"é":"b"}',
    '{"a":',
    '[1, 2]',
    `"${'long '.repeat(20)}"`,
  ),
);
const file = fc
  .record({
    mark: fc.constantFrom('', '\ufeff'),
    lines: fc.array(line, { maxLength: 12 }),
    end: fc.constantFrom('', '\n', '\r\n'),
  })
  .map(({ mark, lines, end }) => Buffer.from(`${mark}${lines.join('\n')}${end}`));

describe('the line reader', () => {
  test('visits the same lines whatever the buffer holds, longer ones among them', async () => {
    const path = join(await temporaryFolder(), 'rows.jsonl');
    fc.assert(
      fc.property(file, fc.integer({ min: 4, max: 200 }), (bytes, capacity) => {
        writeFileSync(path, bytes);
        assert.deepEqual(linesOf(path, capacity), expected(bytes));
      }),
      { numRuns: 300 },
    );
  });

  test('visits each line in one of the ranges that a file is cut into', async () => {
    const path = join(await temporaryFolder(), 'rows.jsonl');
    fc.assert(
      fc.property(file, fc.integer({ min: 4, max: 90 }), fc.nat(), (bytes, capacity, cut) => {
        writeFileSync(path, bytes);
        const middle = Math.max(4, cut % (bytes.length + 1));
        const parts = [...linesOf(path, capacity, 0, middle), ...linesOf(path, capacity, middle)];
        assert.deepEqual(parts, expected(bytes));
      }),
      { numRuns: 300 },
    );
  });

  test('cuts a file into parts that leave nothing out, the last ones small', () => {
    const ranges = cutFile(1_000_000, 100_000, 2);
    ranges.forEach(({ start, end }, part) => {
      assert.equal(start, ranges[part - 1]?.end ?? 0);
      assert.ok(start < end && end - start <= 100_000);
    });
    assert.equal(ranges.at(-1)?.end, 1_000_000);
    const [first, last] = [ranges[0], ranges.at(-1)].map((range) =>
      range === undefined ? 0 : range.end - range.start,
    );
    assert.equal(first, 100_000);
    assert.ok((last ?? 0) < 30_000);
    assert.deepEqual(cutFile(199_999, 100_000, 2), [{ start: 0, end: 199_999 }]);
    assert.deepEqual(cutFile(0, 100_000, 2), [{ start: 0, end: 0 }]);
  });
});
