/** Words of a text and of a sample that stand against each other. */
export interface Pair {
  readonly sample: number;
  readonly text: number;
}

/** A half-open stretch of words. */
export interface Window {
  readonly from: number;
  readonly to: number;
}

/** Words that a sample and a text have in common, one after the other in both. */
export interface Run {
  readonly sample: number;
  readonly text: number;
  readonly length: number;
}

/** How a sample and a stretch of text stand against each other: pairs that ascend on both sides, never none. */
export interface Alignment {
  readonly pairs: readonly Pair[];
  /** Longest stretch of words that follow each other in both. */
  readonly longestRun: number;
}

/** The pairs as runs of words that follow each other in both. */
export function runsOf(pairs: readonly Pair[]): readonly Run[] {
  const runs: Run[] = [];
  let open: { sample: number; text: number; length: number } | null = null;
  for (const pair of pairs) {
    const follows: boolean =
      open !== null &&
      pair.sample === open.sample + open.length &&
      pair.text === open.text + open.length;
    if (open !== null && follows) open.length += 1;
    else {
      open = { ...pair, length: 1 };
      runs.push(open);
    }
  }
  return runs;
}
