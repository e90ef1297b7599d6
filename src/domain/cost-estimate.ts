import type { AskingEstimate } from './asking.js';
import type { DetectableDifference } from './detectable.js';

export interface CostEstimate {
  readonly tokens: number;
  /** USD. */
  readonly cost: number;
  readonly maximumCost: number;
  /** What measuring will cost at most; left out where no price is configured, and where there is nothing new. */
  readonly asking?: AskingEstimate;
  /** What the gate will be able to see; left out where there is nothing new to train on. */
  readonly detectable?: readonly DetectableDifference[];
}
