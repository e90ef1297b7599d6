import { createHash } from 'node:crypto';
import { canonicalJson } from '../domain/json.js';
import type { Example } from '../domain/record.js';

/** Which rows of history a champion that is trained further is shown again. */
export interface ReplayPolicy {
  /** Share of the release's rows, 0 to below 1. */
  readonly share: number;
  /** Id of the release's own window: each window draws anew. */
  readonly window: string;
}

/**
 * Draws so many rows that they are `share` of all with the `freshCount` new ones beside them, or all there are:
 * `share / (1 - share)` for each new one, e.g. 15 to 85 at 0.15. A row's place in the draw is a hash of window and
 * id, so the same history gives the same rows in whatever order.
 */
export function drawReplay(
  valid: readonly Example[],
  freshCount: number,
  { share, window }: ReplayPolicy,
): ReadonlySet<Example> {
  const wanted = Math.round((freshCount * share) / (1 - share));
  if (wanted >= valid.length) return new Set(valid);
  const drawn = valid.map((row) => ({ row, place: placeOf(row, window) }));
  drawn.sort((a, b) => (a.place < b.place ? -1 : a.place > b.place ? 1 : 0));
  return new Set(drawn.slice(0, wanted).map(({ row }) => row));
}

function placeOf(row: Example, window: string): string {
  return createHash('sha256')
    .update(canonicalJson([window, row.window, row.id]))
    .digest('hex');
}
