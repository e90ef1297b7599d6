import { counted } from './counted.js';
import { formatUsd } from './spend.js';

/** What measuring both models, and whoever is asked beside them, will cost at most: every answer as long as it may be. */
export interface AskingEstimate {
  /** Answers of all models, where any has a price; a champion's that are kept are among them. */
  readonly answers: number;
  /** Replies of the judge, where it has a price. */
  readonly replies: number;
  /** USD, up to whole cents. */
  readonly cost: number;
}

/** `at most 2,400 answers and 480 replies of the judge, 3.10 USD if all are as long as they may be` */
export function describeAsking({ answers, replies, cost }: AskingEstimate): string {
  const parts = [
    ...(answers > 0 ? [counted(answers, 'answer')] : []),
    ...(replies > 0 ? [`${counted(replies, 'reply', 'replies')} of the judge`] : []),
  ];
  return `at most ${parts.join(' and ')}, about ${formatUsd(cost)} if all are as long as they may be`;
}
