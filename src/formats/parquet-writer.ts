import { ByteWriter, parquetWriteBuffer, ParquetWriter } from 'hyparquet-writer';
import { invariant } from '../domain/errors.js';
import { loadZstd, type Zstd } from './zstd.js';

/** The schema of a file, flat as the format writes it: each element before its children. */
export type ParquetSchema = NonNullable<Parameters<typeof parquetWriteBuffer>[0]['schema']>;

/** What a column of a table holds: spans are lists of `{start, end}`. */
export type ColumnKind =
  'text' | 'optional-text' | 'integer' | 'number' | 'optional-number' | 'texts' | 'spans';

/** Columns by name, in the order of the file. */
export type TableColumns<Name extends string = string> = Readonly<Record<Name, ColumnKind>>;

/** A column's values, one of each row. */
export interface ColumnData {
  readonly name: string;
  readonly data: unknown[];
}

/** Rows on their way into a Parquet file, of which one row group at a time is in memory. */
export interface ParquetTable {
  /** Takes a row; gives the next bytes of the file when a row group is full, else `null`. */
  add(row: Readonly<Record<string, unknown>>): Uint8Array | null;
  /** The rest of the file. */
  finish(): Uint8Array;
}

type Element = ParquetSchema[number];
type Compression = Required<
  Pick<ConstructorParameters<typeof ParquetWriter>[0], 'codec' | 'compressors'>
>;

const CREATED_BY = 'holdfast';
const TEXT = { type: 'BYTE_ARRAY', converted_type: 'UTF8' } as const;
const REQUIRED = { repetition_type: 'REQUIRED' } as const;

/** A whole file of columns, compressed by zstd. The same columns give the same bytes. */
export async function parquetBytes(
  schema: ParquetSchema,
  columnData: readonly ColumnData[],
  rowGroupSize: number,
): Promise<Uint8Array> {
  const columns = [...columnData];
  const file = { schema, columnData: columns, rowGroupSize, createdBy: CREATED_BY };
  const options = { ...file, ...compressedBy(await loadZstd()) };
  return new Uint8Array(parquetWriteBuffer(options));
}

/** A table that is written `rowGroupSize` rows at a time, compressed by zstd. */
export async function createParquetTable(
  columns: TableColumns,
  rowGroupSize: number,
): Promise<ParquetTable> {
  const bytes = new ByteWriter();
  const kinds = Object.entries(columns);
  const file = { writer: bytes, schema: schemaOf(kinds), createdBy: CREATED_BY };
  const writer = new ParquetWriter({ ...file, ...compressedBy(await loadZstd()) });
  let rows: Readonly<Record<string, unknown>>[] = [];

  /** Takes out of the writer what it has encoded; it goes on counting from there. */
  function taken(): Uint8Array {
    const encoded = bytes.getBytes().slice();
    bytes.index = 0;
    return encoded;
  }

  function writeGroup(): void {
    const group = rows;
    rows = [];
    if (group.length === 0) return;
    const columnData = kinds.map(([name, kind]) => ({
      name,
      data: group.map((row) => cellOf(name, kind, row[name])),
    }));
    // Into memory, so that it is done when it returns.
    void writer.write({ columnData, rowGroupSize: group.length });
  }

  return {
    add(row) {
      rows.push(row);
      if (rows.length < rowGroupSize) return null;
      writeGroup();
      return taken();
    },
    finish() {
      writeGroup();
      void writer.finish();
      return taken();
    },
  };
}

function compressedBy(zstd: Zstd): Compression {
  const compress = zstd.createCompressor();
  return { codec: 'ZSTD', compressors: { ZSTD: (page) => Buffer.from(compress(page)) } };
}

function cellOf(name: string, kind: ColumnKind, value: unknown): unknown {
  if (kind === 'optional-text' || kind === 'optional-number') return value ?? null;
  invariant(value !== undefined && value !== null, `a row has no ${name}`);
  return value;
}

function schemaOf(columns: readonly (readonly [string, ColumnKind])[]): ParquetSchema {
  const root: Element = { name: 'root', num_children: columns.length };
  return [root, ...columns.flatMap(([name, kind]) => elementsOf(name, kind))];
}

function elementsOf(name: string, kind: ColumnKind): readonly Element[] {
  switch (kind) {
    case 'text':
      return [{ name, ...REQUIRED, ...TEXT }];
    case 'optional-text':
      return [{ name, repetition_type: 'OPTIONAL', ...TEXT }];
    case 'integer':
      return [{ name, ...REQUIRED, type: 'INT32' }];
    case 'number':
      return [{ name, ...REQUIRED, type: 'DOUBLE' }];
    case 'optional-number':
      return [{ name, repetition_type: 'OPTIONAL', type: 'DOUBLE' }];
    case 'texts':
      return [...listOf(name), { name: 'element', ...REQUIRED, ...TEXT }];
    case 'spans':
      return [
        ...listOf(name),
        { name: 'element', ...REQUIRED, num_children: 2 },
        { name: 'start', ...REQUIRED, type: 'INT32' },
        { name: 'end', ...REQUIRED, type: 'INT32' },
      ];
  }
}

/** The outer two of a list's three levels, as the Parquet format wants them. */
function listOf(name: string): readonly Element[] {
  return [
    { name, ...REQUIRED, num_children: 1, converted_type: 'LIST' },
    { name: 'list', repetition_type: 'REPEATED', num_children: 1 },
  ];
}
