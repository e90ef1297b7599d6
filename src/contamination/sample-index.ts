import type { Match } from '../domain/finding.js';
import type { ContaminationPolicy } from '../domain/shingle.js';
import type { ShingleSet } from '../text/shingles.js';
import { wordsOf } from '../text/words.js';
import { align } from './align.js';
import type { Alignment } from './alignment.js';
import {
  type ContaminationSample,
  type IndexedSample,
  type Vocabulary,
  indexSamples,
  partShingles,
} from './indexed-sample.js';
import { type Candidate, createFinder } from './finder.js';
import { type ExampleFacts, type ExamplePart, judge } from './judge.js';

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
  const finder = createFinder(
    samples.map(({ prompt }) => prompt),
    policy.shingle,
  );
  return {
    samples: indexed,
    scan(example) {
      const best = new Map<number, Match>();
      const facts = { options: example.options, answer: example.answer };
      let offset = 0;
      for (const raw of example.parts) {
        const candidates = finder.candidates(raw);
        if (candidates.length > 0) {
          const part = partOf(raw, offset, vocabulary, policy);
          for (const candidate of candidates) {
            const match = matchOf(indexed, part, facts, candidate, policy);
            if (match === null) continue;
            const known = best.get(candidate.number);
            if (known === undefined || isBetter(match, known)) best.set(candidate.number, match);
          }
        }
        offset += raw.length + 1;
      }
      return [...best]
        .map(([sample, match]) => ({ sample, match }))
        .sort((a, b) => a.sample - b.sample);
    },
  };
}

function partOf(
  raw: string,
  offset: number,
  vocabulary: Vocabulary,
  policy: ContaminationPolicy,
): ExamplePart {
  const words = wordsOf(raw);
  let shingles: ShingleSet | null = null;
  return {
    raw,
    words,
    ids: vocabulary.idsOf(words),
    offset,
    shingles: () => (shingles ??= partShingles(raw, words, policy)),
  };
}

function matchOf(
  indexed: readonly IndexedSample[],
  part: ExamplePart,
  facts: ExampleFacts,
  { number, source, place }: Candidate,
  policy: ContaminationPolicy,
): Match | null {
  const own = indexed[number];
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
