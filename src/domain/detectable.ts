import type { DetectableDifference } from './gate.js';
import { collectingText, windowsText } from './pool.js';

/** `frozen:mail can show differences of 6.1 points and margins of 6.2 (600 clean samples)` */
export function describeDetectable(suite: DetectableDifference): string {
  const shown = describeShown(suite);
  if (suite.pool === undefined) return shown;
  const { holdouts, policy, standing } = suite.pool;
  return standing.isEnough
    ? `${shown}, pooled from ${windowsText(holdouts.windows)}: they decide, once`
    : `${shown}; this window can't be decided on them: ${collectingText(holdouts, standing, policy)}`;
}

function describeShown(suite: DetectableDifference): string {
  const { count, clusterCount, difference, margin, unit = 'samples' } = suite;
  if (count === 0) return `${suite.suite} has no clean ${unit.slice(0, -1)} that may decide`;
  const inClusters = clusterCount === count ? '' : ` in ${clusterCount} clusters`;
  const shown = `differences of ${inPoints(difference)} points and margins of ${inPoints(margin)}`;
  return `${suite.suite} can show ${shown} (${count} clean ${unit}${inClusters})`;
}

function inPoints(share: number): string {
  return (share * 100).toFixed(1);
}
