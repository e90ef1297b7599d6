/** How a signature is cut for the search: `bandCount` bands of `rowCount` slots each. */
export interface Bands {
  readonly bandCount: number;
  readonly rowCount: number;
}

/** Probability with which a pair at the threshold itself has to become a candidate. */
export const TARGET_RECALL = 0.99;
/** Slots that a signature may have at most. */
const SLOT_LIMIT = 160;

/**
 * The bands for a threshold: the most rows (the fewest false candidates) with which a pair at the
 * threshold becomes a candidate with a probability of at least 0.99 in at most 160 slots.
 *
 * `P(candidate) = 1 - (1 - s^r)^b`. At s = 0.7: r = 5 needs b = 26 (0.9916; 25 bands would give 0.98995),
 * r = 6 would need 37 bands, 222 slots. So 130 slots; what is found in excess, exact Jaccard removes.
 */
export function chooseBands(threshold: number): Bands {
  for (let rowCount = SLOT_LIMIT; rowCount > 1; rowCount -= 1) {
    const bandCount = bandsFor(threshold, rowCount);
    if (bandCount * rowCount <= SLOT_LIMIT) return { bandCount, rowCount };
  }
  return { bandCount: Math.min(SLOT_LIMIT, bandsFor(threshold, 1)), rowCount: 1 };
}

function bandsFor(threshold: number, rowCount: number): number {
  const agree = threshold ** rowCount;
  if (agree >= 1) return 1;
  return Math.ceil(Math.log(1 - TARGET_RECALL) / Math.log1p(-agree));
}
