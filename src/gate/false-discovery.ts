/**
 * Which hypotheses are rejected with a false-discovery rate of at most `rate` (Benjamini and Hochberg 1995,
 * step-up): those whose p-value is at most the largest p_(k) ≤ k/m · rate. In the order given.
 */
export function rejectWithFalseDiscoveryRate(
  pValues: readonly number[],
  rate: number,
): readonly boolean[] {
  return adjustedPValues(pValues).map((adjusted) => adjusted <= rate);
}

/** Benjamini and Hochberg's adjusted p-values, in the order given: the smallest rate at which each is rejected. */
export function adjustedPValues(pValues: readonly number[]): readonly number[] {
  const descending = pValues.map((_, index) => index);
  descending.sort((a, b) => (pValues[b] ?? 0) - (pValues[a] ?? 0));
  const adjusted = new Array<number>(pValues.length).fill(1);
  let least = 1;
  descending.forEach((index, place) => {
    const rank = pValues.length - place;
    least = Math.min(least, ((pValues[index] ?? 0) * pValues.length) / rank);
    adjusted[index] = least;
  });
  return adjusted;
}
