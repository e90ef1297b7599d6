import { LEAK_LEVELS, type Level, LEVEL_ORDER } from '../domain/finding.js';
import type { PlacedFinding } from './check-scan.js';
import { byWeight, compareFindings, createHitSamples, type SampleHits } from './sample-hits.js';
import { createWorstFindings, type ShownFinding } from './worst-findings.js';

/** Examples that are named because they hold most samples. */
const NAMED_EXAMPLES = 20;

/** An example by the samples it holds. */
export interface ExampleHits {
  readonly file: string;
  readonly exampleIndex: number;
  readonly exampleId: string | number | null;
  readonly level: Level;
  readonly samples: number;
}

/** What a check has found so far: counts, and a few findings with their texts, whatever the number of rows. */
export interface CheckTally {
  /** Takes the findings of one more example. */
  add(findings: readonly PlacedFinding[]): void;
  exampleCount(): number;
  /** Examples with a leak. */
  leakyExampleCount(): number;
  /** Findings at a leak level. */
  leakCount(): number;
  /** Findings by level. */
  findings(): Readonly<Record<string, number>>;
  /** Samples by the level that counts most of all that hit them; `evalSet` names one file's. */
  samplesByLevel(evalSet?: string): Readonly<Record<string, number>>;
  /** Examples by the worst level of what they hold. */
  examplesByLevel(): Readonly<Record<string, number>>;
  /** Samples at the levels that are shown, the weightiest first. */
  samples(): readonly SampleHits[];
  /** Examples that hold most samples at the levels that are shown, the first twenty. */
  fullestExamples(): readonly ExampleHits[];
  /** The samples that weigh most at the levels that are shown, each with its texts. */
  worst(): readonly ShownFinding[];
}

/** A tally that shows `limit` samples at the levels of `shown`; files are numbered as in `evals`. */
export function createTally(
  shown: readonly Level[],
  evals: readonly string[],
  limit: number,
): CheckTally {
  const samples = createHitSamples(shown, evals);
  const worst = createWorstFindings(limit);
  const fullest = createFullestExamples();
  const findingCounts: Record<string, number> = {};
  const exampleCounts: Record<string, number> = {};
  let examples = 0;
  const isShown = ({ finding }: PlacedFinding): boolean => shown.includes(finding.level);
  return {
    add(findings) {
      examples += 1;
      for (const { finding } of findings) increase(findingCounts, finding.level);
      const rows = worstOfEachSample(findings);
      for (const item of rows) {
        const hits = samples.count(item);
        if (hits !== null) worst.offer(hits, item);
      }
      const level = worstLevel(rows);
      if (level !== undefined) increase(exampleCounts, level);
      fullest.offer(rows.filter(isShown));
    },
    exampleCount: () => examples,
    leakyExampleCount: () => sumOfLeaks(exampleCounts),
    leakCount: () => sumOfLeaks(findingCounts),
    findings: () => inOrder(findingCounts),
    samplesByLevel(evalSet) {
      const own: Record<string, number> = {};
      for (const sample of samples.values()) {
        if (evalSet === undefined || sample.evalSet === evalSet) increase(own, sample.level);
      }
      return inOrder(own);
    },
    examplesByLevel: () => inOrder(exampleCounts),
    samples: () => [...samples.values()].filter(({ rows }) => rows > 0).sort(byWeight),
    fullestExamples: () => fullest.list(),
    worst: () => worst.list(),
  };
}

/** One finding of each sample: an example may hold several texts of it. */
function worstOfEachSample(findings: readonly PlacedFinding[]): readonly PlacedFinding[] {
  const bySample = new Map<PlacedFinding['sample'], PlacedFinding>();
  for (const item of findings) {
    const known = bySample.get(item.sample);
    if (known === undefined || compareFindings(item.finding, known.finding) < 0) {
      bySample.set(item.sample, item);
    }
  }
  return [...bySample.values()];
}

interface FullestExamples {
  /** Takes what one example holds, one finding of each sample. */
  offer(rows: readonly PlacedFinding[]): void;
  list(): readonly ExampleHits[];
}

/** The examples that hold most samples; of equals the first that came. */
function createFullestExamples(): FullestExamples {
  let fullest: readonly ExampleHits[] = [];
  return {
    offer(rows) {
      const [first] = rows;
      const level = worstLevel(rows);
      if (first === undefined || level === undefined) return;
      const samples = rows.length;
      if (fullest.length === NAMED_EXAMPLES && samples <= (fullest.at(-1)?.samples ?? 0)) return;
      const { file, exampleIndex, exampleId } = first.finding;
      fullest = [...fullest, { file, exampleIndex, exampleId, level, samples }]
        .sort((a, b) => b.samples - a.samples)
        .slice(0, NAMED_EXAMPLES);
    },
    list: () => fullest,
  };
}

function worstLevel(rows: readonly PlacedFinding[]): Level | undefined {
  return LEVEL_ORDER.find((level) => rows.some(({ finding }) => finding.level === level));
}

function increase(counts: Record<string, number>, level: Level): void {
  counts[level] = (counts[level] ?? 0) + 1;
}

function sumOfLeaks(counts: Readonly<Record<string, number>>): number {
  return LEAK_LEVELS.reduce((sum, level) => sum + (counts[level] ?? 0), 0);
}

function inOrder(counts: Readonly<Record<string, number>>): Readonly<Record<string, number>> {
  const known = LEVEL_ORDER.filter((level) => counts[level] !== undefined);
  return Object.fromEntries(known.map((level) => [level, counts[level] ?? 0]));
}
