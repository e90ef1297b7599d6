import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { repositoryRoot } from './paths.js';

/** Other programs that read Parquet files. */
export const PARQUET_READERS = ['pyarrow', 'duckdb', 'polars'] as const;
export type ParquetReader = (typeof PARQUET_READERS)[number];

/** A file as another program sees it: times are milliseconds since 1970. */
export interface SeenColumns {
  readonly types: Readonly<Record<string, string>>;
  readonly columns: Readonly<Record<string, readonly unknown[]>>;
}

const SCRIPT = join(repositoryRoot, 'test', 'formats', 'peers', 'read_columns.py');
const MAXIMUM_OUTPUT_BYTES = 256 * 1024 * 1024;
const runFile = promisify(execFile);

/**
 * Reads a Parquet file with another program, in the Python environment that the test command made.
 * @throws Error where the reader refuses the file, or there is no such environment.
 */
export async function readWith(reader: ParquetReader, path: string): Promise<SeenColumns> {
  const python = process.env['HOLDFAST_PYTHON_READERS'] ?? '';
  if (python === '') {
    throw new Error('HOLDFAST_PYTHON_READERS is not set: run `npm test`, which makes them');
  }
  const options = { maxBuffer: MAXIMUM_OUTPUT_BYTES };
  const { stdout } = await runFile(python, [SCRIPT, reader, path], options);
  return JSON.parse(stdout) as SeenColumns;
}
