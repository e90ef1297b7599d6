import type { TableColumns } from '../formats/parquet-writer.js';
import { withWholeFile } from './whole-file.js';

/** Where findings are written: one JSON object a line, or one row of a Parquet file. */
export interface EvidenceFile {
  write(finding: object): Promise<void>;
}

/** Findings as bytes of a file, a batch at a time. */
interface Encoder {
  /** The next bytes, or `null` while there is room in the batch. */
  add(finding: object): string | Uint8Array | null;
  finish(): string | Uint8Array;
}

/** Characters that are gathered before they are written. */
const BATCH_CHARACTERS = 65_536;
/** Rows that are in memory at once: some megabytes where findings have many spans. */
const ROWS_PER_GROUP = 5_000;

/**
 * Does some work with an evidence file, which is Parquet where its name ends so, else JSONL; without a path what
 * the work writes goes nowhere. The columns are those of the Parquet file. What is in memory does not grow with
 * the number of findings. When the work fails, nothing is left of the file.
 * @throws PrerequisiteError where it can't be written.
 */
export async function withEvidence<Result>(
  path: string | undefined,
  columns: TableColumns,
  work: (evidence: EvidenceFile) => Promise<Result>,
): Promise<Result> {
  if (path === undefined) return work({ write: () => Promise.resolve() });
  return withWholeFile(path, async (file) => {
    const encoder = /\.parquet$/iu.test(path) ? await parquetEncoder(columns) : jsonlEncoder();
    const result = await work({
      async write(finding) {
        const content = encoder.add(finding);
        if (content !== null) await file.write(content);
      },
    });
    await file.write(encoder.finish());
    return result;
  });
}

function jsonlEncoder(): Encoder {
  let batch = '';
  const taken = (): string => {
    const text = batch;
    batch = '';
    return text;
  };
  return {
    add(finding) {
      batch += `${JSON.stringify(finding)}\n`;
      return batch.length >= BATCH_CHARACTERS ? taken() : null;
    },
    finish: taken,
  };
}

async function parquetEncoder(columns: TableColumns): Promise<Encoder> {
  // Its packages take longer to load than a small file takes to read.
  const { createParquetTable } = await import('../formats/parquet-writer.js');
  const table = await createParquetTable(columns, ROWS_PER_GROUP);
  return {
    add: (finding) => table.add(rowOf(columns, finding as Readonly<Record<string, unknown>>)),
    finish: () => table.finish(),
  };
}

/** A column holds values of one type, so that ids that are numbers are written as text. */
function rowOf(
  columns: TableColumns,
  finding: Readonly<Record<string, unknown>>,
): Readonly<Record<string, unknown>> {
  const row: Record<string, unknown> = {};
  for (const [name, kind] of Object.entries(columns)) {
    const value = finding[name];
    row[name] = kind === 'optional-text' && typeof value === 'number' ? String(value) : value;
  }
  return row;
}
