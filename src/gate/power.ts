import { clusterDetectableMargin, clusterMarginPower, clusterPower } from './cluster-power.js';
import { POWER } from './compare.js';
import { shiftedStudentTail, studentQuantile } from './distributions.js';
import { exactPower } from './exact-power.js';
import { normalQuantile } from './normal.js';
import { type PowerPlan, timesTheSizes } from './power-plan.js';

/** Up to so many discordant pairs power is computed exactly; beyond, the approximation is off by less than a point. */
const EXACT_DISCORDANT = 200;

/** Differences and margins are found to within this much. */
const TOLERANCE = 1e-4;

/**
 * Power of the test that `compare` makes, to tell a true `difference` from zero: exact where samples are clusters
 * of their own (exact-power.ts), else of Student's t with G − 1 degrees of freedom, shifted by δ/SE, where
 * SE² = (ψ − δ²) · design effect / n; where a lost cluster is counted, by drawn evaluations (cluster-power.ts).
 */
export function powerOf(plan: PowerPlan, difference: number): number {
  const discordance = Math.max(plan.discordance, Math.abs(difference));
  const planned = { ...plan, discordance };
  return isDrawn(plan) ? clusterPower(planned, difference) : powerAbove(planned, difference, 0);
}

/** Power to show two equal models to be within `margin` of each other, by the bound that is made for margins. */
export function marginPower(plan: PowerPlan, margin: number): number {
  return isClustered(plan) ? clusterMarginPower(plan, margin) : powerAbove(plan, 0, -margin);
}

/** The probability of a lower bound above `above` where the true difference is `difference`. */
function powerAbove(plan: PowerPlan, difference: number, above: number): number {
  const { count, clusterCount, discordance, designEffect: effect, alpha } = plan;
  if (clusterCount < 2) return 0;
  if (clusterCount === count && count * discordance <= EXACT_DISCORDANT) {
    return exactPower({ count, discordance, difference, alpha }, above);
  }
  // All clusters on one side are one of 2^G choices of signs: fewer than log2(1/alpha) never tell anything.
  if (2 ** -clusterCount > alpha) return 0;
  const variance = Math.max(1e-12, discordance - difference ** 2) * effect;
  const shift = (difference - above) * Math.sqrt(count / variance);
  const degrees = clusterCount - 1;
  return shiftedStudentTail(studentQuantile(1 - alpha, degrees), degrees, shift);
}

/**
 * The smallest true difference that is told from zero with a power of 0.8. 100 samples of their own at ψ = 0.1 and
 * alpha = 0.05 give 0.082 (the approximation by Connor 1987 0.076). 1 where no difference is.
 */
export function detectableDifference(plan: PowerPlan): number {
  const z = zOf(plan.alpha);
  const { count, discordance, designEffect: effect } = plan;
  const guess = z * Math.sqrt(discordance / (count / effect + z * z));
  return smallest((difference) => powerOf(plan, difference), guess);
}

/**
 * The smallest margin within which two equal models are shown to be with a power of 0.8. 1,546 samples at ψ = 0.1
 * and alpha = 0.05 give 0.0202. 1 where none is.
 */
export function detectableMargin(plan: PowerPlan): number {
  const { count, discordance, designEffect: effect, alpha } = plan;
  const guess = zOf(alpha) * Math.sqrt((discordance * effect) / Math.max(1, count));
  return isClustered(plan)
    ? clusterDetectableMargin(plan, POWER, guess, TOLERANCE)
    : smallest((margin) => marginPower(plan, margin), guess);
}

/**
 * The smallest value up to 1 with a power of 0.8; looked for about `guess`, since exact powers take their time. Powers
 * of exact tests grow but for small steps back.
 */
function smallest(power: (value: number) => number, guess: number): number {
  let low = 0;
  let high = Math.min(1, Math.max(guess, TOLERANCE));
  while (power(high) < POWER) {
    if (high === 1) return 1;
    low = high;
    high = Math.min(1, high * 1.1);
  }
  if (low === 0) low = power(high * 0.9) < POWER ? high * 0.9 : 0;
  while (high - low > TOLERANCE) {
    const middle = (low + high) / 2;
    if (power(middle) < POWER) low = middle;
    else high = middle;
  }
  return high;
}

/**
 * About how many samples it takes for a margin, by the normal approximation z² ψ · design effect / margin²; `null`
 * where no number is enough. Stored decisions say this number: it never changes.
 */
export function roughSamplesForMargin(
  {
    discordance,
    designEffect: effect,
    alpha,
  }: Pick<PowerPlan, 'discordance' | 'designEffect' | 'alpha'>,
  margin: number,
): number | null {
  return margin <= 0 ? null : Math.ceil((zOf(alpha) ** 2 * discordance * effect) / margin ** 2);
}

/**
 * The same by the power that so many samples, in clusters of the same sizes, really have. `finest` is what the present ones
 * can show, where that is known.
 */
export function samplesForMargin(plan: PowerPlan, margin: number, finest?: number): number | null {
  const rough = roughSamplesForMargin(plan, margin);
  if (rough === null) return null;
  if (isClustered(plan)) {
    const powerOfPlan = (each: PowerPlan): number => marginPower(each, margin);
    return clusteredSamples(plan, powerOfPlan, margin, finest ?? detectableMargin(plan));
  }
  // Exact powers take their time: one of them corrects the approximation.
  const samples = Math.max(2, rough);
  const power = Math.min(POWER, marginPower(scaled(plan, samples), margin));
  return Math.ceil(samples * timesForPower(power, plan.alpha));
}

/**
 * The fewest samples, about, in clusters of the same sizes, that tell a true `difference` from zero with a power of 0.8;
 * `null` where no number within reach does. Singles at ψ = 0.1 and alpha = 0.05 take 268 for 0.05.
 */
export function samplesForDifference(plan: PowerPlan, difference: number): number | null {
  if (difference <= 0) return null;
  if (isDrawn(plan)) {
    const powerOfPlan = (each: PowerPlan): number => powerOf(each, difference);
    return clusteredSamples(plan, powerOfPlan, difference, detectableDifference(plan));
  }
  return fewest((samples) => powerOf(scaled(plan, samples), difference), 0);
}

/** Powers of drawn evaluations are no more exact than this, and numbers of samples no more than that share of them. */
const ABOUT_POWER = 0.0125;
const ABOUT = 0.02;

/**
 * About the fewest samples in clusters of the same sizes that show a difference or margin of `wanted`, where the present
 * ones show one of `finest`. Of each number that is tried the power says how much more or less it should be, by the normal
 * approximation, within the largest that was too small and the smallest that was enough.
 */
function clusteredSamples(
  plan: PowerPlan,
  powerOfPlan: (plan: PowerPlan) => number,
  wanted: number,
  finest: number,
): number | null {
  let [low, high] = finest > wanted ? [plan.count, Infinity] : [1, Infinity];
  let samples = plan.count * (finest / wanted) ** 2;
  while (high - low > Math.max(1, ABOUT * low)) {
    if (low > OUT_OF_REACH) return null;
    const isWithin = samples > low && samples < high;
    const tried = Math.round(isWithin ? samples : Math.sqrt(low * Math.min(high, 4 * low)));
    const power = powerOfPlan(scaled(plan, tried));
    if (Math.abs(power - POWER) <= ABOUT_POWER) return tried;
    if (power < POWER) low = Math.max(tried, low + 1);
    else high = Math.min(tried, high - 1);
    samples = tried * timesForPower(power, plan.alpha);
  }
  return high;
}

/** How many times as many samples have a power of 0.8 where this is the power of those that there are. */
function timesForPower(power: number, alpha: number): number {
  const reached = normalQuantile(1 - alpha) + normalQuantile(Math.min(0.99, Math.max(0.1, power)));
  return (zOf(alpha) / reached) ** 2;
}

/** Beyond so many samples none are asked for. */
const OUT_OF_REACH = 10_000_000;

/**
 * The fewest samples above `least` with a power of 0.8, `null` where none within reach have it. Power may fall a little
 * on its way up, where it is by chance whether enough clusters differ.
 */
function fewest(power: (samples: number) => number, least: number): number | null {
  let low = least;
  let high = Math.max(16, 2 * least);
  while (power(high) < POWER) {
    if (high > OUT_OF_REACH) return null;
    [low, high] = [high, high * 2];
  }
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (power(middle) >= POWER) high = middle;
    else low = middle;
  }
  return high;
}

/** The plan of so many samples, in clusters of the same sizes; without samples to go by, each is one of its own. */
function scaled(plan: PowerPlan, samples: number): PowerPlan {
  if (!isClustered(plan)) return { ...plan, count: samples, clusterCount: samples };
  const sizes = timesTheSizes(plan.sizes, samples / plan.count);
  const clusterCount = sizes.reduce((sum, { clusters }) => sum + clusters, 0);
  return {
    ...plan,
    count: samples,
    clusterCount: Math.max(1, Math.min(samples - 1, clusterCount)),
    sizes,
  };
}

/** Whether the power to tell a difference from zero is drawn: where a lost cluster is counted. */
function isDrawn(plan: PowerPlan): boolean {
  return isClustered(plan) && plan.unseen === 'lost';
}

/** Whether samples stand together at all, so that the bounds are not those of single ones. */
function isClustered({ count, clusterCount }: PowerPlan): boolean {
  return clusterCount < count;
}

/** z_{1−alpha} + z_{0.8}: how many standard errors a difference has to be away to be told with a power of 0.8. */
function zOf(alpha: number): number {
  return normalQuantile(1 - alpha) + normalQuantile(POWER);
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
