import { binomialMass } from './binomial-sums.js';
import { clopperPearson } from './binomial.js';
import { shiftedStudentTail, studentQuantile } from './distributions.js';
import { FEW_DIFFERENT } from './margin-bound.js';
import { normalCdf, normalQuantile } from './normal.js';
import type { PowerPlan } from './power-plan.js';
import { LEAST_UNSEEN_LOSS } from './unseen-cluster.js';

/**
 * Power of the bound for margins (margin-bound.ts) to show two equal models to be within `margin` of each other, of
 * samples in clusters: by how many clusters differ, which is binomial. With fewer than 10 of them it is the chance that
 * the share of losing ones is bounded by less than the margin; else that of the bound with the cluster that was not seen.
 * Within about 10 points of what simulations have (`npm run bench:gate`).
 */
export function clusterMarginPower(plan: PowerPlan, margin: number): number {
  if (2 ** -plan.clusterCount > plan.alpha) return 0;
  let power = 0;
  let rare = 0;
  for (let differing = 0; differing < FEW_DIFFERENT; differing += 1) {
    if (differing > plan.clusterCount) break;
    const weight = binomialMass(differing, plan.clusterCount, plan.differing);
    rare += weight;
    power += weight * rarePower(plan, differing, margin);
  }
  return power + Math.max(0, 1 - rare) * commonPower(plan, margin);
}

/** Where so few clusters differ, half of which lose: the chance of so few losing ones that a loss of `margin` is ruled out. */
function rarePower(plan: PowerPlan, differing: number, margin: number): number {
  const { clusterCount, effectiveClusterCount: effective, alpha } = plan;
  let power = 0;
  for (let losing = 0; losing <= differing; losing += 1) {
    const share = (losing / clusterCount) * effective;
    if (clopperPearson(share, effective, alpha).upper >= margin) break;
    power += binomialMass(losing, differing, 0.5);
  }
  return power;
}

/**
 * The unseen cluster moves the bound by its loss u over G + 1, and about as much is the standard deviation of its weight.
 * Its loss is the worst of G clusters' means, which deviate by SE √G.
 */
function commonPower(plan: PowerPlan, margin: number): number {
  const { count, clusterCount, effectiveClusterCount: effective, alpha } = plan;
  const error = Math.sqrt((plan.discordance * plan.designEffect) / count);
  const worst = error * Math.sqrt(effective) * normalQuantile(effective / (effective + 1));
  const moved = Math.min(1, Math.max(LEAST_UNSEEN_LOSS, worst)) / (effective + 1) / error;
  const reach = normalQuantile(1 - alpha) * Math.sqrt(1 + moved ** 2);
  const degrees = clusterCount - 1;
  return Math.min(
    normalCdf(margin / error - moved - reach),
    shiftedStudentTail(studentQuantile(1 - alpha, degrees), degrees, margin / error),
  );
}
