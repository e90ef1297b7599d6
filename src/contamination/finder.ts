import type { ShinglePolicy } from '../domain/shingle.js';
import { createKernel } from '../text/kernel.js';
import { createPlainSeeker } from '../text/plain-seeker.js';
import type { RowScanner } from '../text/row-scanner.js';
import { PASSED, type RunSeeker, SOUGHT_LENGTHS, type Sought } from '../text/run-seeker.js';
import { passFilter } from '../text/run-table.js';
import { sharedKernel } from '../text/shared-kernel.js';
import { createShingler } from '../text/shingler.js';
import type { Window } from './alignment.js';
import type { HashedText } from './hashed-text.js';
import { createPromptIndex } from './prompt-index.js';
import { type WorthwhileHits, createWorthwhile, mostShared } from './seed-hits.js';
import { seedsOf } from './seeds.js';
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
 * are the texts' words outside templates. What is found is the same whether or not `makeKernel` has a kernel, or room
 * in it for what is sought.
 */
export function createFinder(
  texts: readonly string[],
  tellingCounts: readonly number[],
  shingle: ShinglePolicy,
  makeKernel: typeof createKernel = createKernel,
): Finder {
  const hashed = hashedTexts(texts);
  const seeds = seedsOf(hashed, tellingCounts);
  const whole = createWholeIndex(
    hashed.flatMap((text, sample) => (seeds.required[sample] === 0 ? [{ sample, text }] : [])),
  );
  // What is sought may be too much for its memory: words are read by it all the same.
  const kernel = makeKernel(seeds) ?? makeKernel();
  const shingler = createShingler(kernel);
  const prompts = createPromptIndex(texts, shingle, shingler, kernel);
  const worthwhile = createWorthwhile(seeds);
  let plainSeeker: RunSeeker | null = null;
  let places = new Int32Array(FIRST_CAPACITY);
  /** What was found in the text that candidates were asked for last. */
  let found: Sought | null = null;

  function seek(text: HashedText): Sought {
    const seeker = shingler.keepInKernel() ? kernel?.seeker : null;
    return (seeker ?? (plainSeeker ??= createPlainSeeker(seeds))).seek(text, text.count);
  }

  function wholeCandidates(text: HashedText): readonly Candidate[] {
    const { filter, size } = whole.first;
    const runs = size === 0 ? null : shingler.words(SOUGHT_LENGTHS[0]);
    if (places.length < text.count) places = new Int32Array(text.count * 2);
    const count = runs === null ? 0 : passFilter(filter, runs.lows, runs.count, places);
    return whole.find(text, places, count).map(({ sample, start }): Candidate => ({
      number: sample,
      source: 'whole',
      place: { start },
    }));
  }

  function seedCandidates(hits: WorthwhileHits, wordCount: number): readonly Candidate[] {
    const candidates: Candidate[] = [];
    for (const [number, own] of hits) {
      for (const place of windowsOf(own, hashed[number]?.count ?? 0, wordCount)) {
        candidates.push({ number, source: 'ngram', place });
      }
    }
    return candidates;
  }

  function candidatesIn(wordCount: number): readonly Candidate[] {
    found = null;
    if (wordCount === 0) return NO_CANDIDATES;
    const text = shingler.wordHashes();
    const wholes = wholeCandidates(text);
    found = seek(text);
    const hits = worthwhile(found);
    const near = prompts.near(mostShared(found));
    if (wholes.length + hits.size + near.length === 0) return NO_CANDIDATES;
    const place = { from: 0, to: wordCount };
    return [
      ...wholes,
      ...seedCandidates(hits, wordCount),
      ...near.map((number): Candidate => ({ number, source: 'minhash', place })),
    ];
  }

  return {
    scanner: kernel?.scanner ?? null,
    candidates: (raw) => candidatesIn(shingler.read(raw)),
    candidatesTaken: (length) => candidatesIn(shingler.readTaken(length)),
    words: () => shingler.wordHashes(),
    sharedPlaces: () => (found === null ? NO_PLACES : rowsIn(found)),
    text: () => shingler.text(),
  };
}

const NO_CANDIDATES: readonly Candidate[] = [];
const NO_PLACES: readonly number[] = [];

/** Where three places follow each other: a run of five words begins three of three. */
function rowsIn({ places, totals }: Sought): readonly number[] {
  let rows: number[] | null = null;
  for (let index = 2; index < (totals[PASSED] ?? 0); index += 1) {
    const place = places[index - 2] ?? 0;
    if (places[index] === place + 2) (rows ??= []).push(place);
  }
  return rows ?? NO_PLACES;
}

function hashedTexts(texts: readonly string[]): readonly HashedText[] {
  const shingler = createShingler(sharedKernel());
  return texts.map((raw) => {
    const count = shingler.read(raw);
    const { lows, highs } = shingler.wordHashes();
    return { count, lows: lows.slice(0, count), highs: highs.slice(0, count) };
  });
}
