import type { ShinglePolicy } from '../domain/shingle.js';
import { createKernel } from '../text/kernel.js';
import type { RowScanner } from '../text/row-scanner.js';
import { type Shingles, createShingler } from '../text/shingler.js';
import type { Window } from './alignment.js';
import type { HashedText } from './hashed-text.js';
import { createPromptIndex } from './prompt-index.js';
import { passFilter } from './run-table.js';
import type { SeedHits } from './seed-hits.js';
import { FIRST_LENGTH, createSeedIndex } from './seeds.js';
import { createWholeIndex } from './whole-index.js';
import { windowsOf } from './windows.js';

/** An indexed text to be aligned with a text, and where. */
export interface Candidate {
  /** The indexed text's number. */
  readonly number: number;
  readonly source: 'ngram' | 'minhash' | 'whole';
  /** Where the whole sample stands already, or the window it is to be looked for in. */
  readonly place: { readonly start: number } | Window;
}

/** Finds indexed texts that may stand in a text, without aligning anything. */
export interface Finder {
  /** Candidates by their source; none for nearly every text. */
  candidates(raw: string): readonly Candidate[];
  /** As `candidates`, of the text of `length` bytes that the scanner took. */
  candidatesTaken(length: number): readonly Candidate[];
  /** Puts rows where texts are taken from them; `null` where there is no kernel. */
  readonly scanner: RowScanner | null;
  /** The text that candidates were asked for last. */
  text(): string;
  /** The words of the text that candidates were asked for last; the next call overwrites them. */
  words(): HashedText;
  /** Where that text may have five words in a row that an indexed text of eight words or more has. */
  sharedPlaces(): readonly number[];
}

const FIRST_CAPACITY = 1_024;

/**
 * Indexes texts by rare runs of words, whole where they are short, and by MinHash. A text costs the reading of
 * its words and one look at a bit for each; only what it shares with indexed texts costs more. `tellingCounts`
 * are the texts' words outside templates.
 */
export function createFinder(
  texts: readonly string[],
  tellingCounts: readonly number[],
  shingle: ShinglePolicy,
): Finder {
  const kernel = createKernel();
  const shingler = createShingler(kernel);
  const hashed = texts.map((raw) => {
    shingler.read(raw);
    return copyOf(shingler.wordHashes());
  });
  const seeds = createSeedIndex(hashed, tellingCounts);
  const whole = createWholeIndex(
    hashed.flatMap((text, sample) => (seeds.required[sample] === 0 ? [{ sample, text }] : [])),
  );
  const prompts = createPromptIndex(texts, shingle, shingler, kernel);
  let places = new Int32Array(FIRST_CAPACITY);
  const shared: number[] = [];

  function placesIn(filter: Int32Array, runs: Shingles): number {
    if (places.length < runs.count) places = new Int32Array(runs.count * 2);
    return passFilter(filter, runs.lows, runs.count, places);
  }

  function wholeCandidates(text: HashedText, runs: Shingles): readonly Candidate[] {
    const count = whole.first.size === 0 ? 0 : placesIn(whole.first.filter, runs);
    return whole.find(text, places, count).map(({ sample, start }): Candidate => ({
      number: sample,
      source: 'whole',
      place: { start },
    }));
  }

  function seedCandidates(hits: SeedHits, wordCount: number): readonly Candidate[] {
    const found: Candidate[] = [];
    for (const [number, own] of hits.worthwhile()) {
      for (const place of windowsOf(own, hashed[number]?.count ?? 0, wordCount)) {
        found.push({ number, source: 'ngram', place });
      }
    }
    return found;
  }

  function candidatesIn(wordCount: number): readonly Candidate[] {
    shared.length = 0;
    if (wordCount === 0) return [];
    const text = shingler.wordHashes();
    const runs = shingler.words(FIRST_LENGTH);
    const wholes = wholeCandidates(text, runs);
    const placeCount = placesIn(seeds.first.filter, runs);
    gatherRows(places, placeCount, shared);
    const hits = seeds.find(text, runs, places, placeCount);
    const found = seedCandidates(hits, wordCount);
    const near = prompts.near(hits.mostShared());
    if (near.length === 0) return found.length === 0 ? wholes : [...wholes, ...found];
    const place = { from: 0, to: wordCount };
    return [
      ...wholes,
      ...found,
      ...near.map((number): Candidate => ({ number, source: 'minhash', place })),
    ];
  }

  return {
    scanner: kernel?.scanner ?? null,
    candidates: (raw) => candidatesIn(shingler.read(raw)),
    candidatesTaken: (length) => candidatesIn(shingler.readTaken(length)),
    words: () => shingler.wordHashes(),
    sharedPlaces: () => shared,
    text: () => shingler.text(),
  };
}

/** Where three of the first `count` ascending places follow each other: a run of five begins three of three. */
function gatherRows(places: Int32Array, count: number, into: number[]): void {
  for (let index = 2; index < count; index += 1) {
    const place = places[index - 2] ?? 0;
    if (places[index] === place + 2) into.push(place);
  }
}

function copyOf({ count, lows, highs }: Shingles): HashedText {
  return { count, lows: lows.slice(0, count), highs: highs.slice(0, count) };
}
