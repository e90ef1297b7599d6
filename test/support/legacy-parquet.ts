import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { temporaryFolder } from './folders.js';

/** A field as `parquetjs-lite` describes it. */
export interface LegacyField {
  readonly type?: string;
  readonly compression?: string;
  readonly optional?: boolean;
  readonly repeated?: boolean;
  readonly fields?: LegacySchema;
}

export type LegacySchema = Readonly<Record<string, LegacyField>>;

interface LegacyWriter {
  setRowGroupSize(rows: number): void;
  appendRow(row: object): Promise<void>;
  close(): Promise<void>;
}

/** What is used of the package, which has no types of its own. */
interface LegacyPackage {
  readonly ParquetSchema: new (fields: LegacySchema) => object;
  readonly ParquetWriter: { openFile(schema: object, path: string): Promise<LegacyWriter> };
}

const { ParquetSchema, ParquetWriter } = createRequire(import.meta.url)(
  'parquetjs-lite',
) as LegacyPackage;

/** A file as Node applications wrote it for years with `parquetjs-lite`; many a bucket holds such files. */
export async function legacyParquet(
  schema: LegacySchema,
  rows: readonly object[],
  rowGroupSize = 4_096,
): Promise<Uint8Array> {
  const path = join(await temporaryFolder(), 'legacy.parquet');
  const writer = await ParquetWriter.openFile(new ParquetSchema(schema), path);
  writer.setRowGroupSize(rowGroupSize);
  for (const row of rows) await writer.appendRow(row);
  await writer.close();
  return readFile(path);
}
