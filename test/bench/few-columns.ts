import {
  makeData,
  makeVector,
  RecordBatchReader,
  Table,
  tableToIPC,
  Utf8,
  type Vector,
} from 'apache-arrow';
import { parquetReadObjects } from 'hyparquet';
import { compressors } from 'hyparquet-compressors';
import type { CanonicalRecord } from '../../src/domain/record.js';
import { canonicalJson } from '../../src/domain/json.js';
import { createParquetTable } from '../../src/formats/parquet-writer.js';
import { encodeShard, shardContent } from '../../src/formats/shard.js';
import { loadZstd } from '../../src/formats/zstd.js';
import { createStopwatch, timedAsync } from './processor-time.js';

/** What a step that remembers or orders records wants of them. */
const COLUMNS = ['id', 'time', 'contentDigest'] as const;
type Few = Readonly<Record<(typeof COLUMNS)[number], string>>;

/** One format's cost: seconds of processor time, and how large it is. */
export interface FormatCost {
  readonly writeSeconds: number;
  readonly readSeconds: number;
  readonly megabytes: number;
}

interface Format {
  write(records: readonly CanonicalRecord[]): Promise<Uint8Array>;
  readFew(bytes: Uint8Array): Promise<readonly Few[]>;
}

/** Times writing of whole records and reading of three of their columns, in each format; the best of some runs. */
export async function timeFewColumns(
  records: readonly CanonicalRecord[],
  runs: number,
): Promise<Readonly<Record<string, FormatCost>>> {
  const costs: Record<string, FormatCost> = {};
  const expected = records.map(({ id, time, contentDigest }) => ({ id, time, contentDigest }));
  for (const [name, format] of Object.entries(FORMATS)) {
    const times: { write: number; read: number; bytes: number }[] = [];
    for (let run = 0; run < runs; run += 1) {
      const [write, read] = [createStopwatch(), createStopwatch()];
      const bytes = await timedAsync(write, () => format.write(records));
      const rows = await timedAsync(read, () => format.readFew(bytes));
      if (canonicalJson(rows) !== canonicalJson(expected))
        throw new Error(`${name} lost something`);
      times.push({ write: write.seconds(), read: read.seconds(), bytes: bytes.length });
    }
    costs[name] = {
      writeSeconds: Math.min(...times.map(({ write }) => write)),
      readSeconds: Math.min(...times.map(({ read }) => read)),
      megabytes: (times[0]?.bytes ?? 0) / 1e6,
    };
  }
  return costs;
}

const FORMATS: Readonly<Record<string, Format>> = {
  'JSON Lines, zstd': { write: (records) => encodeShard('a.zst', records), readFew: readLines },
  'Parquet, zstd': { write: writeParquet, readFew: readParquet },
  'Arrow IPC': { write: async (records) => tableToIPC(arrowTable(records)), readFew: readArrow },
  'Arrow IPC, zstd': { write: writePackedArrow, readFew: readPackedArrow },
};

async function readLines(bytes: Uint8Array): Promise<readonly Few[]> {
  const rows: Few[] = [];
  for await (const piece of shardContent('a.zst', bytes)) {
    for (const text of Buffer.from(piece).toString('utf8').split('\n')) {
      if (text === '') continue;
      const { id, time, contentDigest } = JSON.parse(text) as CanonicalRecord;
      rows.push({ id, time, contentDigest });
    }
  }
  return rows;
}

/** Beside the columns stands the whole record, as the JSON that it is. */
async function writeParquet(records: readonly CanonicalRecord[]): Promise<Uint8Array> {
  const kinds = { id: 'text', time: 'text', contentDigest: 'text', record: 'text' } as const;
  const table = await createParquetTable(kinds, 20_000);
  const parts = records.flatMap((record) => table.add(withJson(record)) ?? []);
  return Buffer.concat([...parts, table.finish()]);
}

function withJson(record: CanonicalRecord): Record<string, string> {
  const { id, time, contentDigest } = record;
  return { id, time, contentDigest, record: canonicalJson(record) };
}

async function readParquet(bytes: Uint8Array): Promise<readonly Few[]> {
  const copy = new Uint8Array(bytes).buffer;
  const file = { byteLength: copy.byteLength, slice: (a: number, b?: number) => copy.slice(a, b) };
  const rows = await parquetReadObjects({ file, compressors, columns: [...COLUMNS] });
  return rows as unknown as readonly Few[];
}

/** Vectors made by hand: the package's builders take three times as long. */
function arrowTable(records: readonly CanonicalRecord[]): Table {
  const rows = records.map(withJson);
  return new Table({
    ...Object.fromEntries(
      [...COLUMNS, 'record'].map((name) => [name, textVector(rows.map((row) => row[name] ?? ''))]),
    ),
  });
}

function textVector(texts: readonly string[]): Vector<Utf8> {
  const data = Buffer.from(texts.join(''), 'utf8');
  const valueOffsets = new Int32Array(texts.length + 1);
  let offset = 0;
  for (const [index, text] of texts.entries()) {
    offset += Buffer.byteLength(text, 'utf8');
    valueOffsets[index + 1] = offset;
  }
  const parts = { type: new Utf8(), length: texts.length, nullCount: 0, valueOffsets, data };
  return makeVector(makeData(parts));
}

async function readArrow(bytes: Uint8Array): Promise<readonly Few[]> {
  const rows: Few[] = [];
  for (const batch of RecordBatchReader.from(bytes)) {
    const [ids, times, digests] = COLUMNS.map((name) => batch.getChild(name) as Vector<Utf8>);
    for (let row = 0; row < batch.numRows; row += 1) {
      rows.push({
        id: ids?.get(row) ?? '',
        time: times?.get(row) ?? '',
        contentDigest: digests?.get(row) ?? '',
      });
    }
  }
  return rows;
}

async function writePackedArrow(records: readonly CanonicalRecord[]): Promise<Uint8Array> {
  const bytes = tableToIPC(arrowTable(records));
  const packed = (await loadZstd()).createCompressor()(bytes);
  const length = Buffer.alloc(4);
  length.writeUInt32LE(bytes.length);
  return Buffer.concat([length, packed]);
}

async function readPackedArrow(bytes: Uint8Array): Promise<readonly Few[]> {
  const file = Buffer.from(bytes);
  const zstd = await loadZstd();
  return readArrow(zstd.decompress(file.subarray(4), file.readUInt32LE()));
}
