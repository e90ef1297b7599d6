import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { createLexicalTier } from '../../src/contamination/rephrase/lexical-tier.js';
import { DEFAULT_CONTAMINATION_POLICY } from '../../src/contamination/policy.js';
import { REPHRASING_WEIGHTS } from '../../src/contamination/rephrase/score.js';
import { wordsOf } from '../../src/text/words.js';
import { writeNearCorpus } from './near-corpus.js';
import {
  ARC_FILES,
  TRIAL_FILES,
  missingData,
  readArcQuestions,
  readTrialData,
} from './rephrasing-data.js';
import {
  type HalfResult,
  type TrialData,
  halfOf,
  measure,
  toSample,
  tryHalf,
  wilson,
  withoutFindings,
} from './rephrasing-trial.js';
import { rewordedByRule } from './reworded-by-rule.js';

const HELP = `npm run bench:rephrasings [-- options]: what the lexical tier finds, and how fast.

  --rate 0.002         target share of false positives
  --documents 100000   how many documents the tier is timed on
  --json               one JSON object, and nothing else
`;
const SAMPLES = 2_000;
const NONE: ReadonlySet<number> = new Set();

/** Both halves together: each measured by what the other one says. */
interface Pooled {
  readonly recall: number;
  readonly recallInterval: readonly [number, number];
  readonly falsePositiveRate: number;
  readonly falsePositiveInterval: readonly [number, number];
  readonly counts: string;
  readonly thresholds: readonly number[];
  /** Of the texts in which the own sample is named: where it is named first. */
  readonly namedFirst: number;
}

function pool(halves: readonly HalfResult[]): Pooled {
  const sum = (of: (half: HalfResult) => number): number =>
    halves.reduce((total, half) => total + of(half), 0);
  const [named, asked] = [sum((half) => half.named), sum((half) => half.rewordings)];
  const [wrong, others] = [sum((half) => half.falsePositives.length), sum((half) => half.others)];
  return {
    recall: named / asked,
    recallInterval: wilson(named, asked),
    falsePositiveRate: wrong / others,
    falsePositiveInterval: wilson(wrong, others),
    counts: `${named} of ${asked} named, ${wrong} of ${others} wrongly`,
    thresholds: halves.map(({ threshold }) => threshold),
    namedFirst: sum((half) => half.namedFirst),
  };
}

/** The shipped weights on texts of another kind: the halves calibrate and measure in turn. */
function pooledWithShipped(data: TrialData, rate: number): Pooled {
  return pool(
    [0, 1].map((half) =>
      measure(data, REPHRASING_WEIGHTS, rate, ({ index }) => halfOf(index) === half),
    ),
  );
}

/** The rewordings, and what calibrates, in the middle of documents of five questions. */
function embedded({ samples, rewordings, others }: TrialData): TrialData {
  const text = (index: number): string => others[index % others.length]?.text ?? '';
  const around = (index: number, middle: string): string =>
    [
      text(index * 13),
      text(index * 17 + 5),
      middle,
      text(index * 19 + 7),
      text(index * 23 + 11),
    ].join('\n');
  return {
    samples,
    rewordings: rewordings.map(({ index, text: own }) => ({ index, text: around(index, own) })),
    others: others.map(({ index, text: own }) => ({ index, text: around(index, own) })),
  };
}

function byRule(replaced: number): TrialData {
  const samples = readArcQuestions(ARC_FILES.samples);
  return withoutFindings({
    samples,
    rewordings: samples.map((text, index) => ({ index, text: rewordedByRule(text, replaced) })),
    others: readArcQuestions(ARC_FILES.others).map((text, index) => ({ index, text })),
  });
}

/** Microseconds of processor time a document, of reading its words alone and of the tier, which reads them too. */
function timed(samples: readonly string[], documents: readonly string[]): Record<string, number> {
  const options = { targetRate: 0.002, policy: DEFAULT_CONTAMINATION_POLICY };
  const tier = createLexicalTier(samples.map(toSample), options);
  const cost = (run: (text: string) => unknown): number => {
    const before = process.cpuUsage();
    for (const text of documents) run(text);
    const { user, system } = process.cpuUsage(before);
    return (user + system) / documents.length;
  };
  return {
    wordsAlone: cost(wordsOf),
    observe: cost((text) => tier.observe([text], NONE)),
    suspects: cost((text) => tier.suspects([text], NONE)),
  };
}

/** Documents of made-up words whose frequencies fall as those of English do, and samples from their like. */
function madeUpDocuments(count: number): { samples: string[]; documents: string[] } {
  const folder = mkdtempSync(join(tmpdir(), 'holdfast-bench-'));
  try {
    const path = join(folder, 'corpus.jsonl');
    writeNearCorpus(path, { documents: count + SAMPLES, seed: 1, editedShare: 0 });
    const texts = readFileSync(path, 'utf8')
      .trimEnd()
      .split('\n')
      .map((line) => (JSON.parse(line) as { text: string }).text);
    const samples = texts.slice(0, SAMPLES).map((text) => text.split(' ').slice(0, 45).join(' '));
    return { samples, documents: texts.slice(SAMPLES) };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Documents of five GSM8K questions each, cut to 1.1 kB: every one of them is about the samples' subject. */
function gsm8kDocuments(
  { samples, others }: TrialData,
  count: number,
): {
  samples: string[];
  documents: string[];
} {
  const more = others.slice(0, SAMPLES - samples.length).map(({ text }) => text);
  const left = others.slice(SAMPLES - samples.length);
  const documents = Array.from({ length: count }, (_, index) =>
    [0, 17, 34, 51, 68]
      .map((step) => left[(index * 31 + step * (index % 97)) % left.length]?.text ?? '')
      .join('\n')
      .slice(0, 1_100),
  );
  return { samples: [...samples, ...more], documents };
}

function main(): void {
  const { values } = parseArgs({
    options: {
      rate: { type: 'string', default: '0.002' },
      documents: { type: 'string', default: '100000' },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) return void process.stdout.write(HELP);
  const missing = missingData({ ...TRIAL_FILES, ...ARC_FILES });
  if (missing !== null) return void process.stdout.write(`not run: ${missing}\n`);
  const [rate, count] = [Number(values.rate), Number(values.documents)];
  const data = readTrialData();
  const halves = [0, 1].map((half) => tryHalf(data, half, rate));
  const madeUp = madeUpDocuments(count);
  const gsm8k = gsm8kDocuments(data, count);
  const figures = {
    cpu: cpus()[0]?.model ?? '',
    node: process.version,
    targetRate: rate,
    gsm8k: pool(halves),
    weights: halves.map(({ weights }) => weights),
    shippedWeights: pooledWithShipped(data, rate),
    inDocuments: pooledWithShipped(embedded(data), rate),
    ...Object.fromEntries(
      [0, 0.2, 0.4, 0.6].map((share) => [
        `arcReplaced${share * 100}`,
        pooledWithShipped(byRule(share), rate),
      ]),
    ),
    microsecondsMadeUp: timed(madeUp.samples, madeUp.documents),
    microsecondsGsm8k: timed(gsm8k.samples, gsm8k.documents),
    missed: halves.flatMap(({ missed }) => missed),
    falsePositives: halves.flatMap(({ falsePositives }) => falsePositives),
  };
  process.stdout.write(values.json ? `${JSON.stringify(figures)}\n` : tableOf(figures, data));
}

function tableOf(
  figures: Readonly<Record<string, unknown>> & {
    readonly falsePositives: HalfResult['falsePositives'];
  },
  data: TrialData,
): string {
  const { falsePositives, ...rest } = figures;
  const lines = Object.entries(rest).map(([name, value]) => {
    const text = typeof value === 'string' ? value : JSON.stringify(value, rounded);
    return `${name.padEnd(20)}${text}`;
  });
  const wrong = falsePositives.map(
    ({ text, sample, score }) =>
      `\ntrain ${text} for test ${sample}, score ${score.toFixed(2)}\n` +
      `  ${data.others[text]?.text ?? ''}\n  ${data.samples[sample] ?? ''}`,
  );
  return `${lines.join('\n')}\n\nfalse positives:${wrong.join('')}\n`;
}

function rounded(_name: string, value: unknown): unknown {
  return typeof value === 'number' ? Number(value.toFixed(4)) : value;
}

main();
