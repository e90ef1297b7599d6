import { parquetBytes, type ParquetSchema } from '../../src/formats/parquet-writer.js';

/**
 * Rows as a Parquet file: texts as text, numbers as doubles, everything else as a JSON column; columns that a
 * row lacks are null.
 */
export async function tableBytes(rows: readonly object[]): Promise<Uint8Array> {
  const names = [...new Set(rows.flatMap((row) => Object.keys(row)))];
  const values = names.map((name) =>
    rows.map((row) => (row as Readonly<Record<string, unknown>>)[name] ?? null),
  );
  const kinds = values.map((column) => kindOf(column));
  const schema: ParquetSchema = [
    { name: 'root', num_children: names.length },
    ...names.map((name, index) => ({
      name,
      repetition_type: 'OPTIONAL' as const,
      ...(kinds[index] === 'number'
        ? { type: 'DOUBLE' as const }
        : {
            type: 'BYTE_ARRAY' as const,
            converted_type: kinds[index] === 'text' ? ('UTF8' as const) : ('JSON' as const),
          }),
    })),
  ];
  const columns = names.map((name, index) => ({ name, data: values[index] ?? [] }));
  return parquetBytes(schema, columns, 20);
}

function kindOf(column: readonly unknown[]): 'text' | 'number' | 'json' {
  const held = column.filter((value) => value !== null);
  if (held.every((value) => typeof value === 'string')) return 'text';
  return held.every((value) => typeof value === 'number') ? 'number' : 'json';
}
