import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { parquetWriteBuffer } from 'hyparquet-writer';
import { DataError } from '../../src/domain/errors.js';
import { readDataset } from '../../src/formats/dataset-file.js';
import type { DatasetRow } from '../../src/formats/json-row.js';
import { temporaryFolder } from '../support/folders.js';

/** `{"a":"x"}` and `{"a":"y"}` as lines, by the zstd command line. */
const ZSTD_LINES = Buffer.from('KLUv/QRooQAAeyJhIjoieCJ9CnsiYSI6InkifQojVvLM', 'base64');

describe('readDataset', async () => {
  const folder = await temporaryFolder();
  const rowsOf = async (name: string, content: string | Uint8Array): Promise<DatasetRow[]> => {
    const path = join(folder, name);
    writeFileSync(path, content);
    const rows: DatasetRow[] = [];
    for await (const batch of readDataset(path)) rows.push(...batch);
    return rows;
  };
  const lines = '{"a":"x"}\n\n{"a":"y"}\n';
  const byLine = [
    { index: 0, line: 1, row: { a: 'x' } },
    { index: 1, line: 3, row: { a: 'y' } },
  ];
  const withoutLines = byLine.map((row) => ({ ...row, line: null }));

  test('reads JSON Lines, plain and compressed, with a byte order mark and CRLF', async () => {
    assert.deepEqual(await rowsOf('a.jsonl', lines), byLine);
    assert.deepEqual(await rowsOf('a.ndjson', `\uFEFF${lines.replaceAll('\n', '\r\n')}`), byLine);
    assert.deepEqual(await rowsOf('a.jsonl.gz', gzipSync(lines)), byLine);
  });

  test('reads zstd', async () => {
    const rows = await rowsOf('a.jsonl.zst', ZSTD_LINES);
    assert.deepEqual(
      rows.map(({ row }) => row),
      [{ a: 'x' }, { a: 'y' }],
    );
  });

  test('reads a JSON array, and lines under the name of one', async () => {
    assert.deepEqual(await rowsOf('a.json', '[{"a":"x"},\n {"a":"y"}]'), withoutLines);
    assert.deepEqual(await rowsOf('b.JSON', lines), withoutLines);
  });

  test('reads CSV with quotes, line breaks and characters cut by chunks', async () => {
    const long = 'ü漢👍'.repeat(300_000);
    const rows = await rowsOf('a.csv', `\uFEFFa,b\n"x ""1""\ny",${long}\nz,2\n`);
    assert.deepEqual(rows, [
      { index: 0, line: 2, row: { a: 'x "1"\ny', b: long } },
      { index: 1, line: 4, row: { a: 'z', b: '2' } },
    ]);
  });

  test('reads Parquet', async () => {
    const buffer = parquetWriteBuffer({
      columnData: [{ name: 'a', data: ['x', 'y'], type: 'STRING' }],
    });
    assert.deepEqual(await rowsOf('a.parquet', new Uint8Array(buffer)), withoutLines);
  });

  test('tells file and line of what it cannot read, and never what stands there', async () => {
    const broken: readonly (readonly [string, string | Uint8Array, RegExp])[] = [
      ['b.jsonl', '{"a":1}\nsecret\n', /b\.jsonl line 2 .*no JSON$/],
      ['c.jsonl', '["secret"]\n', /c\.jsonl line 1 .*no JSON object/],
      ['d.jsonl', Buffer.from([0x7b, 0xff, 0x7d]), /d\.jsonl line 1 .*not UTF-8/],
      ['e.json', '[{"a":1}, {"a":"secret"', /e\.json can't be read: .*at element 2,/],
      ['f.json', '[{"a":1}', /f\.json can't be read: .*closing bracket/],
      ['g.csv', 'a,b\n1,2\nsecret\n', /g\.csv line 3 .*fields/],
      ['h.csv', Buffer.from([0x61, 0x0a, 0xff, 0x0a]), /h\.csv can't be read: .*UTF-8/],
      ['i.jsonl.gz', gzipSync(lines.repeat(1_000)).subarray(0, 40), /i\.jsonl\.gz can't be read/],
      ['j.parquet', 'secret', /j\.parquet can't be read/],
    ];
    for (const [name, content, message] of broken) {
      await assert.rejects(rowsOf(name, content), (error) => {
        assert.ok(error instanceof DataError, name);
        assert.equal(error.code, 'dataset-unreadable', name);
        assert.match(error.message, message);
        assert.doesNotMatch(error.message, /secret/);
        return true;
      });
    }
  });

  test('refuses a missing file and an unknown ending', async () => {
    await assert.rejects(rowsOf('a.xlsx', ''), /unknown ending/);
    await assert.rejects(async () => {
      for await (const rows of readDataset(join(folder, 'none.jsonl')))
        assert.fail(String(rows.length));
    }, /there is no file/);
  });

  test('closes the file when it is left in the middle', async () => {
    const path = join(folder, 'many.csv');
    writeFileSync(path, `a\n${`${'x'.repeat(99)}\n`.repeat(30_000)}`);
    for await (const [first] of readDataset(path)) if ((first?.index ?? 0) > 0) break;
  });
});
