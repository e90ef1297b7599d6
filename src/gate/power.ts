import { POWER } from './compare.js';
import { normalCdf, normalQuantile } from './normal.js';

/** What a paired comparison of 0/1 scores is planned with. */
export interface PowerPlan {
  /** Samples that will be compared. */
  readonly count: number;
  /** Share of samples that only one of the models gets right. */
  readonly discordance: number;
  /** By how much clusters widen the variance: 1 + (mean size − 1) · correlation within clusters; 1 for single samples. */
  readonly designEffect: number;
  /** One-sided error rate. */
  readonly alpha: number;
}

/**
 * The smallest true difference that is told from zero with a power of 0.8 (Connor 1987): with n' = n / design
 * effect and z = z_{1−alpha} + z_{0.8} it solves n' = z² (ψ − δ²) / δ². 100 samples at ψ = 0.1 and alpha = 0.05
 * give 0.0763. At most 1: no difference is larger.
 */
export function detectableDifference({
  count,
  discordance,
  designEffect,
  alpha,
}: PowerPlan): number {
  const z = normalQuantile(1 - alpha) + normalQuantile(POWER);
  return Math.min(1, z * Math.sqrt(discordance / (count / designEffect + z * z)));
}

/**
 * The smallest margin within which two equal models are shown to be with a power of 0.8: z √(ψ / n'). 1,546
 * samples at ψ = 0.1 and alpha = 0.05 give 0.02.
 */
export function detectableMargin({ count, discordance, designEffect, alpha }: PowerPlan): number {
  if (count === 0) return 1;
  const z = normalQuantile(1 - alpha) + normalQuantile(POWER);
  return Math.min(1, z * Math.sqrt((discordance * designEffect) / count));
}

/** The fewest samples that `detectableMargin` allows for a margin; `null` where no number is enough. */
export function samplesForMargin(plan: Omit<PowerPlan, 'count'>, margin: number): number | null {
  if (margin <= 0) return null;
  return Math.ceil((detectableMargin({ ...plan, count: 1e9 }) * Math.sqrt(1e9)) ** 2 / margin ** 2);
}

/** Power to tell a true `difference` from zero: Φ(|δ| √(n' / (ψ − δ²)) − z_{1−alpha}). */
export function powerOf(
  { count, discordance, designEffect, alpha }: PowerPlan,
  difference: number,
): number {
  const variance = Math.max(1e-12, discordance - difference ** 2) * designEffect;
  const reach = Math.abs(difference) * Math.sqrt(count / variance);
  return normalCdf(reach - normalQuantile(1 - alpha));
}

/** 1 + (n_c weighted by size − 1) · correlation; sizes that differ count by Σ n_c² / Σ n_c (Kish 1965). */
export function designEffect(sizes: readonly number[], correlation: number): number {
  let samples = 0;
  let squares = 0;
  for (const size of sizes) {
    samples += size;
    squares += size * size;
  }
  return samples === 0 ? 1 : 1 + (squares / samples - 1) * correlation;
}

/**
 * How many times as many clusters would show, with a power of 0.8, that a difference as far as `distance` from
 * what it is held against is one; from the smallest difference that the present ones could show. `null` where
 * no number would.
 */
export function timesAsMany(detectable: number, distance: number): number | null {
  if (Math.abs(distance) < 1e-6) return null;
  return (detectable / distance) ** 2;
}

/** Clusters alike that rule out a share of `share` otherwise, none of which was seen: ln alpha / ln(1 − share). */
export function clustersThatRuleOut(share: number, alpha: number): number {
  return Math.ceil(Math.log(alpha) / Math.log1p(-share));
}
