import { isDecidingBoundAbove } from './cluster-bound.js';
import type { ClusterSum } from './clusters.js';
import { type PowerPlan, thinnedPlan } from './power-plan.js';
import { seededBits } from './seeded-bits.js';

/**
 * Evaluations that are drawn of a plan: the error of a power of 0.8 is at most √(0.8 · 0.2 / 1000) = 1.3 points, and less
 * since every second one is another with the models exchanged.
 */
const ROUNDS = 1000;

/** Of a plan of more clusters than `MANY_CLUSTERS` that can't be thinned: at most 2.5 points. */
const FEWER_ROUNDS = 250;
const MANY_CLUSTERS = 2000;

/** One seed for ever: the same plan has the same power. */
const SEED = 20_261_126;

/** Apart from each other by this much the seeds of rounds give sequences that have nothing to do with each other. */
const BETWEEN_SEEDS = 0x9e3779b9;

/**
 * Power of the bound for margins (margin-bound.ts) to show two equal models to be within `margin` of each other, of
 * samples in clusters: the share of drawn evaluations that pass it by that very bound.
 */
export function clusterMarginPower(plan: PowerPlan, margin: number): number {
  if (tellsNothing(plan)) return 0;
  const { thinned, wider } = thinnedPlan(plan);
  const rounds = roundsOf(thinned);
  return passing(thinned, rounds, margin * wider).length / rounds.length;
}

/**
 * Power of the bound that counts a lost cluster to tell a true `difference` from zero: the share of drawn evaluations of
 * that difference that it does so in.
 */
export function clusterPower(plan: PowerPlan, difference: number): number {
  if (tellsNothing(plan)) return 0;
  const { thinned, wider } = thinnedPlan(plan);
  const rounds = roundsOf(thinned);
  const drawn = Math.min(plan.discordance, difference * wider);
  return passing(thinned, rounds, 0, drawn).length / rounds.length;
}

/** The smallest margin that a share of `power` of them passes, to within `tolerance` above it; 1 where none is. */
export function clusterDetectableMargin(
  plan: PowerPlan,
  power: number,
  guess: number,
  tolerance: number,
): number {
  if (tellsNothing(plan)) return 1;
  const { thinned, wider } = thinnedPlan(plan);
  // Those whose bound is between both ends: the others pass at both, or at neither.
  let open = roundsOf(thinned);
  const wanted = Math.ceil(power * open.length);
  let passed = 0;
  let [low, high] = [0, 1];
  let margin = Math.min(1, guess);
  while (high - low > tolerance) {
    const passes = passing(thinned, open, margin * wider);
    if (passed + passes.length >= wanted) {
      [high, open] = [margin, passes];
    } else if (margin === 1) {
      return 1;
    } else {
      const found = new Set(passes);
      passed += passes.length;
      [low, open] = [margin, open.filter((round) => !found.has(round))];
    }
    margin = next(low, high);
  }
  return high;
}

/** Outwards from the guess by a tenth while one end is not known, and then the middle. */
function next(low: number, high: number): number {
  if (high === 1 && low > 0) return Math.min(1, low * 1.1);
  return low === 0 ? high * 0.9 : (low + high) / 2;
}

/** All clusters on one side are one of 2^G choices of signs: fewer than log2(1/alpha) never tell anything. */
function tellsNothing({ clusterCount, alpha }: PowerPlan): boolean {
  return 2 ** -clusterCount > alpha;
}

function roundsOf({ clusterCount }: PowerPlan): readonly number[] {
  const rounds = clusterCount > MANY_CLUSTERS ? FEWER_ROUNDS : ROUNDS;
  return Array.from({ length: rounds }, (_, round) => round);
}

/** The rounds whose evaluation, of models of a true difference, passes the margin. */
function passing(
  plan: PowerPlan,
  rounds: readonly number[],
  margin: number,
  trueDifference = 0,
): readonly number[] {
  const { alpha, unseen } = plan;
  return rounds.filter((round) =>
    isDecidingBoundAbove(evaluationOf(plan, round, trueDifference), -margin, alpha, unseen),
  );
}

/**
 * One evaluation of two models of a true difference: what clusters of the planned sizes come to where a share of
 * √correlation of the samples answers as its cluster does, so that two samples of it are alike by the correlation, and the
 * others each by itself. Every odd round has the numbers of the one before and takes losses where that took wins first.
 */
function evaluationOf(
  { sizes, discordance, correlation }: PowerPlan,
  round: number,
  trueDifference: number,
): readonly ClusterSum[] {
  const nextBits = seededBits(SEED + (round >>> 1) * BETWEEN_SEEDS);
  const first = round % 2 === 0 ? 1 : -1;
  const firstShare = (discordance + first * trueDifference) / 2;
  // In units of 2^-32: one number decides whether a sample answers as its cluster, and if not, how.
  const shared = Math.sqrt(correlation) * 2 ** 32;
  const ownFirst = shared + (2 ** 32 - shared) * firstShare;
  const ownSecond = ownFirst + (2 ** 32 - shared) * (discordance - firstShare);
  return sizes.flatMap(({ size, clusters }) =>
    Array.from({ length: clusters }, (): ClusterSum => {
      const place = nextBits() / 2 ** 32;
      const common = place < firstShare ? first : place < discordance ? -first : 0;
      let [sum, squares] = [0, 0];
      for (let sample = 0; sample < size; sample += 1) {
        const bits = nextBits();
        const own = bits < ownFirst ? first : bits < ownSecond ? -first : 0;
        const difference = bits < shared ? common : own;
        sum += difference;
        squares += difference * difference;
      }
      return { size, sum, squares };
    }),
  );
}
