import type { Books } from '../domain/books.js';
import { assertBalanced, count } from '../domain/books.js';
import type { ChainFate } from '../domain/manifest.js';
import { ADMITTED_FATES } from '../domain/manifest.js';
import type { Example } from '../domain/record.js';

/** A window's own training rows, as its release holds them. */
export interface HistoryRelease {
  readonly window: string;
  readonly release: string;
  readonly rows: readonly Example[];
}

/**
 * Puts this window's examples together with the rows of earlier releases (`from: base`): of releases that
 * were held or rejected none, and of every id only the row of the window that placed it last, so that a
 * revision replaces its older row and a retraction takes it out.
 *
 * `latestWindow` gives, for each id ever placed, the window that placed it last.
 */
export function assembleRows(
  fresh: readonly Example[],
  history: readonly HistoryRelease[],
  fates: readonly ChainFate[],
  policy: 'all' | 'none' | number,
  latestWindow: ReadonlyMap<string, string>,
): { readonly rows: readonly Example[]; readonly books: Books } {
  const fateOf = new Map(fates.map((fate) => [fate.release, fate.fate]));
  const included = policy === 'all' ? history : policy === 'none' ? [] : history.slice(-policy);
  const rows: Example[] = [];
  const dropped: Record<string, number> = {};
  let read = fresh.length;
  for (const release of history) {
    read += release.rows.length;
    const fate = fateOf.get(release.release) ?? 'untrained';
    for (const row of release.rows) {
      if (!included.includes(release)) count(dropped, 'outside-history');
      else if (!ADMITTED_FATES.includes(fate)) count(dropped, `release-${fate}`);
      else if (latestWindow.get(row.id) !== row.window) count(dropped, 'revised');
      else rows.push(row);
    }
  }
  rows.push(...fresh);
  rows.sort(byWindowTimeId);
  const books = {
    stage: 'assemble',
    read,
    kept: rows.length,
    dropped,
    quarantined: {},
    deferred: 0,
  };
  return { rows, books: assertBalanced(books) };
}

function byWindowTimeId(a: Example, b: Example): number {
  if (a.window !== b.window) return a.window < b.window ? -1 : 1;
  if (a.time !== b.time) return a.time < b.time ? -1 : 1;
  return a.id < b.id ? -1 : a.id > b.id ? 1 : 0;
}
