import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { figuresTable } from './figures-table.js';
import { measureMinhash } from './minhash-engine.js';
import { accuracyOf, jsonLines, truthOf } from './near-accuracy.js';
import { writeNearCorpus } from './near-corpus.js';
import { measureThreadGain } from './thread-gain.js';

const HELP = `npm run bench [-- options]: near-duplicates, end to end: JSON Lines in, evidence out.

  --documents 100000   how many documents of about 1.1 kB
  --runs 3             how often each command is timed; the median counts
  --rounds 5           how often one thread and two are timed in turn; 0 leaves that out
  --json               one JSON object, and nothing else
`;
const CLI = fileURLToPath(new URL('../../src/cli/main.js', import.meta.url));
/** What any program has to do: read the lines and parse them. */
const FLOOR = `
const { openSync, readSync } = require('node:fs');
const file = openSync(process.argv[1], 'r');
let rest = Buffer.alloc(0);
const chunk = Buffer.alloc(1 << 20);
for (let read; (read = readSync(file, chunk)) > 0; ) {
  const bytes = Buffer.concat([rest, chunk.subarray(0, read)]);
  let start = 0;
  for (let end; (end = bytes.indexOf(10, start)) !== -1; start = end + 1) {
    JSON.parse(bytes.toString('utf8', start, end));
  }
  rest = bytes.subarray(start);
}
`;

interface Timing {
  /** Seconds of processor time, user and system, of the whole process. */
  readonly cpu: number;
  readonly peakMB: number;
}

interface Finding {
  readonly index: number;
}

/** Times a command as a process of its own; the median of its runs. */
function timed(args: readonly string[], runs: number): Timing {
  const timings = Array.from({ length: runs }, () => {
    // The child tells its own figures: those of all children of this process would add up.
    const probe = `process.on('exit', () => { const { userCPUTime, systemCPUTime, maxRSS } = process.resourceUsage();
      require('node:fs').writeSync(3, JSON.stringify({ cpu: (userCPUTime + systemCPUTime) / 1e6, peakMB: maxRSS / 1024 })); });`;
    const preload = `data:text/javascript,${encodeURIComponent(`import { createRequire } from 'node:module'; const require = createRequire('file:///'); ${probe}`)}`;
    const { output, status, stderr } = spawnSync(process.execPath, ['--import', preload, ...args], {
      stdio: ['ignore', 'ignore', 'pipe', 'pipe'],
      encoding: 'utf8',
    });
    if (status !== 0 && status !== 1)
      throw new Error(`the command ended with ${status}: ${stderr}`);
    return JSON.parse(output[3] ?? '') as Timing;
  });
  return timings.sort((a, b) => a.cpu - b.cpu)[runs >> 1] as Timing;
}

function main(): void {
  const { values } = parseArgs({
    options: {
      documents: { type: 'string', default: '100000' },
      runs: { type: 'string', default: '3' },
      rounds: { type: 'string', default: '5' },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) return void process.stdout.write(HELP);
  const documents = Number(values.documents);
  const folder = mkdtempSync(join(tmpdir(), 'holdfast-bench-'));
  try {
    const corpus = join(folder, 'corpus.jsonl');
    const evidence = join(folder, 'found.jsonl');
    writeNearCorpus(corpus, { documents, seed: 1, editedShare: 0.2 });
    const runs = Number(values.runs);
    const command = ['dedupe', corpus, '--shingle', 'words:5', '--evidence', evidence];
    const dedupe = timed([CLI, ...command], runs);
    const floor = timed(['--eval', FLOOR, corpus], runs);
    const pairs = truthOf(corpus);
    const removed = new Set(jsonLines<Finding>(evidence).map(({ index }) => index));
    const rounds = Number(values.rounds);
    const figures = {
      cpu: cpus()[0]?.model ?? '',
      node: process.version,
      documents,
      megabytes: statSync(corpus).size / 1e6,
      dedupe,
      floor,
      documentsPerCpuSecond: Math.round(documents / dedupe.cpu),
      timesTheFloor: dedupe.cpu / floor.cpu,
      pairs: pairs.length,
      ...accuracyOf(pairs, removed),
      minhash: measureMinhash(corpus),
      threads: rounds === 0 ? 'not measured' : measureThreadGain(CLI, corpus, rounds),
    };
    process.stdout.write(values.json ? `${JSON.stringify(figures)}\n` : figuresTable(figures));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

main();
