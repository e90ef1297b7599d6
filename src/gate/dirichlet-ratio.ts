import { ROUNDING } from './clusters.js';

/** A part of a weighted ratio: so many alike, whose sums are weighed against their sizes. */
export interface RatioPart {
  readonly size: number;
  readonly sum: number;
  /** Shape of the gamma distribution that its weight is drawn from: 1 for each of them. */
  readonly shape: number;
}

/** Steps of ln u in the integral: half of them moves no quantile by more than 1e-5. */
const STEP = 0.1;

/** The integral is summed from e^-8 of the scale of u, below which the integrand is a line, to where it is e^-18. */
const FIRST = -8;
const VANISHED = 18;

/** Quantiles are found to within this much. */
const TOLERANCE = 1e-9;

/**
 * P(Σ W_c s_c / Σ W_c n_c ≤ `limit`) of sums s_c and sizes n_c > 0, where the weights W are Dirichlet distributed, so that
 * each is its share in a sum of independent gamma variables Γ_c: the probability that Σ Γ_c (s_c − limit · n_c) ≤ 0. By
 * inversion of the characteristic function (Gil-Pelaez 1951; Imhof 1961 for sums of χ²), with λ_c = s_c − limit · n_c and
 * a_c the shapes:
 *
 *     1/2 − 1/π ∫_0^∞ sin(Σ a_c atan(λ_c u)) / Π (1 + λ_c² u²)^(a_c/2) du/u
 *
 * by the trapezoidal rule in ln u, which converges fast where a function vanishes smoothly on both sides. To about 1e-6:
 * no probability below that is told from none.
 */
export function dirichletRatioBelow(parts: readonly RatioPart[], limit: number): number {
  const excesses = parts.map(({ size, sum }) => sum - limit * size);
  if (excesses.every((excess) => excess > 0)) return 0;
  if (excesses.every((excess) => excess <= 0)) return 1;
  const shapes = parts.map(({ shape }) => shape);
  let spread = 0;
  for (const [index, excess] of excesses.entries()) spread += (shapes[index] ?? 0) * excess ** 2;
  if (spread < ROUNDING ** 2) return 1;
  const scale = 1 / Math.sqrt(spread);
  let sum = 0;
  for (let logarithm = FIRST; ; logarithm += STEP) {
    const u = scale * Math.exp(logarithm);
    let angle = 0;
    let decay = 0;
    for (let index = 0; index < excesses.length; index += 1) {
      const x = (excesses[index] ?? 0) * u;
      const shape = shapes[index] ?? 0;
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

/** The `probability` quantile of such a ratio, at most the ratio of all sums and sizes. */
export function dirichletRatioQuantile(parts: readonly RatioPart[], probability: number): number {
  const { ratio, deviation } = momentsOf(parts);
  const least = parts.reduce((lowest, { size, sum }) => Math.min(lowest, sum / size), Infinity);
  let high = ratio;
  let low = ratio;
  // From the middle outwards, since far from it the integral is noise.
  for (let step = Math.max(deviation, TOLERANCE); low > least; step *= 2) {
    low = Math.max(least, ratio - step);
    if (dirichletRatioBelow(parts, low) < probability) break;
    high = low;
  }
  return rootBetween(low, high, (limit) => dirichletRatioBelow(parts, limit) - probability);
}

/** Whether that quantile is above `above`. */
export function isDirichletQuantileAbove(
  parts: readonly RatioPart[],
  above: number,
  probability: number,
): boolean {
  return above < momentsOf(parts).ratio && dirichletRatioBelow(parts, above) < probability;
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

/** Σ a_c s_c / Σ a_c n_c, and about how far such ratios lie from it: √(Σ a_c (s_c − ratio · n_c)²) / Σ a_c n_c. */
function momentsOf(parts: readonly RatioPart[]): { ratio: number; deviation: number } {
  let sums = 0;
  let sizes = 0;
  for (const { size, sum, shape } of parts) {
    sums += shape * sum;
    sizes += shape * size;
  }
  const ratio = sums / sizes;
  let squares = 0;
  for (const { size, sum, shape } of parts) squares += shape * (sum - ratio * size) ** 2;
  return { ratio, deviation: Math.sqrt(squares) / sizes };
}
