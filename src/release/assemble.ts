import type { Fold } from '../dedup/dedupe-examples.js';
import type { Books } from '../domain/books.js';
import { assertBalanced, count } from '../domain/books.js';
import { exampleContent } from '../domain/example-content.js';
import { canonicalJson } from '../domain/json.js';
import type { ChainFate, Fate } from '../domain/manifest.js';
import { ADMITTED_FATES } from '../domain/manifest.js';
import type { IsOptedOut } from '../domain/opt-out.js';
import type { Example } from '../domain/record.js';
import type { Placement } from '../split/place.js';
import { sha256Hex } from '../storage/objects.js';
import { drawReplay, type ReplayPolicy } from './replay.js';

/** A window's own training rows, as its release holds them, and which rows were folded in it. */
export interface HistoryRelease {
  readonly window: string;
  readonly release: string;
  readonly rows: readonly Example[];
  readonly folds: readonly Pick<Fold, 'id' | 'keptId'>[];
}

/** How the rows are to be trained on. */
export interface AssembleOptions {
  /** Which of history is repeated to a champion that is trained further; `null`: all is trained on. */
  readonly replay?: ReplayPolicy | null;
  /** Whether the champion was trained on a row of history, where it is trained further; all where absent. */
  readonly isLearnt?: (row: Example) => boolean;
  /** Whether rows are pairs. */
  readonly pairs?: boolean;
}

/** The last placement of each id ever placed. */
export type LatestPlacements = ReadonlyMap<
  string,
  Pick<Placement, 'window' | 'by' | 'user' | 'calls'>
>;

/**
 * Puts this window's examples together with the rows of earlier releases: of releases that
 * were held or rejected none, of every id only the row of the window that placed it last, so that a
 * revision replaces its older row and a retraction takes it out, none that a later release folded away, and none of
 * whoever opted out since. Where pairs are asked for none that is no pair, and elsewhere pairs are rows like any
 * other. Of what is left all are taken (`from: base`), or all that the champion never learnt and a draw of the others
 * (`from: champion`, by `replay`).
 */
export function assembleRows(
  fresh: readonly Example[],
  history: readonly HistoryRelease[],
  fates: readonly ChainFate[],
  policy: 'all' | 'none' | number,
  latest: LatestPlacements,
  isOptedOut: IsOptedOut = () => false,
  { replay = null, isLearnt = () => true, pairs = false }: AssembleOptions = {},
): { readonly rows: readonly Example[]; readonly books: Books } {
  const fateOf = new Map(fates.map((fate) => [fate.release, fate.fate]));
  const included = policy === 'all' ? history : policy === 'none' ? [] : history.slice(-policy);
  const recordIdOf = recordIds(history);
  const isOut = (id: string): boolean => {
    const { user = null, calls = [] } = latest.get(id) ?? {};
    return [id, ...calls].some((each) => isOptedOut({ id: each, user }));
  };
  const lost = losers(history, fateOf, latest, { recordIdOf, isOut });
  const valid: Example[] = [];
  const trainable = pairs ? pairOrNone : withoutPair;
  const dropped: Record<string, number> = {};
  let read = fresh.length;
  for (const [index, release] of history.entries()) {
    read += release.rows.length;
    const fate = fateOf.get(release.release) ?? 'untrained';
    for (const row of release.rows) {
      const recordId = recordIdOf(row.id);
      if (isOut(recordId)) count(dropped, 'opted-out');
      else if (!included.includes(release)) count(dropped, 'outside-history');
      else if (!ADMITTED_FATES.includes(fate)) count(dropped, `release-${fate}`);
      else if (latest.get(recordId)?.by === 'retraction') count(dropped, 'retracted');
      else if (latest.get(recordId)?.window !== row.window) count(dropped, 'revised');
      else if ((lost.get(row.id) ?? -1) >= index) count(dropped, 'folded');
      else {
        const ready = trainable(row);
        if (ready === null) count(dropped, 'no-preference-pair');
        else valid.push(ready);
      }
    }
  }
  const { rows, notes } = taken(valid, fresh.length, replay, isLearnt);
  if (rows.length < valid.length) count(dropped, 'not-replayed', valid.length - rows.length);
  rows.push(...fresh);
  rows.sort(byWindowTimeId);
  const books = {
    stage: 'assemble',
    read,
    kept: rows.length,
    dropped,
    quarantined: {},
    deferred: 0,
    ...(notes !== null && { notes }),
  };
  return { rows, books: assertBalanced(books) };
}

/**
 * What of history is trained on. To a champion that is trained further, rows that it never learnt are as new as the
 * window's own, and the draw is of so many others that the share is one of all.
 */
function taken(
  valid: readonly Example[],
  freshCount: number,
  replay: ReplayPolicy | null,
  isLearnt: (row: Example) => boolean,
): { readonly rows: Example[]; readonly notes: Readonly<Record<string, number>> | null } {
  if (replay === null) return { rows: [...valid], notes: null };
  const learnt = valid.filter((row) => isLearnt(row));
  const others = new Set(valid);
  for (const row of learnt) others.delete(row);
  const drawn = drawReplay(learnt, freshCount + others.size, replay);
  const notes = { replayed: drawn.size, ...(others.size > 0 && { 'not-learnt-yet': others.size }) };
  return { rows: valid.filter((row) => drawn.has(row) || others.has(row)), notes };
}

function pairOrNone(row: Example): Example | null {
  return row.rejected === undefined ? null : row;
}

/** A row of a release of pairs as a supervised one. */
function withoutPair(row: Example): Example {
  const { rejected, ...rest } = row;
  if (rejected === undefined) return row;
  return { ...rest, contentDigest: sha256Hex(canonicalJson(exampleContent(rest))) };
}

/** Tells the record that a row of history was made of, by the row's id. */
function recordIds(history: readonly HistoryRelease[]): (id: string) => string {
  const others = new Map<string, string>();
  for (const { rows } of history) {
    for (const { id, recordId } of rows) if (recordId !== undefined) others.set(id, recordId);
  }
  return (id) => others.get(id) ?? id;
}

/**
 * The last release, by its place in history, in which an id lost against a better copy. What a release lost
 * that history doesn't take counts for nothing, or its content would be gone with it; unless the better
 * copy itself was placed again since, and so found wanting, or replaced, or opted out.
 */
function losers(
  history: readonly HistoryRelease[],
  fateOf: ReadonlyMap<string, Fate>,
  latest: LatestPlacements,
  {
    recordIdOf,
    isOut,
  }: { readonly recordIdOf: (id: string) => string; readonly isOut: (id: string) => boolean },
): ReadonlyMap<string, number> {
  const places = new Map(history.map(({ window }, index) => [window, index]));
  const placeOf = (id: string): number =>
    places.get(latest.get(id)?.window ?? '') ?? history.length;
  const lost = new Map<string, number>();
  for (const [index, { release, folds }] of history.entries()) {
    const isAdmitted = ADMITTED_FATES.includes(fateOf.get(release) ?? 'untrained');
    for (const { id, keptId } of folds) {
      const keptRecord = recordIdOf(keptId);
      if (isOut(keptRecord)) continue;
      if (isAdmitted || placeOf(keptRecord) > index) lost.set(id, index);
    }
  }
  return lost;
}

function byWindowTimeId(a: Example, b: Example): number {
  if (a.window !== b.window) return a.window < b.window ? -1 : 1;
  if (a.time !== b.time) return a.time < b.time ? -1 : 1;
  return a.id < b.id ? -1 : a.id > b.id ? 1 : 0;
}
