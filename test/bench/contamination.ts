import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { figuresTable } from './figures-table.js';
import { type PlantedLeak, writeLeakCorpus } from './leak-corpus.js';
import { openPeerEnvironment, type Usage } from './peer-environment.js';

const HELP = `npm run bench:contamination [-- options]: the scan, end to end: JSON Lines in, evidence out.

  --documents 100000   how many documents of about 1.1 kB
  --samples 2000       how many samples of 30 to 60 words
  --leaked 0.005       share of the documents that hold a sample, half of them edited
  --runs 3             how often each command is timed, in turn; the median counts
  --json               one JSON object, and nothing else

Compared with a Python program that keeps all runs of 13 words of the samples in a set and looks up those of
each document (test/bench/peers/ngram_set.py); it runs where the peers of near-duplicates do.
`;
const CLI = fileURLToPath(new URL('../../src/cli/main.js', import.meta.url));
interface Finding {
  readonly exampleIndex: number;
  readonly sampleIndex: number;
  readonly level: string;
}

/** Share of the planted leaks that are found, by the number of words that were replaced. */
function recallOf(planted: readonly PlantedLeak[], evidence: string): Record<string, number> {
  const found = new Set(
    readFileSync(evidence, 'utf8')
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line) as Finding)
      .map(({ exampleIndex, sampleIndex }) => `${exampleIndex} ${sampleIndex}`),
  );
  const kinds = [...new Set(planted.map(({ edits }) => edits))].sort();
  return Object.fromEntries(
    kinds.map((edits) => {
      const leaks = planted.filter((leak) => leak.edits === edits);
      const hits = leaks.filter(({ document, sample }) => found.has(`${document} ${sample}`));
      return [`${edits} edits`, hits.length / leaks.length];
    }),
  );
}

/** The median by processor time. */
function medianUsage(usages: readonly Usage[]): Usage {
  const sorted = [...usages].sort((a, b) => a.cpu - b.cpu);
  return sorted[sorted.length >> 1] ?? { cpu: NaN, peakMB: NaN };
}

function main(): void {
  const { values } = parseArgs({
    options: {
      documents: { type: 'string', default: '100000' },
      samples: { type: 'string', default: '2000' },
      leaked: { type: 'string', default: '0.005' },
      runs: { type: 'string', default: '3' },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) return void process.stdout.write(HELP);
  const [documents, samples] = [Number(values.documents), Number(values.samples)];
  const folder = mkdtempSync(join(tmpdir(), 'holdfast-bench-'));
  try {
    const [rows, evals] = [join(folder, 'rows.jsonl'), join(folder, 'evals.jsonl')];
    const evidence = join(folder, 'found.jsonl');
    const plan = { documents, samples, seed: 1, leakedShare: Number(values.leaked) };
    const planted = writeLeakCorpus(rows, evals, plan);
    const peers = openPeerEnvironment();
    const command = [process.execPath, CLI, 'check', rows, '--against', evals];
    const turns = Array.from({ length: Number(values.runs) }, () => ({
      check: peers.measure([...command, '--evidence', evidence]),
      peer: peers.measure([
        peers.python,
        peers.script('ngram_set.py'),
        rows,
        evals,
        join(folder, 'flagged.txt'),
      ]),
    }));
    const check = medianUsage(turns.map((turn) => turn.check));
    const peer = medianUsage(turns.map((turn) => turn.peer));
    const figures = {
      processor: cpus()[0]?.model ?? '',
      node: process.version,
      documents,
      samples,
      leakedShare: plan.leakedShare,
      megabytes: statSync(rows).size / 1e6,
      check,
      ngramSet: peer,
      documentsPerCpuSecond: Math.round(documents / check.cpu),
      timesTheNgramSet: peer.cpu / check.cpu,
      recall: recallOf(planted, evidence),
    };
    process.stdout.write(values.json ? `${JSON.stringify(figures)}\n` : figuresTable(figures));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

main();
