import { binomialTail } from './binomial.js';
import { shiftedStudentTail, studentQuantile } from './distributions.js';
import { FEW_DIFFERENT } from './margin-bound.js';
import { normalCdf, normalQuantile } from './normal.js';
import type { PowerPlan } from './power-plan.js';
import { leastUnseenLoss } from './unseen-cluster.js';

/**
 * Power of the bound for margins (margin-bound.ts) to show two equal models to be within `margin` of each other, of
 * samples in clusters. Whether fewer than 10 of them differ, so that the unseen one is lost as a whole, is chance.
 * Within 15 points of what simulations have (`npm run bench:gate`).
 */
export function clusterMarginPower(plan: PowerPlan, margin: number): number {
  // All clusters on one side are one of 2^G choices of signs: fewer than log2(1/alpha) never tell anything.
  if (2 ** -plan.clusterCount > plan.alpha) return 0;
  const common = binomialTail(FEW_DIFFERENT, plan.clusterCount, plan.differing);
  return (
    (1 - common) * powerWith(1, plan, margin) + common * powerWith(worstLoss(plan), plan, margin)
  );
}

/** The loss of the worst of G clusters, whose means deviate by SE √G, and at least what an unseen one loses. */
function worstLoss(plan: PowerPlan): number {
  const { count, effectiveClusterCount: effective } = plan;
  const worst = errorOf(plan) * Math.sqrt(effective) * normalQuantile(effective / (effective + 1));
  return Math.min(1, Math.max(leastUnseenLoss(count / effective), worst));
}

/**
 * The unseen cluster moves the bound by its loss over G + 1, and by about as much its weight deviates; no bound is above
 * the one that tells a difference from zero.
 */
function powerWith(loss: number, plan: PowerPlan, margin: number): number {
  const { clusterCount, effectiveClusterCount: effective, alpha } = plan;
  const error = errorOf(plan);
  const moved = loss / (effective + 1) / error;
  const reach = normalQuantile(1 - alpha) * Math.sqrt(1 + moved ** 2);
  const degrees = clusterCount - 1;
  return Math.min(
    normalCdf(margin / error - moved - reach),
    shiftedStudentTail(studentQuantile(1 - alpha, degrees), degrees, margin / error),
  );
}

function errorOf({ discordance, designEffect, count }: PowerPlan): number {
  return Math.sqrt((Math.max(1e-12, discordance) * designEffect) / count);
}
