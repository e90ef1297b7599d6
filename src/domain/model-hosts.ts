import type { Configuration } from './configuration.js';
import { type TierHost, tierHosts } from './detection.js';

/** The hosts of models that are asked beside champion and candidate: of tiers, and of the judge of answers. */
export function furtherHosts({
  detection,
  judge,
}: Pick<Configuration, 'detection' | 'judge'>): readonly TierHost[] {
  return [...tierHosts(detection), ...(judge === undefined ? [] : [judge])];
}
