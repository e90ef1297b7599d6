import { LEAK_LEVELS } from '../domain/finding.js';
import type { CheckResult, ShownFinding } from './check.js';
import type { Output } from './output.js';

/** How many findings are shown with their texts; `--evidence` has them all. */
const SHOWN = 5;
const EXCERPT = 160;

/** Tells a check: what was compared, what was found at which level, the worst of it, and what is protected. */
export function tellCheck(
  result: CheckResult,
  wanted: readonly ShownFinding[],
  output: Output,
): void {
  const { examples, samples, samplesByLevel, coverage, shown } = result;
  output.line(`${examples} examples against ${samples} samples`);
  const leaked = LEAK_LEVELS.reduce((sum, level) => sum + (samplesByLevel[level] ?? 0), 0);
  output.line(leaked === 0 ? 'no leak found' : `${leaked} samples are leaked`);
  for (const [level, count] of Object.entries(samplesByLevel)) {
    const note = level === 'kin' ? '  (other numbers, names or options: no leak)' : '';
    output.line(`  ${level.padEnd(9)}${String(count).padStart(6)} samples${note}`);
  }
  for (const item of [...wanted].sort(worstFirst).slice(0, SHOWN)) tellFinding(item, output);
  if (wanted.length > SHOWN) output.line(`  … and ${wanted.length - SHOWN} more findings`);
  output.line('what each rule can protect:');
  for (const [rule, count] of Object.entries(coverage)) {
    output.line(`  ${rule.padEnd(12)}${String(count).padStart(6)} of ${samples} samples`);
  }
  output.result({
    examples,
    samples,
    findings: countLevels(shown),
    samplesByLevel,
    leakedSamples: leaked,
    coverage,
  });
}

function tellFinding({ finding, example, sample }: ShownFinding, output: Output): void {
  const { level, coverage, longestRun, similarity } = finding;
  output.line();
  output.line(
    `  ${level}: ${Math.round(coverage * 100)} % of the words, longest run ${longestRun} words, similarity ${similarity.toFixed(2)}`,
  );
  output.line(`    ${example.file}[${example.index}]  ${excerpt(example.prompt)}`);
  output.line(`    ${sample.file}[${sample.index}]  ${excerpt(sample.prompt)}`);
}

function excerpt(text: string): string {
  // Control characters could steer the terminal.
  const plain = text.replace(/[\p{Cc}\s]+/gu, ' ').trim();
  return plain.length <= EXCERPT ? plain : `${plain.slice(0, EXCERPT)}…`;
}

function worstFirst({ finding: a }: ShownFinding, { finding: b }: ShownFinding): number {
  const order = [...LEAK_LEVELS, 'kin', 'suspect'];
  return (
    order.indexOf(a.level) - order.indexOf(b.level) ||
    b.coverage - a.coverage ||
    b.longestRun - a.longestRun
  );
}

function countLevels(shown: readonly ShownFinding[]): Readonly<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const { finding } of shown) counts[finding.level] = (counts[finding.level] ?? 0) + 1;
  return counts;
}
