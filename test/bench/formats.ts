import * as zlib from 'node:zlib';
import { cpus } from 'node:os';
import { parseArgs } from 'node:util';
import * as wasm from '@bokuweb/zstd-wasm';
import { Decoder, Encoder } from '@toondepauw/node-zstd';
import { decompress as decompressInJavaScript } from 'fzstd';
import { loggedRecords } from './logged-records.js';
import { canonicalJson } from '../../src/domain/json.js';
import { figuresTable } from './figures-table.js';
import { timeFewColumns } from './few-columns.js';
import { createStopwatch, timed } from './processor-time.js';

const HELP = `npm run bench:formats [-- options]: what encoders and formats take, on the records of real mails.

  --records 20000      how many records of about 2 kB
  --runs 5             how often each is timed; the best counts
  --json               one JSON object, and nothing else

Megabytes a second of processor time are those of the plain JSON Lines, cut into frames of a megabyte.
`;
const FRAME_BYTES = 1_048_576;

interface Codec {
  readonly compress: (bytes: Buffer) => Uint8Array;
  readonly decompress: (bytes: Uint8Array) => Uint8Array;
}

function codecs(): Readonly<Record<string, Codec>> {
  const inWasm = (level: number): Codec => ({
    compress: (bytes) => wasm.compress(bytes, level),
    decompress: (bytes) => wasm.decompress(bytes),
  });
  const native = (level: number): Codec => ({
    compress: (bytes) => new Encoder(level).encodeSync(bytes),
    decompress: (bytes) => new Decoder().decodeSync(Buffer.from(bytes)),
  });
  return {
    'zstd 1, WebAssembly': inWasm(1),
    'zstd 3, WebAssembly': inWasm(3),
    'zstd 1, native': native(1),
    'zstd 3, native': native(3),
    'zstd 1, read by fzstd': { ...inWasm(1), decompress: (bytes) => decompressInJavaScript(bytes) },
    'gzip 1': {
      compress: (bytes) => zlib.gzipSync(bytes, { level: 1 }),
      decompress: (bytes) => zlib.gunzipSync(bytes),
    },
    ...ofNode(),
  };
}

/** Node has zstd from 22.15 on. */
function ofNode(): Record<string, Codec> {
  const { zstdCompressSync, zstdDecompressSync } = zlib as unknown as {
    zstdCompressSync?: (bytes: Uint8Array, options: object) => Buffer;
    zstdDecompressSync?: (bytes: Uint8Array) => Buffer;
  };
  if (zstdCompressSync === undefined || zstdDecompressSync === undefined) return {};
  // ZSTD_c_compressionLevel
  const options = { params: { 100: 1 } };
  return {
    'zstd 1, of Node': {
      compress: (bytes) => zstdCompressSync(bytes, options),
      decompress: (bytes) => zstdDecompressSync(bytes),
    },
  };
}

function timeCodec(codec: Codec, bytes: Buffer, runs: number): object {
  const pieces: Buffer[] = [];
  for (let start = 0; start < bytes.length; start += FRAME_BYTES) {
    pieces.push(bytes.subarray(start, start + FRAME_BYTES));
  }
  let [compress, decompress, packed] = [Infinity, Infinity, 0];
  for (let run = 0; run < runs; run += 1) {
    const [packing, unpacking] = [createStopwatch(), createStopwatch()];
    const frames = timed(packing, () => pieces.map(codec.compress));
    const back = timed(unpacking, () => frames.map(codec.decompress));
    if (!Buffer.concat(back).equals(bytes)) throw new Error('other bytes came back');
    compress = Math.min(compress, packing.seconds());
    decompress = Math.min(decompress, unpacking.seconds());
    packed = frames.reduce((sum, frame) => sum + frame.length, 0);
  }
  return {
    compressMBperSecond: Math.round(bytes.length / 1e6 / compress),
    decompressMBperSecond: Math.round(bytes.length / 1e6 / decompress),
    ratio: Number((bytes.length / packed).toFixed(2)),
  };
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      records: { type: 'string', default: '20000' },
      runs: { type: 'string', default: '5' },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) return void process.stdout.write(HELP);
  await wasm.init();
  const runs = Number(values.runs);
  const records = await loggedRecords(Number(values.records));
  const bytes = Buffer.from(records.map((record) => `${canonicalJson(record)}\n`).join(''));
  const few = await timeFewColumns(records, runs);
  const megabytesOf = (seconds: number): number => Math.round(bytes.length / 1e6 / seconds);
  const figures = {
    processor: cpus()[0]?.model ?? '',
    node: process.version,
    records: records.length,
    megabytes: Math.round(bytes.length / 1e6),
    ...Object.fromEntries(
      Object.entries(codecs()).map(([name, codec]) => [name, timeCodec(codec, bytes, runs)]),
    ),
    ...Object.fromEntries(
      Object.entries(few).map(([name, { writeSeconds, readSeconds, megabytes }]) => [
        name,
        {
          writeMBperSecond: megabytesOf(writeSeconds),
          readThreeColumnsMs: Math.round(readSeconds * 1_000),
          megabytes: Math.round(megabytes),
        },
      ]),
    ),
  };
  process.stdout.write(values.json ? `${JSON.stringify(figures)}\n` : figuresTable(figures));
}

await main();
