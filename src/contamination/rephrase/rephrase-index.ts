import type { Window } from '../alignment.js';
import { createWindowFinder } from './best-window.js';
import { createCandidateIndex } from './candidates.js';
import { type Compared, createComparison } from './features.js';
import { type RephraseSample, rephraseSample, termWeights } from './rephrase-sample.js';
import { type Terms, createTermReader } from './terms.js';

/** A sample that a stretch of text may say in other words. */
export interface RephraseCandidate extends Compared {
  readonly sample: number;
  readonly terms: Terms;
  /** The stretch, in terms. */
  readonly window: Window;
}

/** Samples that rephrasings are looked for of. */
export interface RephraseIndex {
  readonly samples: readonly RephraseSample[];
  isFunctionWord(id: number): boolean;
  /** The few samples that are nearest to some stretch of a text, in no order that means anything. */
  candidates(raw: string): readonly RephraseCandidate[];
}

/** Longer texts are looked at in pieces of so many terms, which overlap by half. */
const PIECE_TERMS = 512;
const SENTENCE_END = /[.!?…。！？\n]/u;

export function createRephraseIndex(prompts: readonly string[]): RephraseIndex {
  const reader = createTermReader();
  const samples = prompts.map((prompt) => rephraseSample(prompt, reader));
  const weights = termWeights(samples, reader);
  const index = createCandidateIndex(samples, weights, reader.size);
  const windows = createWindowFinder(weights, reader.size);
  const compare = createComparison(weights, reader.size, (id) => reader.isNumber(id));

  function inPiece(raw: string, terms: Terms, piece: Window): RephraseCandidate[] {
    const startsSentence = (term: number): boolean =>
      isSentenceStart(raw, terms, piece.from + term);
    const ids = terms.ids.subarray(piece.from, piece.to);
    return index.find(ids).flatMap((number): RephraseCandidate[] => {
      const sample = samples[number];
      if (sample === undefined) return [];
      const window = windows.find(ids, sample, startsSentence);
      const compared = compare(ids, window, sample);
      const { from, to } = window;
      const whole = { from: piece.from + from, to: piece.from + to };
      return [{ sample: number, terms, window: whole, ...compared }];
    });
  }

  return {
    samples,
    isFunctionWord: (id) => reader.isFunctionWord(id),
    candidates(raw) {
      const terms = reader.read(raw);
      const found: RephraseCandidate[] = [];
      for (let from = 0; from === 0 || from + PIECE_TERMS / 2 < terms.count;) {
        found.push(...inPiece(raw, terms, { from, to: Math.min(terms.count, from + PIECE_TERMS) }));
        from += PIECE_TERMS / 2;
      }
      return found;
    },
  };
}

/** Whether a sentence or a line ends between a term and the one before. */
function isSentenceStart(raw: string, { starts, ends }: Terms, term: number): boolean {
  return term === 0 || SENTENCE_END.test(raw.slice(ends[term - 1], starts[term]));
}
