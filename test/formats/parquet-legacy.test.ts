import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { readParquetRows } from '../../src/formats/parquet.js';
import { collectUntilError } from '../support/bytes.js';
import { legacyParquet, type LegacySchema } from '../support/legacy-parquet.js';

async function rowsOf(bytes: Uint8Array): Promise<readonly Record<string, unknown>[]> {
  const { values, error } = await collectUntilError(readParquetRows(bytes));
  assert.equal(error, null);
  return values;
}

const TIME = new Date('2026-02-10T12:34:56.789Z');

/** A type of the writer's, what is written, and what is read: JSON values, as `readParquetRows` says. */
const VALUES: readonly (readonly [type: string, value: unknown, read: unknown])[] = [
  ['BOOLEAN', true, true],
  ['INT32', -2_147_483_648, -2_147_483_648],
  ['INT64', Number.MAX_SAFE_INTEGER, Number.MAX_SAFE_INTEGER],
  ['FLOAT', 0.5, 0.5],
  ['DOUBLE', -1e300, -1e300],
  ['BYTE_ARRAY', Buffer.from('text without a mark, ü'), 'text without a mark, ü'],
  ['UTF8', 'ünïcödé 😀\n', 'ünïcödé 😀\n'],
  ['JSON', { a: [1, { b: null }] }, { a: [1, { b: null }] }],
  ['DATE', new Date('2026-02-10T00:00:00.000Z'), '2026-02-10T00:00:00.000Z'],
  ['TIMESTAMP_MILLIS', TIME, TIME.toISOString()],
  ['TIMESTAMP_MICROS', TIME, TIME.toISOString()],
  ['UINT_8', 255, 255],
  ['UINT_16', 65_535, 65_535],
  ['UINT_32', 2_147_483_647, 2_147_483_647],
  ['UINT_64', 1_234_567_890_123, 1_234_567_890_123],
  ['INT_8', -128, -128],
  ['INT_16', -32_768, -32_768],
  ['INT_32', -7, -7],
  ['INT_64', -1_234_567_890_123, -1_234_567_890_123],
];

describe('files of parquetjs-lite, as readParquetRows reads them', () => {
  for (const compression of ['UNCOMPRESSED', 'SNAPPY', 'GZIP']) {
    for (const [type, value, read] of VALUES) {
      test(`${type}, ${compression}: values, missing ones and lists`, async () => {
        const schema: LegacySchema = {
          value: { type, compression },
          optional: { type, compression, optional: true },
          list: { type, compression, repeated: true },
        };
        const bytes = await legacyParquet(schema, [
          { value, optional: value, list: [value, value] },
          { value, list: [] },
          { value, optional: value, list: [value] },
        ]);
        assert.deepEqual(await rowsOf(bytes), [
          { value: read, optional: read, list: [read, read] },
          { value: read, optional: null, list: [] },
          { value: read, optional: read, list: [read] },
        ]);
      });
    }
  }

  test('whole numbers beyond 2^53 are told by their digits', async () => {
    const bytes = await legacyParquet({ big: { type: 'INT64' } }, [{ big: 9_007_199_254_740_994 }]);
    assert.deepEqual(await rowsOf(bytes), [{ big: '9007199254740994' }]);
  });

  test('times of the day are read as the numbers they are', async () => {
    const bytes = await legacyParquet({ millis: { type: 'TIME_MILLIS' } }, [
      { millis: 45_296_789 },
    ]);
    assert.deepEqual(await rowsOf(bytes), [{ millis: 45_296_789 }]);
  });

  test('a call with its messages, as an application logged it, over many row groups', async () => {
    const schema: LegacySchema = {
      id: { type: 'UTF8', compression: 'SNAPPY' },
      created_at: { type: 'TIMESTAMP_MILLIS', compression: 'SNAPPY' },
      messages: {
        repeated: true,
        fields: {
          role: { type: 'UTF8', compression: 'SNAPPY' },
          tags: { type: 'UTF8', repeated: true },
          content: { type: 'UTF8', compression: 'SNAPPY', optional: true },
        },
      },
      score: { type: 'DOUBLE', optional: true },
    };
    const rows = Array.from({ length: 1_000 }, (_, index) => ({
      id: `call-${index}`,
      created_at: new Date(TIME.getTime() + index),
      messages: [
        { role: 'user', content: `question ${index}`, tags: ['a', 'b'] },
        ...(index % 3 === 0 ? [{ role: 'assistant' }] : []),
      ],
      ...(index % 2 === 0 && { score: index / 4 }),
    }));
    const read = await rowsOf(await legacyParquet(schema, rows, 64));
    assert.deepEqual(
      read,
      rows.map((row) => ({
        id: row.id,
        created_at: row.created_at.toISOString(),
        messages: row.messages.map((message) => ({ content: null, tags: [], ...message })),
        score: 'score' in row ? row.score : null,
      })),
    );
  });
});
