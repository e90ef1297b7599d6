import { highRunAt, lowRunAt } from '../text/runs.js';
import type { HashedText } from './hashed-text.js';
import { NO_RUN, type RunTable, createRunTable } from '../text/run-table.js';

/** A sample that stands whole in a text, from word `start` on. */
export interface WholeHit {
  readonly sample: number;
  readonly start: number;
}

/** Finds samples that stand whole in a text, word by word. */
export interface WholeIndex {
  /** The runs of three words that samples of the index begin with. */
  readonly first: RunTable;
  /** `places` are the first `count` words at which a run of three in `first` may begin. */
  find(text: HashedText, places: Int32Array, count: number): readonly WholeHit[];
}

/** Words by which the table is entered; shorter samples by all they have. */
const ENTRY_WORDS = 3;
/** Places of one text at which the same sample is noted, at most and at least: many samples alike share them. */
const MOST_PLACES = 32;
const LEAST_PLACES = 3;

/** A text that one sample is or several are. */
interface Entry {
  readonly text: HashedText;
  readonly samples: number[];
  /** Places of the current text that are noted. */
  times: number;
}

/** The entries that begin with one run, by the run's number. */
interface Table {
  readonly runs: RunTable;
  readonly entries: Entry[][];
}

/**
 * Indexes the samples with the given numbers: those too short to be found by runs and those whose every
 * run is common. Entered by the first three words, verified word by word.
 */
export function createWholeIndex(
  members: readonly { readonly sample: number; readonly text: HashedText }[],
): WholeIndex {
  const tables = Array.from({ length: ENTRY_WORDS }, (_, index) =>
    tableOf(
      members.filter(({ text }) => Math.min(ENTRY_WORDS, text.count) === index + 1),
      index + 1,
    ),
  );
  const [single, pair, first] = tables;
  const runs = first?.runs ?? createRunTable(0);
  return {
    first: runs,
    find(text, places, count) {
      const hits: WholeHit[] = [];
      const noted: Entry[] = [];
      if (first !== undefined && runs.size > 0) {
        for (let index = 0; index < count; index += 1) {
          noteAt(text, places[index] ?? 0, first, ENTRY_WORDS, hits, noted);
        }
      }
      [single, pair].forEach((table, index) => {
        if (table === undefined || table.runs.size === 0) return;
        for (let start = 0; start + index < text.count; start += 1) {
          noteAt(text, start, table, index + 1, hits, noted);
        }
      });
      for (const entry of noted) entry.times = 0;
      return hits;
    },
  };
}

function tableOf(
  members: readonly { readonly sample: number; readonly text: HashedText }[],
  length: number,
): Table {
  const table: Table = { runs: createRunTable(members.length), entries: [] };
  for (const { sample, text } of members) {
    const [low, high] = [lowRunAt(text.lows, 0, length), highRunAt(text.highs, 0, length)];
    let number = table.runs.get(low, high);
    if (number === NO_RUN) {
      number = table.entries.push([]) - 1;
      table.runs.set(low, high, number);
    }
    const entries = table.entries[number] ?? [];
    const same = entries.find(
      (entry) => entry.text.count === text.count && standsAt(entry.text, text, 0),
    );
    if (same === undefined) entries.push({ text, samples: [sample], times: 0 });
    else same.samples.push(sample);
  }
  return table;
}

function noteAt(
  text: HashedText,
  start: number,
  { runs, entries }: Table,
  length: number,
  hits: WholeHit[],
  noted: Entry[],
): void {
  if (start + length > text.count) return;
  const low = lowRunAt(text.lows, start, length);
  const number = runs.get(low, highRunAt(text.highs, start, length));
  if (number === NO_RUN) return;
  for (const entry of entries[number] ?? []) {
    const mostTimes = Math.max(LEAST_PLACES, MOST_PLACES / entry.samples.length);
    if (entry.times >= mostTimes || !standsAt(entry.text, text, start)) continue;
    entry.times += 1;
    noted.push(entry);
    for (const sample of entry.samples) hits.push({ sample, start });
  }
}

/** Whether all of `needle` stands in `text` from `start` on. */
function standsAt(needle: HashedText, text: HashedText, start: number): boolean {
  if (start + needle.count > text.count) return false;
  for (let index = 0; index < needle.count; index += 1) {
    if (needle.lows[index] !== text.lows[start + index]) return false;
    if (needle.highs[index] !== text.highs[start + index]) return false;
  }
  return true;
}
