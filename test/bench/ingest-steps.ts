import { closeSync, createReadStream, fsyncSync, openSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { createStepContext } from '../../activities/step-context.js';
import type { Connector, RawRecord } from '../../src/connectors/connector.js';
import { jsonlChunks } from '../../src/formats/jsonl.js';
import { lineBatches } from '../../src/formats/lines.js';
import { createRowSpill } from '../../src/formats/row-spill.js';
import { loadZstd } from '../../src/formats/zstd.js';
import { sha256Of } from '../../src/ingest/digests.js';
import { ingestWindow, type SourceLines } from '../../src/ingest/ingest-window.js';
import { encodeRecord } from '../../src/ingest/record.js';
import { createRedactor, type Redacted, type Redactor } from '../../src/ingest/redaction.js';
import { createFileStore } from '../../src/storage/file-store.js';
import { writeJsonl } from '../../src/storage/objects.js';
import { namedLogs } from '../support/named-logs.js';
import { LOGGED_WEEK } from './mail-log.js';
import { createStopwatch, timed } from './processor-time.js';

const BATCH_RECORDS = 1_000;
/** Of the users' and conversations' digests. */
export const KEY = 'a key of the bench, long enough to be one';
const MAXIMUM_LINE_BYTES = 16 * 1024 * 1024;

/** Leaves every text as it is. */
export const NO_REDACTION: Redactor = {
  version: 'none',
  redact: asItIs,
  conversation: () => ({ redact: asItIs }),
  find: () => [],
};

function asItIs(text: string): Redacted {
  return { text, counts: {} };
}

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
    toRecord: (raw) => encodeRecord(raw, redactor, KEY),
    spill,
  });
  let bytes = 0;
  for (const [name, rows] of Object.entries(outputs)) {
    bytes += (await writeJsonl(store, `${name}.jsonl.zst`, rows)).bytes;
  }
  spill.close();
  watch.stop();
  const peakMB = process.resourceUsage().maxRSS / 1024;
  return { seconds: watch.seconds(), kept: books.kept, storedMB: bytes / 1e6, peakMB };
}

/** Seconds of each step by itself, a thousand records at a time, and of the floor under them. */
export async function timeSteps(log: string, folder: string): Promise<Record<string, number>> {
  const floor = await timeFloor(log);
  const names = [
    'connect',
    'encode',
    'redact',
    'stringify',
    'digest',
    'spill',
    'compress',
    'write',
  ];
  const watches = Object.fromEntries(names.map((name) => [name, createStopwatch()]));
  const watchOf = (name: string): ReturnType<typeof createStopwatch> =>
    watches[name] ?? createStopwatch();
  const zstd = await loadZstd();
  const redactor = createRedactor();
  const spill = createRowSpill();
  const file = openSync(join(folder, 'written'), 'w');
  const handle = (raws: readonly RawRecord[]): void => {
    const encoded = timed(watchOf('encode'), () =>
      raws.map((raw) => encodeRecord(raw, NO_REDACTION, KEY)),
    );
    timed(watchOf('redact'), () => raws.map((raw) => encodeRecord(raw, redactor, KEY)));
    timed(watchOf('stringify'), () => encoded.map(({ record }) => JSON.stringify(record)));
    timed(watchOf('digest'), () => encoded.map(({ json }) => sha256Of(json)));
    const lines = timed(watchOf('spill'), () =>
      encoded
        .map(({ json, record }) => spill.add(Buffer.from(json), Date.parse(record.time), record.id))
        .map((row) => Buffer.from(spill.read(row))),
    );
    const chunks = [...jsonlChunks({ lines: () => lines })];
    const frames = timed(watchOf('compress'), () => chunks.map((chunk) => zstd.compress(chunk)));
    timed(watchOf('write'), () => frames.forEach((frame) => writeSync(file, frame)));
  };
  const connector = await openConnector(log, folder);
  const connect = watchOf('connect');
  let batch: RawRecord[] = [];
  connect.start();
  for await (const line of connector.read(await namedLogs(connector))) {
    if (line.kind === 'record') batch.push(line);
    if (batch.length < BATCH_RECORDS) continue;
    connect.stop();
    handle(batch);
    batch = [];
    connect.start();
  }
  connect.stop();
  handle(batch);
  timed(watchOf('write'), () => fsyncSync(file));
  spill.close();
  closeSync(file);
  const seconds = Object.fromEntries(names.map((name) => [name, watchOf(name).seconds()]));
  return { ...floor, ...apart(floor, seconds) };
}

/** What one step takes beyond another that is part of it. */
function apart(
  floor: Readonly<Record<string, number>>,
  seconds: Readonly<Record<string, number>>,
): Record<string, number> {
  const { connect = 0, encode = 0, redact = 0, stringify = 0, digest = 0, ...others } = seconds;
  const { read = 0, parse = 0 } = floor;
  return {
    understand: connect - read - parse,
    stringify,
    digest,
    canonical: encode - stringify - digest,
    redact: redact - encode,
    ...others,
  };
}

/** Reading and splitting, and what no program that reads, writes and compresses JSON can do without. */
async function timeFloor(log: string): Promise<Record<string, number>> {
  const watches = Array.from({ length: 5 }, createStopwatch);
  const [read, parse, plainStringify, plainDigest, plainCompress] = watches;
  if (!read || !parse || !plainStringify || !plainDigest || !plainCompress)
    throw new Error('no stopwatch');
  const zstd = await loadZstd();
  read.start();
  for await (const batch of lineBatches(createReadStream(log, { highWaterMark: 1_048_576 }), {
    maximumLineBytes: MAXIMUM_LINE_BYTES,
  })) {
    const texts = batch.map(({ bytes }) => Buffer.from(bytes ?? []).toString('utf8'));
    read.stop();
    const values = timed(parse, () => texts.map((text): unknown => JSON.parse(text)));
    const written = timed(plainStringify, () => values.map((value) => JSON.stringify(value)));
    timed(plainDigest, () => written.map(sha256Of));
    timed(plainCompress, () => zstd.compress(Buffer.from(written.join('\n'))));
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
