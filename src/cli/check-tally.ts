import { LEAK_LEVELS, type Level } from '../domain/finding.js';
import { LEVEL_ORDER, type PlacedFinding } from './check-scan.js';

/** Findings that are kept with their texts, the worst of each example and sample. */
const SHOWN = 5;

/** What a check has found so far. It keeps counts and the few worst findings, whatever the number of rows. */
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
  /** The worst findings at the levels that are shown, at most one for each sample. */
  worst(): readonly PlacedFinding[];
}

export function createTally(shown: readonly Level[]): CheckTally {
  const levels = new Map<string, { readonly evalSet: string; level: Level }>();
  const counts: Record<string, number> = {};
  let worst: PlacedFinding[] = [];
  let [examples, leaky] = [0, 0];

  function count(item: PlacedFinding): void {
    const { level, evalSet, sampleIndex } = item.finding;
    counts[level] = (counts[level] ?? 0) + 1;
    const key = `${sampleIndex} ${evalSet}`;
    const known = levels.get(key);
    if (known === undefined) levels.set(key, { evalSet, level });
    else if (rank(level) < rank(known.level)) known.level = level;
    if (shown.includes(level)) worst = keepWorst(worst, item);
  }

  return {
    add(findings) {
      examples += 1;
      if (findings.some(({ finding }) => LEAK_LEVELS.includes(finding.level))) leaky += 1;
      findings.forEach(count);
    },
    exampleCount: () => examples,
    leakyExampleCount: () => leaky,
    leakCount: () => LEAK_LEVELS.reduce((sum, level) => sum + (counts[level] ?? 0), 0),
    findings: () => inOrder(counts),
    samplesByLevel(evalSet) {
      const own: Record<string, number> = {};
      for (const sample of levels.values()) {
        if (evalSet !== undefined && sample.evalSet !== evalSet) continue;
        own[sample.level] = (own[sample.level] ?? 0) + 1;
      }
      return inOrder(own);
    },
    worst: () => worst,
  };
}

function keepWorst(worst: readonly PlacedFinding[], item: PlacedFinding): PlacedFinding[] {
  const same = worst.find(({ sample }) => sample === item.sample);
  if (same !== undefined && byWeight(same, item) <= 0) return [...worst];
  const others = worst.filter((known) => known !== same);
  return [...others, item].sort(byWeight).slice(0, SHOWN);
}

function byWeight({ finding: a }: PlacedFinding, { finding: b }: PlacedFinding): number {
  return rank(a.level) - rank(b.level) || b.coverage - a.coverage || b.longestRun - a.longestRun;
}

function rank(level: Level): number {
  return LEVEL_ORDER.indexOf(level);
}

function inOrder(counts: Readonly<Record<string, number>>): Readonly<Record<string, number>> {
  const known = LEVEL_ORDER.filter((level) => counts[level] !== undefined);
  return Object.fromEntries(known.map((level) => [level, counts[level] ?? 0]));
}
