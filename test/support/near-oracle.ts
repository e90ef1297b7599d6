import type { NearPolicy } from '../../src/dedup/prompt-lanes.js';

/** Runs of `size` parts as strings. */
function runsOf(parts: readonly string[], size: number, between: string): ReadonlySet<string> {
  const runs = new Set<string>();
  for (let start = 0; start + size <= parts.length; start += 1) {
    runs.add(parts.slice(start, start + size).join(between));
  }
  return runs;
}

function jaccardOf(a: ReadonlySet<string>, b: ReadonlySet<string>): number {
  if (a.size === 0 || b.size === 0) return 0;
  const common = [...a].filter((run) => b.has(run)).length;
  return common / (a.size + b.size - common);
}

/**
 * How near two texts of small letters, digits and single spaces are, by sets of strings and without any code of ours: by
 * runs of words, or of five characters where one of the two has fewer than twelve words. 0 below the threshold.
 */
export function plainSimilarity(a: string, b: string, { shingle, threshold }: NearPolicy): number {
  const [left, right] = [a, b].map((text) => text.split(' ').filter((word) => word !== ''));
  const short = Math.min(left?.length ?? 0, right?.length ?? 0) < Math.max(12, shingle.size);
  const similarity = short
    ? jaccardOf(runsOf([...a], 5, ''), runsOf([...b], 5, ''))
    : jaccardOf(runsOf(left ?? [], shingle.size, ' '), runsOf(right ?? [], shingle.size, ' '));
  if (similarity === 0 && a !== '' && a === b) return 1;
  return similarity >= threshold ? similarity : 0;
}

/** What is folded by an oracle: answers that are the same text match. */
export interface PlainRow {
  readonly id: string;
  readonly prompt: string;
  readonly answer: string;
}

/** Folds rows in their order, each into the nearest kept row, by comparing it with every kept one. */
export function plainFolds(
  rows: readonly PlainRow[],
  policy: NearPolicy,
): readonly { readonly id: string; readonly keptId: string; readonly similarity: number }[] {
  const kept: PlainRow[] = [];
  const folds: { readonly id: string; readonly keptId: string; readonly similarity: number }[] = [];
  for (const row of rows) {
    let nearest: { readonly keptId: string; readonly similarity: number } | null = null;
    for (const other of kept) {
      if (other.answer !== row.answer) continue;
      const similarity = plainSimilarity(row.prompt, other.prompt, policy);
      if (similarity > (nearest?.similarity ?? 0)) nearest = { keptId: other.id, similarity };
    }
    if (nearest === null) kept.push(row);
    else folds.push({ id: row.id, ...nearest });
  }
  return folds;
}
