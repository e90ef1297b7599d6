import type { Hash53 } from '../text/hash.js';
import { runHash } from './seeds.js';

/** A sample that stands whole in a text, from word `start` on. */
export interface WholeHit {
  readonly sample: number;
  readonly start: number;
}

/** Finds samples that stand whole in a text, word by word. */
export interface WholeIndex {
  find(ids: Int32Array): readonly WholeHit[];
}

/** Words by which the table is entered; shorter samples by all they have. */
const ENTRY_WORDS = 3;
/** Places of one text at which the same sample is noted. */
const PLACES_PER_SAMPLE = 32;

interface Entry {
  readonly ids: Int32Array;
  readonly samples: number[];
}

/**
 * Indexes the samples with the given numbers: those too short to be found by runs and those whose every
 * run is common. Entered by the first three words, verified word by word.
 */
export function createWholeIndex(
  members: readonly { readonly sample: number; readonly ids: Int32Array }[],
): WholeIndex {
  const tables = new Map<number, Map<Hash53, Entry[]>>();
  for (const { sample, ids } of members) {
    if (ids.length === 0) continue;
    const length = Math.min(ENTRY_WORDS, ids.length);
    const table = tables.get(length) ?? new Map<Hash53, Entry[]>();
    tables.set(length, table);
    const key = runHash(ids, 0, length);
    const entries = table.get(key) ?? [];
    table.set(key, entries);
    const same = entries.find(
      (entry) => equalAt(entry.ids, ids, 0) && entry.ids.length === ids.length,
    );
    if (same === undefined) entries.push({ ids, samples: [sample] });
    else same.samples.push(sample);
  }
  return { find: (ids) => findWhole(ids, tables) };
}

function findWhole(
  ids: Int32Array,
  tables: ReadonlyMap<number, ReadonlyMap<Hash53, readonly Entry[]>>,
): readonly WholeHit[] {
  const hits: WholeHit[] = [];
  const noted = new Map<Entry, number>();
  for (const [length, table] of tables) {
    for (let start = 0; start + length <= ids.length; start += 1) {
      if (ids[start] === 0) continue;
      for (const entry of table.get(runHash(ids, start, length)) ?? []) {
        const times = noted.get(entry) ?? 0;
        if (times >= PLACES_PER_SAMPLE || !equalAt(entry.ids, ids, start)) continue;
        noted.set(entry, times + 1);
        for (const sample of entry.samples) hits.push({ sample, start });
      }
    }
  }
  return hits;
}

/** Whether all of `needle` stands in `ids` from `start` on. */
function equalAt(needle: Int32Array, ids: Int32Array, start: number): boolean {
  if (start + needle.length > ids.length) return false;
  for (let index = 0; index < needle.length; index += 1) {
    if (needle[index] !== ids[start + index]) return false;
  }
  return true;
}
