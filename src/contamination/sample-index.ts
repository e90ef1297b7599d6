import { type ShingleIndex, createShingleIndex } from '../dedup/shingle-index.js';
import type { Match } from '../domain/finding.js';
import type { ContaminationPolicy } from '../domain/shingle.js';
import type { ShingleSet } from '../text/shingles.js';
import { wordsOf } from '../text/words.js';
import { align } from './align.js';
import type { Alignment, Window } from './alignment.js';
import {
  type ContaminationSample,
  type IndexedSample,
  type Vocabulary,
  indexSamples,
  partShingles,
} from './indexed-sample.js';
import { type ExampleFacts, type ExamplePart, judge } from './judge.js';
import { CANDIDATE_THRESHOLD, SHORT_SAMPLE_WORDS } from './policy.js';
import { type SeedHits, type SeedIndex, createSeedIndex } from './seeds.js';
import { type WholeHit, type WholeIndex, createWholeIndex } from './whole-index.js';
import { type Hit, windowsOf } from './windows.js';

/** An example as it is scanned. No alignment goes from one part into another. */
export interface ScannedExample {
  readonly id: string;
  /** Raw texts: the prompt, other turns, the answer. Spans count in the parts joined by line feeds. */
  readonly parts: readonly string[];
  /** The options the example offers, where its source has them apart. */
  readonly options?: readonly string[];
  /** The expected answer, where it is known; it is one of the parts as well. */
  readonly answer?: string | null;
}

/** A sample that an example matches, by its number in the index. */
export interface SampleMatch {
  readonly sample: number;
  readonly match: Match;
}

/** Samples that examples are scanned for. */
export interface SampleIndex {
  readonly samples: readonly IndexedSample[];
  /** The best match for each sample that the example matches at any level, by the samples' numbers. */
  scan(example: ScannedExample): readonly SampleMatch[];
}

/** Decides which pairs MinHash looks at, never what they are. */
const SEED = 1;
/** Leaks before kin: a record that holds both the sample and its twin holds the sample. */
const ORDER: readonly Match['level'][] = ['verbatim', 'dirty', 'partial', 'kin', 'suspect'];

/**
 * Indexes samples once, to scan any number of examples. Candidates come from rare runs of words, from whole
 * short samples and from MinHash; each is aligned word by word, and only the alignment decides.
 */
export function createSampleIndex(
  samples: readonly ContaminationSample[],
  policy: ContaminationPolicy,
): SampleIndex {
  const { indexed, vocabulary } = indexSamples(samples, policy);
  const finder = createFinder(indexed);
  return {
    samples: indexed,
    scan(example) {
      const best = new Map<number, Match>();
      const facts = { options: example.options, answer: example.answer };
      for (const part of partsOf(example, vocabulary, policy)) {
        for (const candidate of finder.candidates(part)) {
          const match = matchOf(indexed, part, facts, candidate, policy);
          if (match === null) continue;
          const known = best.get(candidate.sample);
          if (known === undefined || isBetter(match, known)) best.set(candidate.sample, match);
        }
      }
      return [...best]
        .map(([sample, match]) => ({ sample, match }))
        .sort((a, b) => a.sample - b.sample);
    },
  };
}

function* partsOf(
  example: ScannedExample,
  vocabulary: Vocabulary,
  policy: ContaminationPolicy,
): Generator<ExamplePart, void, undefined> {
  let offset = 0;
  for (const raw of example.parts) {
    const words = wordsOf(raw);
    let shingles: ShingleSet | null = null;
    yield {
      raw,
      words,
      ids: vocabulary.idsOf(words),
      offset,
      shingles: () => (shingles ??= partShingles(raw, words, policy)),
    };
    offset += raw.length + 1;
  }
}

/** A sample to be aligned with a part, and where. */
interface Candidate {
  readonly sample: number;
  readonly source: 'ngram' | 'minhash' | 'whole';
  /** Where the whole sample stands already, or the window it is to be looked for in. */
  readonly place: { readonly start: number } | Window;
}

function matchOf(
  indexed: readonly IndexedSample[],
  part: ExamplePart,
  facts: ExampleFacts,
  { sample, source, place }: Candidate,
  policy: ContaminationPolicy,
): Match | null {
  const own = indexed[sample];
  if (own === undefined) return null;
  const alignment = 'start' in place ? wholeAt(own, place.start) : align(own.ids, part.ids, place);
  return alignment === null ? null : judge(own, part, facts, alignment, policy, source);
}

function wholeAt({ words }: IndexedSample, start: number): Alignment {
  const pairs = Array.from({ length: words.count }, (_, word) => ({
    sample: word,
    text: start + word,
  }));
  return { pairs, longestRun: words.count };
}

function isBetter(a: Match, b: Match): boolean {
  const order = ORDER.indexOf(a.level) - ORDER.indexOf(b.level);
  if (order !== 0) return order < 0;
  if (a.coverage !== b.coverage) return a.coverage > b.coverage;
  return a.longestRun > b.longestRun;
}

interface Finder {
  candidates(part: ExamplePart): Generator<Candidate, void, undefined>;
}

function createFinder(indexed: readonly IndexedSample[]): Finder {
  const seeds = createSeedIndex(indexed);
  const whole = createWholeIndex(
    indexed.flatMap(({ ids }, sample) => (seeds.required[sample] === 0 ? [{ sample, ids }] : [])),
  );
  const prompts = createPromptIndex(indexed);
  return {
    *candidates(part) {
      yield* wholeCandidates(whole, part);
      yield* seedCandidates(seeds, indexed, part);
      yield* prompts.candidates(part);
    },
  };
}

function* wholeCandidates(
  whole: WholeIndex,
  part: ExamplePart,
): Generator<Candidate, void, undefined> {
  for (const { sample, start } of whole.find(part.ids) satisfies readonly WholeHit[]) {
    yield { sample, source: 'whole', place: { start } };
  }
}

function* seedCandidates(
  seeds: SeedIndex,
  indexed: readonly IndexedSample[],
  part: ExamplePart,
): Generator<Candidate, void, undefined> {
  const hits = seeds.find(part.ids);
  const counts = new Map<number, number>();
  for (const sample of hits.samples) counts.set(sample, (counts.get(sample) ?? 0) + 1);
  const worth = new Map<number, Hit[]>();
  for (const [sample, count] of counts) {
    if (count >= (seeds.required[sample] ?? 0)) worth.set(sample, []);
  }
  if (worth.size === 0) return;
  collectHits(hits, worth);
  for (const [sample, own] of worth) {
    const length = indexed[sample]?.ids.length ?? 0;
    for (const place of windowsOf(own, length, part.ids.length)) {
      yield { sample, source: 'ngram', place };
    }
  }
}

function collectHits(hits: SeedHits, into: ReadonlyMap<number, Hit[]>): void {
  for (let index = 0; index < hits.count; index += 1) {
    into
      .get(hits.samples[index] ?? -1)
      ?.push({ place: hits.places[index] ?? 0, text: hits.texts[index] ?? 0 });
  }
}

/** Finds samples whose whole prompt is near to a whole part. */
function createPromptIndex(indexed: readonly IndexedSample[]): Finder {
  const index: ShingleIndex = createShingleIndex(CANDIDATE_THRESHOLD, SEED);
  const numbers: number[] = [];
  let smallest = Infinity;
  let largest = 0;
  indexed.forEach(({ words, shingles }, sample) => {
    if (words.count < SHORT_SAMPLE_WORDS || shingles.length === 0) return;
    index.add(shingles);
    numbers.push(sample);
    smallest = Math.min(smallest, shingles.length);
    largest = Math.max(largest, shingles.length);
  });
  return {
    *candidates(part) {
      if (numbers.length === 0) return;
      // A set of another size by more than the threshold allows is near to nothing.
      if (part.words.count < smallest * CANDIDATE_THRESHOLD) return;
      const shingles = part.shingles();
      if (shingles.length > largest / CANDIDATE_THRESHOLD) return;
      for (const { number } of index.find(shingles)) {
        const place = { from: 0, to: part.words.count };
        yield { sample: numbers[number] ?? 0, source: 'minhash', place };
      }
    },
  };
}
