import type { Configuration } from './configuration.js';

/** Share of a release's rows that repeat history where a champion is trained further and nothing else is said. */
export const DEFAULT_REPLAY = 0.15;

type Start = Pick<Configuration['train'], 'baseModel' | 'from' | 'replay'>;

/**
 * The model that is trained further, or `null` where candidates are trained from the base model; a champion that is
 * the base model itself is nothing but that.
 */
export function continuedModel({ baseModel, from }: Start, championId: string): string | null {
  return from === 'champion' && championId !== baseModel ? championId : null;
}

/** The share of a release's rows that repeat history, 0 to below 1; `null` where all of history is trained on. */
export function replayShare({ from, replay = DEFAULT_REPLAY }: Start): number | null {
  return from === 'champion' ? replay : null;
}
