import type { SourceObject } from '../domain/manifest.js';

const DAY_MS = 86_400_000;
const DATE = /(\d{4})-?(\d{2})-?(\d{2})(?!\d)/g;

/**
 * What has to be read for the feedback in `fresh` objects: they themselves, and all that are not older than
 * `days` before the oldest of them, by the dates in their names. An object without a date may be of any age,
 * and is read.
 */
export function withinLookback(
  listed: readonly SourceObject[],
  fresh: readonly SourceObject[],
  days: number,
): readonly SourceObject[] {
  if (fresh.length === 0) return [];
  const dates = fresh.flatMap(({ uri }) => dayOf(uri) ?? []);
  const floor = Math.min(...dates) - days;
  const isFresh = new Set(fresh.map(({ uri }) => uri));
  return listed.filter(({ uri }) => isFresh.has(uri) || (dayOf(uri) ?? floor) >= floor);
}

/** The last date in a name, in days since 1970, or `null`. */
function dayOf(uri: string): number | null {
  const days = [...uri.matchAll(DATE)].flatMap(([, year, month, day]) => {
    const time = Date.parse(`${year}-${month}-${day}T00:00:00Z`);
    return Number.isNaN(time) ? [] : [time / DAY_MS];
  });
  return days.at(-1) ?? null;
}
