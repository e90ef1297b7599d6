import type { ShinglePolicy } from '../domain/shingle.js';
import { createKernel } from '../text/kernel.js';
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
  /** Runs of `size` words of the text that candidates were asked for last; the next call overwrites them. */
  runs(size: number): Shingles;
}

const FIRST_CAPACITY = 1_024;

/**
 * Indexes texts by rare runs of words, whole where they are short, and by MinHash. A text costs the reading of
 * its words and one look at a bit for each; only what it shares with indexed texts costs more.
 */
export function createFinder(texts: readonly string[], shingle: ShinglePolicy): Finder {
  const kernel = createKernel();
  const shingler = createShingler(kernel);
  const hashed = texts.map((raw) => {
    shingler.read(raw);
    return copyOf(shingler.wordHashes());
  });
  const seeds = createSeedIndex(hashed);
  const whole = createWholeIndex(
    hashed.flatMap((text, sample) => (seeds.required[sample] === 0 ? [{ sample, text }] : [])),
  );
  const prompts = createPromptIndex(texts, shingle, shingler, kernel);
  let places = new Int32Array(FIRST_CAPACITY);

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
    for (const [number, own] of hits.worthwhile(seeds.required)) {
      for (const place of windowsOf(own, hashed[number]?.count ?? 0, wordCount)) {
        found.push({ number, source: 'ngram', place });
      }
    }
    return found;
  }

  return {
    runs: (size) => shingler.words(size),
    candidates(raw) {
      const wordCount = shingler.read(raw);
      if (wordCount === 0) return [];
      const text = shingler.wordHashes();
      const runs = shingler.words(FIRST_LENGTH);
      const wholes = wholeCandidates(text, runs);
      const placeCount = placesIn(seeds.first.filter, runs);
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
    },
  };
}

function copyOf({ count, lows, highs }: Shingles): HashedText {
  return { count, lows: lows.slice(0, count), highs: highs.slice(0, count) };
}
