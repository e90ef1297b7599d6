import { spawnSync } from 'node:child_process';
import {
  closeSync,
  existsSync,
  mkdtempSync,
  openSync,
  readSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { cpus, freemem, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { figuresTable } from './figures-table.js';
import { ingestLog, timeSteps } from './ingest-steps.js';
import { writeMailLog } from './mail-log.js';
import { median } from './processor-time.js';

const HELP = `npm run bench:ingest [-- options]: JSON Lines of calls in, stored and compressed records out.

  --records 200000     how many calls of about 1.7 kB
  --turns 1            how many calls are one conversation
  --runs 3             how often each part is timed, in turn; the median counts
  --heap 4096          megabytes that each run's heap may have
  --json               one JSON object, and nothing else

Processor time is given in multiples of what JSON.parse takes over the same lines, and so is the part of it that the
system has, for files above all. Each run is a process of its own, so that its peak of memory is its own. Before it the
system's cache of files is filled, as it is on a machine that was not started just now: a virtual machine has to be
given memory that nobody uses, at more than a second for each gigabyte, which is charged to whoever touches it.
`;
const SELF = fileURLToPath(import.meta.url);
/** Names of parts; the first two run the whole step. */
const PARTS = ['without-redaction', 'with-redaction', 'steps'] as const;
type Part = (typeof PARTS)[number];
type Figures = Readonly<Record<string, number>>;

async function runPart(part: Part, log: string): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'holdfast-bench-'));
  try {
    const figures =
      part === 'steps' ? await timeSteps(log, folder) : await ingestLog(log, folder, part);
    process.stdout.write(JSON.stringify(figures));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Fills the system's cache of files: with a file of nothing but a hole, and the log on top of that. */
function fillCache(log: string): void {
  const hole = `${log}.hole`;
  if (!existsSync(hole)) writeFileSync(hole, '');
  truncateSync(hole, Math.max(statSync(hole).size, freemem()));
  // What was read once goes before what was read again.
  for (const path of [hole, log, log]) readThrough(path);
}

function readThrough(path: string): void {
  const piece = Buffer.allocUnsafeSlow(1024 * 1024);
  const file = openSync(path, 'r');
  while (readSync(file, piece) > 0);
  closeSync(file);
}

function measure(part: Part, log: string, heapMB: string): Figures {
  fillCache(log);
  const args = [`--max-old-space-size=${heapMB}`, SELF, '--part', part, '--log', log];
  const { status, stdout } = spawnSync(process.execPath, args, {
    stdio: ['ignore', 'pipe', 'inherit'],
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(`the part ${part} ended with ${status}`);
  return JSON.parse(stdout) as Figures;
}

function medians(runs: readonly Figures[]): Figures {
  const names = Object.keys(runs[0] ?? {});
  return Object.fromEntries(names.map((name) => [name, median(runs.map((run) => run[name] ?? 0))]));
}

function rounded(value: number): number {
  return Number(value.toFixed(2));
}

/** What is told: multiples of JSON.parse, and memory. */
function report(parts: Readonly<Record<Part, Figures>>, bytes: number): Record<string, object> {
  const {
    parse = NaN,
    plainStringify = 0,
    plainDigest = 0,
    plainCompress = 0,
    ...steps
  } = parts.steps;
  const times = (seconds: number | undefined): number => rounded((seconds ?? NaN) / parse);
  const { redact = 0, ...others } = steps;
  const ofSteps = Object.values(others).reduce((sum, seconds) => sum + seconds, 0);
  // Deciding, putting conversations together, and the rows of these.
  const rest = (parts['without-redaction'].seconds ?? NaN) - ofSteps;
  const whole = ({ seconds, systemSeconds, kept, storedMB, peakMB }: Figures): object => ({
    timesParse: times(seconds),
    ofThemSystem: times(systemSeconds),
    kept,
    storedMB: rounded(storedMB ?? NaN),
    peakMB: Math.round(peakMB ?? NaN),
  });
  return {
    jsonParse: { seconds: rounded(parse), megabytesPerSecond: Math.round(bytes / 1e6 / parse) },
    withoutRedaction: whole(parts['without-redaction']),
    withRedaction: whole(parts['with-redaction']),
    floor: {
      parse: 1,
      stringify: times(plainStringify),
      digest: times(plainDigest),
      compress: times(plainCompress),
      sum: times(parse + plainStringify + plainDigest + plainCompress),
    },
    steps: {
      ...Object.fromEntries(Object.entries(others).map(([name, value]) => [name, times(value)])),
      rest: times(rest),
      redact: times(redact),
    },
  };
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      records: { type: 'string', default: '200000' },
      turns: { type: 'string', default: '1' },
      runs: { type: 'string', default: '3' },
      heap: { type: 'string', default: '4096' },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
      part: { type: 'string' },
      log: { type: 'string', default: '' },
    },
  });
  if (values.help) return void process.stdout.write(HELP);
  const part = PARTS.find((name) => name === values.part);
  if (part !== undefined) return runPart(part, values.log);
  const folder = mkdtempSync(join(tmpdir(), 'holdfast-bench-'));
  try {
    const log = join(folder, 'calls.jsonl');
    await writeMailLog(log, Number(values.records), Number(values.turns));
    const runs = Array.from({ length: Number(values.runs) }, () =>
      PARTS.map((name) => measure(name, log, values.heap)),
    );
    const of = (index: number): Figures => medians(runs.map((run) => run[index] ?? {}));
    const bytes = statSync(log).size;
    const figures = {
      processor: cpus()[0]?.model ?? '',
      node: process.version,
      records: Number(values.records),
      megabytes: rounded(bytes / 1e6),
      ...report({ 'without-redaction': of(0), 'with-redaction': of(1), steps: of(2) }, bytes),
    };
    process.stdout.write(values.json ? `${JSON.stringify(figures)}\n` : figuresTable(figures));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

await main();
