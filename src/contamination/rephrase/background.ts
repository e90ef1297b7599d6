/**
 * How texts that are no rephrasings score: a histogram, so that its memory does not grow with their number and
 * their order makes no difference.
 */
export interface Background {
  /** Takes a text's best score against a set. */
  add(score: number): void;
  /** Of all that were taken. */
  readonly count: number;
  /** How many scores are at least as high as `score`, to the width of a bin. */
  countFrom(score: number): number;
  /** How wide a bin is. */
  readonly width: number;
  /**
   * The bins that hold something, ascending: the middle score and how many. Without the lowest: what nothing is
   * near to has no score that says how near.
   */
  bins(): readonly Bin[];
}

export interface Bin {
  readonly score: number;
  readonly count: number;
}

/** What scores go from and to; those beyond count at the ends. `from` is for texts that nothing is near to. */
export interface ScoreRange {
  readonly from: number;
  readonly to: number;
}

const BINS = 2_000;

export function createBackground({ from, to }: ScoreRange): Background {
  const counts = new Float64Array(BINS);
  const width = (to - from) / BINS;
  let count = 0;
  const binOf = (score: number): number =>
    Math.max(0, Math.min(BINS - 1, Math.floor((score - from) / width)));
  return {
    add(score) {
      const bin = binOf(score);
      counts[bin] = (counts[bin] ?? 0) + 1;
      count += 1;
    },
    get count() {
      return count;
    },
    countFrom: (score) => counts.subarray(binOf(score)).reduce((sum, own) => sum + own, 0),
    width,
    bins() {
      const bins: Bin[] = [];
      counts.forEach((own, index) => {
        if (index > 0 && own > 0) bins.push({ score: from + (index + 0.5) * width, count: own });
      });
      return bins;
    },
  };
}
