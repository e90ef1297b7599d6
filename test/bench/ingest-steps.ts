import { closeSync, createReadStream, fsyncSync, openSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { createStepContext } from '../../activities/step-context.js';
import type { Connector, RawRecord } from '../../src/connectors/connector.js';
import { jsonlChunks } from '../../src/formats/jsonl.js';
import { lineBatches } from '../../src/formats/lines.js';
import { createRowSpill } from '../../src/formats/row-spill.js';
import { loadZstd } from '../../src/formats/zstd.js';
import { sha256Of } from '../../src/ingest/digests.js';
import { ingestWindow } from '../../src/ingest/ingest-window.js';
import type { SourceLines } from '../../src/ingest/lines/read-lines.js';
import { createRecordEncoder } from '../../src/ingest/record.js';
import { createRedactor, type Redactor } from '../../src/ingest/redaction.js';
import { createFileStore } from '../../src/storage/file-store.js';
import { writeJsonl } from '../../src/storage/objects.js';
import { idleRedactor } from '../support/idle-redactor.js';
import { namedLogs } from '../support/named-logs.js';
import { LOGGED_WEEK } from './mail-log.js';
import { createStopwatch, timed } from './processor-time.js';

const BATCH_RECORDS = 1_000;
/** Some runs of a batch. */
const SPILLED_BYTES = 512 * 1024;
/** Of the users' and conversations' digests. */
export const KEY = 'a key of the bench, long enough to be one';
const MAXIMUM_LINE_BYTES = 16 * 1024 * 1024;

/** Leaves every text as it is. */
export const NO_REDACTION: Redactor = idleRedactor();

/** Which rules a run has. */
export type Rules = 'with-redaction' | 'without-redaction';

function redactorOf(rules: Rules): Redactor {
  return rules === 'with-redaction' ? createRedactor() : NO_REDACTION;
}

/** The connector of a log; `folder` is for what it needs. */
export async function openConnector(log: string, folder: string): Promise<Connector> {
  const options = { storeUri: 'memory:', baseFolder: folder, splitKey: KEY };
  const context = await createStepContext(options, () => {}, await createFileStore(folder));
  const source = { connector: 'openai', path: log, fields: {}, lookbackDays: 0 } as const;
  return context.connectorFor(source);
}

/** What the step does, from the log to its stored and compressed outputs. */
export async function ingestLog(log: string, folder: string, rules: Rules): Promise<object> {
  const connector = await openConnector(log, folder);
  const store = await createFileStore(join(folder, 'store'));
  const redactor = redactorOf(rules);
  const objects = await namedLogs(connector);
  const watch = createStopwatch();
  const before = process.cpuUsage();
  watch.start();
  async function* sourceLines(): AsyncGenerator<SourceLines, void, undefined> {
    for await (const lines of connector.readBatches(objects)) yield { source: 0, lines };
  }
  const spill = createRowSpill();
  const { books, ...outputs } = await ingestWindow(sourceLines(), {
    window: LOGGED_WEEK,
    sourceCount: 1,
    known: new Map(),
    unmarkedConsent: 'deny',
    unwanted: [],
    isOptedOut: () => false,
    maximumQuarantined: 0,
    toRecord: createRecordEncoder(redactor, KEY).encode,
    compress: (await loadZstd()).createCompressor(),
    spill,
  });
  let bytes = 0;
  for (const [name, rows] of Object.entries(outputs)) {
    bytes += (await writeJsonl(store, `${name}.jsonl.zst`, rows)).bytes;
  }
  spill.close();
  watch.stop();
  const systemSeconds = process.cpuUsage(before).system / 1e6;
  const peakMB = process.resourceUsage().maxRSS / 1024;
  const seconds = watch.seconds();
  return { seconds, systemSeconds, kept: books.kept, storedMB: bytes / 1e6, peakMB };
}

/** Seconds of each step by itself, a thousand records at a time, and of the floor under them. */
export async function timeSteps(log: string, folder: string): Promise<Record<string, number>> {
  const floor = await timeFloor(log);
  const names = ['connect', 'encode', 'redact', 'spill', 'compress', 'write'];
  const watches = Object.fromEntries(names.map((name) => [name, createStopwatch()]));
  const watchOf = (name: string): ReturnType<typeof createStopwatch> =>
    watches[name] ?? createStopwatch();
  const compress = (await loadZstd()).createCompressor();
  const [plain, redacting] = [NO_REDACTION, createRedactor()].map((redactor) =>
    createRecordEncoder(redactor, KEY),
  );
  if (plain === undefined || redacting === undefined) throw new Error('no encoder');
  const file = openSync(join(folder, 'written'), 'w');
  const encoded = (raws: readonly RawRecord[]): readonly Row[] => {
    timed(watchOf('encode'), () => raws.forEach((raw) => plain.encode(raw)));
    timed(watchOf('redact'), () => raws.forEach((raw) => redacting.encode(raw)));
    return raws.map((raw) => {
      const { json, record } = plain.encode(raw);
      return { json: Buffer.from(json), time: Date.parse(record.time), id: record.id };
    });
  };
  const handle = (rows: readonly Row[]): void => {
    const lines = timed(watchOf('spill'), () => spilled(rows));
    const chunks = Array.from(jsonlChunks({ lines: () => lines }), (chunk) => Buffer.from(chunk));
    const frames = timed(watchOf('compress'), () =>
      chunks.map((chunk) => Buffer.from(compress(chunk))),
    );
    timed(watchOf('write'), () => frames.forEach((frame) => writeSync(file, frame)));
  };
  const connector = await openConnector(log, folder);
  const connect = watchOf('connect');
  let rows: Row[] = [];
  const objects = await namedLogs(connector);
  connect.start();
  for await (const lines of connector.readBatches(objects)) {
    const raws = [...lines].filter((line) => line.kind === 'record');
    connect.stop();
    rows.push(...encoded(raws));
    if (rows.length >= BATCH_RECORDS) {
      handle(rows);
      rows = [];
    }
    connect.start();
  }
  connect.stop();
  handle(rows);
  timed(watchOf('write'), () => fsyncSync(file));
  closeSync(file);
  const seconds = Object.fromEntries(names.map((name) => [name, watchOf(name).seconds()]));
  return { ...floor, ...apart(floor, seconds) };
}

interface Row {
  readonly json: Uint8Array;
  readonly time: number;
  readonly id: string;
}

/** Rows that were written to a file and read from it. */
function spilled(rows: readonly Row[]): readonly Uint8Array[] {
  const spill = createRowSpill(SPILLED_BYTES);
  const places: number[] = [];
  const place = (): void => {
    while (places.length < spill.placed()) places.push(spill.placeOf(places.length));
  };
  for (const { json, time, id } of rows) {
    spill.add(json, time, id);
    place();
  }
  spill.settle();
  place();
  const read = places.map((each) => Buffer.from(spill.read(each)));
  spill.close();
  return read;
}

/** What one step takes beyond another that is part of it. */
function apart(
  { read = 0 }: Readonly<Record<string, number>>,
  { connect = 0, encode = 0, redact = 0, ...others }: Readonly<Record<string, number>>,
): Record<string, number> {
  return { understand: connect - read, encode, redact: redact - encode, ...others };
}

/** Reading and splitting, and what no program that reads, writes and compresses JSON can do without. */
async function timeFloor(log: string): Promise<Record<string, number>> {
  const watches = Array.from({ length: 5 }, createStopwatch);
  const [read, parse, plainStringify, plainDigest, plainCompress] = watches;
  if (!read || !parse || !plainStringify || !plainDigest || !plainCompress)
    throw new Error('no stopwatch');
  const compress = (await loadZstd()).createCompressor();
  read.start();
  for await (const batch of lineBatches(createReadStream(log, { highWaterMark: 1_048_576 }), {
    maximumLineBytes: MAXIMUM_LINE_BYTES,
  })) {
    const texts = batch.map(({ bytes }) => Buffer.from(bytes ?? []).toString('utf8'));
    read.stop();
    const values = timed(parse, () => texts.map((text): unknown => JSON.parse(text)));
    const written = timed(plainStringify, () => values.map((value) => JSON.stringify(value)));
    timed(plainDigest, () => written.map(sha256Of));
    timed(plainCompress, () => compress(Buffer.from(written.join('\n'))));
    read.start();
  }
  read.stop();
  return {
    read: read.seconds(),
    parse: parse.seconds(),
    plainStringify: plainStringify.seconds(),
    plainDigest: plainDigest.seconds(),
    plainCompress: plainCompress.seconds(),
  };
}
