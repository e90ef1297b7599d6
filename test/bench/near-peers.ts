import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { accuracyOf, jsonLines, type NearAccuracy, truthOf } from './near-accuracy.js';
import { writeNearCorpus } from './near-corpus.js';
import { openPeerEnvironment, type PeerEnvironment, type Usage } from './peer-environment.js';
import { median } from './thread-gain.js';

const HELP = `npm run bench:peers [-- options]: the duplicate search and its peers in turn, documents per second of
processor time: JSON Lines in, numbers of removed documents (ours: evidence) out.

  --documents 100000   how many documents of about 1.1 kB
  --rounds 3           how often each is timed; medians count
  --output dist/peers.json  where the figures go as JSON

Peers: rensa 0.5.0 and datasketch 2.0.0 are given runs of five words, gaoya 0.2.2 makes them itself; all have 128
slots in 16 bands of 8 and keep the first of near documents. They are installed into the user's cache, once.
`;
const CLI = fileURLToPath(new URL('../../src/cli/main.js', import.meta.url));

interface Contender {
  readonly name: string;
  readonly command: (corpus: string, out: string) => readonly string[];
  readonly removed: (out: string) => ReadonlySet<number>;
}

interface Result extends NearAccuracy {
  readonly name: string;
  readonly cpu: number;
  readonly peakMB: number;
  readonly documentsPerCpuSecond: number;
  /** How many times ours is as fast. */
  readonly times: number;
}

function contenders({ python, script }: PeerEnvironment): readonly Contender[] {
  const peer = (name: string, file: string): Contender => ({
    name,
    command: (corpus, out) => [python, script(file), corpus, out],
    removed: (out) => new Set(readFileSync(out, 'utf8').split('\n').filter(Boolean).map(Number)),
  });
  const ours: Contender = {
    name: 'holdfast dedupe',
    command: (corpus, out) => [
      ...[process.execPath, CLI, 'dedupe', corpus, '--shingle', 'words:5', '--threads', '1'],
      ...['--evidence', out],
    ],
    removed: (out) => new Set(jsonLines<{ readonly index: number }>(out).map(({ index }) => index)),
  };
  return [
    ours,
    peer('rensa RMinHashDeduplicator', 'near_rensa.py'),
    peer('gaoya MinHashStringIndex', 'near_gaoya.py'),
    peer('datasketch MinHashLSH', 'near_datasketch.py'),
  ];
}

function main(): void {
  const { values } = parseArgs({
    options: {
      documents: { type: 'string', default: '100000' },
      rounds: { type: 'string', default: '3' },
      output: { type: 'string', default: 'dist/peers.json' },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) return void process.stdout.write(HELP);
  const [documents, rounds] = [Number(values.documents), Number(values.rounds)];
  const environment = openPeerEnvironment();
  const folder = mkdtempSync(join(tmpdir(), 'holdfast-bench-'));
  try {
    const corpus = join(folder, 'corpus.jsonl');
    writeNearCorpus(corpus, { documents, seed: 1, editedShare: 0.2 });
    const results = compete({ environment, corpus, folder, documents, rounds });
    const figures = { cpu: cpus()[0]?.model ?? '', node: process.version, documents, rounds };
    writeFileSync(values.output, `${JSON.stringify({ ...figures, results }, null, 2)}\n`);
    process.stdout.write(tableOf(results));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

interface Competition {
  readonly environment: PeerEnvironment;
  readonly corpus: string;
  readonly folder: string;
  readonly documents: number;
  readonly rounds: number;
}

/** Runs all in turn, round by round, so that whatever else the machine does falls on all of them alike. */
function compete({ environment, corpus, folder, documents, rounds }: Competition): Result[] {
  const all = contenders(environment);
  const outOf = (index: number): string => join(folder, `removed-${index}.jsonl`);
  const usages = all.map((): Usage[] => []);
  for (let round = 0; round < rounds; round += 1) {
    all.forEach(({ command }, index) => {
      usages[index]?.push(environment.measure(command(corpus, outOf(index))));
    });
  }
  const pairs = truthOf(corpus);
  const times = usages.map((own) => median(own.map(({ cpu }) => cpu)));
  return all.map(({ name, removed }, index) => {
    const cpu = times[index] ?? 0;
    return {
      name,
      cpu,
      peakMB: median((usages[index] ?? []).map(({ peakMB }) => peakMB)),
      documentsPerCpuSecond: Math.round(documents / cpu),
      times: cpu / (times[0] ?? 0),
      ...accuracyOf(pairs, removed(outOf(index))),
    };
  });
}

function tableOf(results: readonly Result[]): string {
  const rows = results.map((own) => [
    own.name.padEnd(27),
    own.cpu.toFixed(2).padStart(9),
    String(own.documentsPerCpuSecond).padStart(11),
    own.times.toFixed(1).padStart(6),
    own.peakMB.toFixed(0).padStart(8),
    own.recall['0.7'].toFixed(4).padStart(10),
    own.recall['0.8'].toFixed(4).padStart(10),
    own.precision.toFixed(4).padStart(10),
  ]);
  const head = `${''.padEnd(27)}    CPU s  docs/CPU s  times  peak MB recall 0.7 recall 0.8  precision`;
  return `${[head, ...rows.map((row) => row.join(' '))].join('\n')}\n`;
}

main();
