import type { Kernel } from '../text/kernel.js';
import { createShingler } from '../text/shingler.js';
import { type NearPolicy, promptLanes } from './prompt-lanes.js';
import { createSetComparison } from './shingle-sets.js';

/** How near two texts are, exactly, as every search of this policy measures it: 0 below the threshold. */
export type NearMeasure = (a: string, b: string) => number;

/**
 * Jaccard of the shingles of the lane that the two texts meet in; of texts that are too short for any, equality after
 * normalisation. A text without any characters after normalisation is near to nothing, itself included.
 */
export function createNearMeasure(policy: NearPolicy, kernel: Kernel | null): NearMeasure {
  const lanes = promptLanes(policy);
  const shingler = createShingler(kernel);
  const [left, right] = [createSetComparison(), createSetComparison()];

  function equality(a: string, b: string): number {
    shingler.read(a);
    const text = shingler.normalised();
    shingler.read(b);
    return text !== '' && text === shingler.normalised() ? 1 : 0;
  }

  return (a, b) => {
    const [one, two] = [shingler.read(a), shingler.read(b)];
    const isShortPair = lanes.isShort(one) || lanes.isShort(two);
    if (isShortPair && !(lanes.meetsShort(one) && lanes.meetsShort(two))) return 0;
    const lane = isShortPair ? 'short' : 'main';
    const other = right.copyOf(lanes.shingles(shingler, lane));
    shingler.read(a);
    if (left.load(lanes.shingles(shingler, lane)) === 0 || other.count === 0) return equality(a, b);
    return left.jaccardFrom(other, policy.threshold);
  };
}
