/** One value, and the shape of the gamma distribution that its weight is drawn from. */
export interface WeightedValue {
  readonly value: number;
  readonly shape: number;
}

/** Steps of ln u in the integral: half of them moves no quantile by more than 1e-5. */
const STEP = 0.1;

/** The integral is summed from e^-8 of the scale of u, below which the integrand is a line, to where it is e^-18. */
const FIRST = -8;
const VANISHED = 18;

/** Quantiles are found to within this much. */
const TOLERANCE = 1e-6;

/**
 * P(Σ W_i x_i ≤ `limit`), where the weights W are Dirichlet distributed, so that each is its share in a sum of
 * independent gamma variables Γ_i: the probability that Σ Γ_i (x_i − limit) ≤ 0. By inversion of the characteristic
 * function (Gil-Pelaez 1951; Imhof 1961 for sums of χ²), with λ_i = x_i − limit and a_i the shapes:
 *
 *     1/2 − 1/π ∫_0^∞ sin(Σ a_i atan(λ_i u)) / Π (1 + λ_i² u²)^(a_i/2) du/u
 *
 * by the trapezoidal rule in ln u, which converges fast where a function vanishes smoothly on both sides.
 */
export function dirichletMeanBelow(values: readonly WeightedValue[], limit: number): number {
  if (values.every(({ value }) => value > limit)) return 0;
  if (values.every(({ value }) => value <= limit)) return 1;
  let spread = 0;
  for (const { value, shape } of values) spread += shape * (value - limit) ** 2;
  const scale = 1 / Math.sqrt(spread);
  let sum = 0;
  for (let logarithm = FIRST; ; logarithm += STEP) {
    const u = scale * Math.exp(logarithm);
    let angle = 0;
    let decay = 0;
    for (const { value, shape } of values) {
      const x = (value - limit) * u;
      angle += shape * Math.atan(x);
      decay += (shape / 2) * Math.log1p(x * x);
    }
    if (decay > VANISHED) break;
    const height = Math.sin(angle) * Math.exp(-decay);
    // All steps before the first add up to a geometric series.
    sum += logarithm === FIRST ? height / -Math.expm1(-STEP) : height;
  }
  return 0.5 - (STEP * sum) / Math.PI;
}

/** The `probability` quantile of such a mean, below its expectation. */
export function dirichletMeanQuantile(
  values: readonly WeightedValue[],
  probability: number,
): number {
  const { mean, deviation } = momentsOf(values);
  const least = Math.min(...values.map(({ value }) => value));
  let high = mean;
  let low = mean;
  // From the expectation outwards, since far from it the integral is noise.
  for (let step = deviation; low > least; step *= 2) {
    low = Math.max(least, mean - step);
    if (dirichletMeanBelow(values, low) < probability) break;
    high = low;
  }
  return rootBetween(low, high, (limit) => dirichletMeanBelow(values, limit) - probability);
}

/** Where a function that grows from below zero to above it crosses, by false position (Illinois), from below. */
function rootBetween(from: number, to: number, excess: (limit: number) => number): number {
  let [low, high] = [from, to];
  let [below, above] = [excess(low), excess(high)];
  for (let round = 1; high - low > TOLERANCE && below < 0 && above > 0; round += 1) {
    // Every third step halves, since near the ends of the values the function is no line.
    const share = round % 3 === 0 ? 0.5 : below / (below - above);
    const middle = low + (high - low) * Math.min(0.99, Math.max(0.01, share));
    const found = excess(middle);
    if (found < 0) {
      [low, below, above] = [middle, found, above / 2];
    } else {
      [high, above, below] = [middle, found, below / 2];
    }
  }
  return low;
}

/** Expectation Σ a_i x_i / A and standard deviation √(Σ a_i (x_i − mean)² / (A (A + 1))), with A = Σ a_i. */
function momentsOf(values: readonly WeightedValue[]): { mean: number; deviation: number } {
  let total = 0;
  let sum = 0;
  for (const { value, shape } of values) {
    total += shape;
    sum += shape * value;
  }
  const mean = sum / total;
  let squares = 0;
  for (const { value, shape } of values) squares += shape * (value - mean) ** 2;
  return { mean, deviation: Math.sqrt(squares / (total * (total + 1))) };
}
