import { spawnSync } from 'node:child_process';
import { performance } from 'node:perf_hooks';

/** What two threads gain over one, in wall-clock time of whole processes. */
export interface ThreadGain {
  /** Seconds with one thread and with two, medians of the rounds. */
  readonly parse: readonly [number, number];
  readonly dedupe: readonly [number, number];
  readonly parseGain: number;
  readonly dedupeGain: number;
  /** The gain of the duplicate search over that of the bare loop. */
  readonly ratio: number;
}

/** Reads its share of a file's lines and parses them; the bytes are cut at a line feed near each share's end. */
const PARSE_SHARE = `
const { openSync, readSync, fstatSync } = require('node:fs');
const share = (path, part, parts) => {
  const file = openSync(path, 'r');
  const size = fstatSync(file).size;
  const chunk = Buffer.alloc(1 << 20);
  let at = Math.floor((size * part) / parts);
  const end = Math.floor((size * (part + 1)) / parts);
  let rest = Buffer.alloc(0);
  let isFirst = part > 0;
  for (let read; at < end && (read = readSync(file, chunk, 0, chunk.length, at)) > 0; at += read) {
    const bytes = Buffer.concat([rest, chunk.subarray(0, Math.min(read, end - at))]);
    let start = 0;
    for (let feed; (feed = bytes.indexOf(10, start)) !== -1; start = feed + 1) {
      if (!isFirst) JSON.parse(bytes.toString('utf8', start, feed));
      isFirst = false;
    }
    rest = bytes.subarray(start);
  }
};
`;
/** One share by this thread, the others by threads of their own. */
const PARSE = `
const { Worker, isMainThread, workerData } = require('node:worker_threads');
${PARSE_SHARE}
const [path, parts] = [process.argv[1], Number(process.argv[2])];
for (let part = 1; part < parts; part += 1) {
  new Worker(process.env.PARSE_SHARE + 'share(...require("node:worker_threads").workerData)', {
    eval: true, workerData: [path, part, parts],
  });
}
share(path, 0, parts);
`;

/**
 * Times both programs with one thread and with two, in turn, so that whatever else the machine does falls on all
 * of them alike.
 */
export function measureThreadGain(cli: string, corpus: string, rounds: number): ThreadGain {
  const parse = (threads: number): readonly string[] => ['--eval', PARSE, corpus, `${threads}`];
  const dedupe = (threads: number): readonly string[] => [
    ...[cli, 'dedupe', corpus, '--shingle', 'words:5', '--threads', `${threads}`],
  ];
  const commands = [parse(1), parse(2), dedupe(1), dedupe(2)];
  const times = commands.map((): number[] => []);
  for (let round = 0; round < rounds; round += 1) {
    commands.forEach((args, index) => times[index]?.push(wallSeconds(args)));
  }
  const [parseOne = 0, parseTwo = 0, dedupeOne = 0, dedupeTwo = 0] = times.map(median);
  const [parseGain, dedupeGain] = [parseOne / parseTwo, dedupeOne / dedupeTwo];
  return {
    parse: [parseOne, parseTwo],
    dedupe: [dedupeOne, dedupeTwo],
    parseGain,
    dedupeGain,
    ratio: dedupeGain / parseGain,
  };
}

function wallSeconds(args: readonly string[]): number {
  const start = performance.now();
  const { status, stderr } = spawnSync(process.execPath, args, {
    stdio: ['ignore', 'ignore', 'pipe'],
    encoding: 'utf8',
    env: { ...process.env, PARSE_SHARE },
  });
  if (status !== 0 && status !== 1) throw new Error(`the command ended with ${status}: ${stderr}`);
  return (performance.now() - start) / 1_000;
}

/** The middle one of several times. */
export function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[values.length >> 1] ?? 0;
}
