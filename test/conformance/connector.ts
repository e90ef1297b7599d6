import assert from 'node:assert/strict';
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { describe, test, type TestContext } from 'node:test';
import { spawnSync } from 'node:child_process';
import { gzipSync } from 'node:zlib';
import type { Connector, ConnectorOptions, LogLine } from '../../src/connectors/connector.js';
import { MAXIMUM_LOG_LINE_BYTES } from '../../src/connectors/connector.js';
import { openLogBytes } from '../../src/connectors/open-connector.js';
import type { FieldMapping } from '../../src/domain/configuration.js';
import type { CanonicalRecord } from '../../src/domain/record.js';
import { toCanonicalRecord } from '../support/canonical-record.js';
import { createRedactor } from '../../src/ingest/redaction.js';
import { temporaryFolder } from '../support/folders.js';
import { namedLogs } from '../support/named-logs.js';
import { CALLS, signalOf, type Call } from './calls.js';
import { tableBytes } from './table-bytes.js';

/** How a kind of logs writes calls; what a connector's conformance is tried with. */
export interface LogFormat {
  readonly create: (options: ConnectorOptions) => Connector;
  readonly fields: FieldMapping;
  /** Rows by file, the names without an ending; and how many lines have to come out of them. */
  readonly write: (calls: readonly Call[]) => {
    readonly files: Readonly<Record<string, readonly object[]>>;
    readonly lines: number;
  };
  /** A row with a value of the wrong type in it, and the reason that it is quarantined for. */
  readonly wrong: readonly (readonly [object, string])[];
  /** A line with a value nested deeper than a stack can follow, and the reason that it is quarantined for. */
  readonly deep: readonly [string, string];
  /** Whether tables in Parquet are read. */
  readonly hasTables: boolean;
  /** Ways of its own to write rows, by the ending of their files. */
  readonly moreEncodings?: readonly (readonly [string, Encode])[];
}

const KEY = 'k'.repeat(32);
const redactor = createRedactor();
const [FIRST] = CALLS as readonly [Call];

/** A place that logs lie in: puts files there, and gives a source's path of them. */
export interface LogPlace {
  readonly name: string;
  readonly hold: (files: readonly (readonly [string, Content])[]) => Promise<string>;
}

const FOLDER: LogPlace = { name: 'a folder', hold: filesIn };

/** What every connector has to do, wherever its logs lie. */
export function connectorConformance(name: string, format: LogFormat, place = FOLDER): void {
  describe(`the ${name} connector on ${place.name}`, () => {
    const suite = { ...format, place };
    sameRecords(suite);
    everyLine(suite);
    brokenInput(suite);
  });
}

interface Suite extends LogFormat {
  readonly place: LogPlace;
}

function sameRecords(format: Suite): void {
  const encodings: readonly (readonly [string, Encode])[] = [
    ['.jsonl', (rows) => jsonl(rows)],
    ['.jsonl.gz', (rows) => gzipSync(jsonl(rows))],
    ['.jsonl.zst', (rows, t) => zstd(jsonl(rows), t)],
    ['.json', (rows) => Buffer.from(JSON.stringify(rows, null, 2))],
    ['.json.gz', (rows) => gzipSync(rows.map((row) => JSON.stringify(row, null, 2)).join('\n'))],
    ...(format.hasTables ? ([['.parquet', tableBytes]] as const) : []),
    ...(format.moreEncodings ?? []),
  ];
  for (const [ending, encode] of encodings) {
    test(`gives the same canonical records from ${ending} as any other`, async (t) => {
      const { files, lines } = format.write(CALLS);
      const folder = await hold(
        format,
        await Promise.all(
          Object.entries(files).map(
            async ([file, rows]) => [`${file}${ending}`, await encode(rows, t)] as const,
          ),
        ),
      );
      const found = await readAll(format, folder);
      assert.deepEqual(shownUnless(found, 'record', 'passed'), []);
      assert.equal(found.length, lines, 'every line comes out once');
      const records = found.flatMap((line) => (line.kind === 'record' ? [canonical(line)] : []));
      assert.deepEqual(records.sort(byId), CALLS.map(expected).sort(byId));
    });
  }
}

function everyLine(format: Suite): void {
  test('calls with one id come out one by one, for ingest to choose', async () => {
    const { files, lines } = format.write([FIRST, FIRST]);
    const folder = await hold(
      format,
      Object.entries(files).map(([file, rows]) => [`${file}.jsonl`, jsonl(rows)]),
    );
    const found = await readAll(format, folder);
    assert.equal(found.length, lines);
    const ids = found.flatMap((line) => (line.kind === 'record' ? [line.externalId] : []));
    assert.deepEqual(ids, [idOf(FIRST), idOf(FIRST)]);
  });

  test('an empty file has no lines, and a folder without files no objects', async () => {
    const [file = ''] = Object.keys(format.write([FIRST]).files);
    assert.deepEqual(await readAll(format, await hold(format, [[`${file}.jsonl`, '']])), []);
    // What stands for a folder in a bucket is an object with nothing in it.
    const connector = open(format, await hold(format, [['.keep', '']]));
    assert.deepEqual(await namedLogs(connector), []);
    assert.deepEqual(connector.toRead([], []), []);
  });
}

function brokenInput(format: Suite): void {
  const { files } = format.write([FIRST]);
  const [[file, [good]]] = Object.entries(files) as unknown as [[string, [object]]];
  const line = JSON.stringify(good);
  const broken: readonly (readonly [string, Bytes, string])[] = [
    ['text that is no JSON', '{"secret": "hush', 'invalid-json'],
    ['a list', '["secret"]', 'not-an-object'],
    ['a number', '7', 'not-an-object'],
    ['bytes that are no UTF-8', Buffer.from([0x7b, 0x22, 0xff, 0xfe, 0x22, 0x7d]), 'invalid-utf8'],
    ['a value nested too deep', ...format.deep],
    ...format.wrong.map(
      ([row, reason]) => [`a row that is ${reason}`, JSON.stringify(row), reason] as const,
    ),
  ];
  for (const [what, bytes, reason] of broken) {
    test(`${what} is quarantined where it stands, and the rest is read`, async () => {
      const text = Buffer.concat([
        Buffer.from(`${line}\n`),
        Buffer.from(bytes),
        Buffer.from(`\n${line}\n`),
      ]);
      const found = await readAll(format, await hold(format, [[`${file}.jsonl`, text]]));
      const bad = found.filter(({ kind }) => kind === 'quarantined');
      assert.deepEqual(
        bad.map(({ position, ...rest }) => [position.line, position.offset, rest]),
        [
          [
            2,
            line.length + 1 + (Buffer.byteLength(line) - line.length),
            { kind: 'quarantined', reason },
          ],
        ],
      );
      assert.equal(found.filter(({ kind }) => kind === 'record').length, 2);
      assert.doesNotMatch(JSON.stringify(bad), /secret|hush/);
    });
  }

  for (const [ending, pack, reason] of [
    ['.jsonl.gz', (bytes: Buffer) => gzipSync(bytes), 'truncated-archive'],
    ['.jsonl.zst', zstd, 'truncated-archive'],
    ...(format.hasTables ? ([['.parquet', null, 'truncated-parquet']] as const) : []),
  ] as const) {
    test(`a ${ending} that was cut is quarantined, and the run goes on with the next file`, async (t) => {
      const many = Array.from({ length: 50 }, () => good);
      const whole = pack === null ? await tableBytes(many) : pack(jsonl(many), t);
      const folder = await hold(format, [
        [`${file}${ending}`, whole.subarray(0, Math.floor(whole.length / 2))],
        [`${file}-next.jsonl`, `${line}\n`],
      ]);
      const found = await readAll(format, folder);
      const bad = shownUnless(found, 'record', 'passed');
      assert.equal(bad.length, 1, bad.join());
      assert.match(bad[0] ?? '', new RegExp(`${ending}:\\d+@\\d+\\+\\d+ ${reason}$`));
      assert.ok(
        found.some((each) => each.kind === 'record' && each.position.uri.includes('-next')),
      );
    });
  }

  test('a line of 100 MB is quarantined in little memory, and the rest is read', async () => {
    const text = (async function* (): AsyncGenerator<Uint8Array> {
      yield Buffer.from(`${line}\n{"a":"`);
      const piece = Buffer.alloc(1_000_000, 'x');
      for (let written = 0; written < 100; written += 1) yield piece;
      yield Buffer.from(`"}\n${line}\n`);
    })();
    const folder = await hold(format, [[`${file}.jsonl`, text]]);
    const before = process.memoryUsage().arrayBuffers;
    const found = await readAll(format, folder, MAXIMUM_LOG_LINE_BYTES);
    const held = process.memoryUsage().arrayBuffers - before;
    assert.deepEqual(shownUnless(found, 'record', 'passed'), [
      `${file}.jsonl:2@${Buffer.byteLength(line) + 1}+100000008 line-too-long`,
    ]);
    assert.equal(found.filter(({ kind }) => kind === 'record').length, 2);
    assert.ok(held < 90_000_000, `${held} bytes are held`);
  });

  if (!format.hasTables) return;
  test('a row of a table that is too long is quarantined by its number', async () => {
    const long = { ...good, padding: 'x'.repeat(20_000) };
    const folder = await hold(format, [[`${file}.parquet`, await tableBytes([good, long, good])]]);
    const found = await readAll(format, folder, 10_000);
    assert.deepEqual(shownUnless(found, 'record', 'passed'), [
      `${file}.parquet:2@0+0 line-too-long`,
    ]);
    assert.equal(found.filter(({ kind }) => kind === 'record').length, 2);
  });
}

type Bytes = string | Uint8Array;
/** A file's whole content, at once or in pieces. */
export type Content = Uint8Array | AsyncIterable<Uint8Array>;
export type Encode = (rows: readonly object[], t: TestContext) => Bytes | Promise<Bytes>;

function hold(
  { place }: Suite,
  files: readonly (readonly [string, string | Content])[],
): Promise<string> {
  return place.hold(
    files.map(([name, text]) => [name, typeof text === 'string' ? Buffer.from(text) : text]),
  );
}

async function filesIn(files: readonly (readonly [string, Content])[]): Promise<string> {
  const folder = await temporaryFolder();
  for (const [name, content] of files) {
    await mkdir(dirname(join(folder, name)), { recursive: true });
    await writeFile(join(folder, name), content);
  }
  return folder;
}

function open(
  { create, fields }: LogFormat,
  path: string,
  maximumLineBytes = 1_000_000,
): Connector {
  return create({ bytes: openLogBytes(path), fields, maximumLineBytes, lookbackDays: 14 });
}

async function readAll(format: Suite, path: string, maximum?: number): Promise<LogLine[]> {
  const connector = open(format, path, maximum);
  const objects = await namedLogs(connector);
  assert.deepEqual(connector.toRead(objects, objects), objects);
  const found: LogLine[] = [];
  for await (const line of connector.read(objects)) found.push(line);
  return found;
}

function jsonl(rows: readonly object[]): Buffer {
  return Buffer.from(rows.map((row) => `${JSON.stringify(row)}\n`).join(''));
}

/** @returns nothing, and skips the test, where there is no zstd to pack with */
function zstd(bytes: Uint8Array, t: TestContext): Buffer {
  const packed = spawnSync('zstd', ['-c', '-3', '--check'], { input: bytes, maxBuffer: 1 << 28 });
  if (packed.error === undefined) return packed.stdout;
  t.skip('no zstd command on this machine');
  return Buffer.alloc(0);
}

/** A row as a line, with `"@"` in it replaced by a value that is nested 30,000 levels deep. */
export function deepLine(row: object, open = '{"a":', close = '}'): string {
  const depth = 30_000;
  return JSON.stringify(row).replace(
    '"@"',
    () => `${open.repeat(depth)}null${close.repeat(depth)}`,
  );
}

function canonical(line: LogLine): Comparable {
  assert.ok(line.kind === 'record');
  return comparable(toCanonicalRecord(line, redactor, KEY));
}

/** A record without where it stood. */
type Comparable = Omit<CanonicalRecord, 'position'>;

function comparable({ position, ...record }: CanonicalRecord): Comparable {
  assert.ok(position.line > 0);
  return record;
}

function expected(call: Call): Comparable {
  return comparable(
    toCanonicalRecord(
      {
        kind: 'record',
        position: { uri: 'any', line: 1, offset: 0, length: 0 },
        log: 'any',
        externalId: idOf(call),
        time: call.time,
        tenant: null,
        userId: call.user,
        conversationId: call.conversation,
        model: call.model,
        signals: call.thumbs.map((thumb) =>
          signalOf(thumb, call.canonical.surface ?? 'production'),
        ),
        consent: 'unmarked',
        ...call.canonical,
      },
      redactor,
      KEY,
    ),
  );
}

/** What every format has to log as the id of a call. */
export function idOf({ traceId, spanId }: Pick<Call, 'traceId' | 'spanId'>): string {
  return `${traceId}/${spanId}`;
}

function byId(a: Comparable, b: Comparable): number {
  return a.id < b.id ? -1 : 1;
}

function shownUnless(found: readonly LogLine[], ...kinds: readonly string[]): string[] {
  return found
    .filter(({ kind }) => !kinds.includes(kind))
    .map((line) => {
      const { uri, line: number, offset, length } = line.position;
      const what = line.kind === 'record' ? 'record' : line.reason;
      return `${uri}:${number}@${offset}+${length} ${what}`;
    });
}
