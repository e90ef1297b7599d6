import { createLexicalTier } from '../../src/contamination/rephrase/lexical-tier.js';
import { FEATURE_NAMES, type Features } from '../../src/contamination/rephrase/features.js';
import { createRephraseIndex } from '../../src/contamination/rephrase/rephrase-index.js';
import { type ScoreWeights } from '../../src/contamination/rephrase/score.js';
import type { ContaminationSample } from '../../src/contamination/sample-fields.js';
import { DEFAULT_CONTAMINATION_POLICY } from '../../src/contamination/policy.js';
import { createSampleIndex } from '../../src/contamination/sample-index.js';
import { mix32 } from '../../src/text/hash.js';
import { type FitRow, fitLogistic } from './fit-weights.js';

/** A text and, where it is a rewording, which sample of. */
export interface LabelledText {
  /** The place in its file, from 0. */
  readonly index: number;
  readonly text: string;
}

/** Samples, rewordings of them (`index` is the sample's), and texts that are none. */
export interface TrialData {
  readonly samples: readonly string[];
  readonly rewordings: readonly LabelledText[];
  readonly others: readonly LabelledText[];
}

export interface FalsePositive {
  readonly text: number;
  readonly sample: number;
  readonly score: number;
}

/** What one half says about the other. */
export interface HalfResult {
  readonly weights: ScoreWeights;
  readonly threshold: number;
  readonly rewordings: number;
  readonly named: number;
  /** Of those named: where the own sample has the best score. */
  readonly namedFirst: number;
  readonly missed: readonly number[];
  readonly others: number;
  readonly falsePositives: readonly FalsePositive[];
}

const NOTHING_FOUND: ReadonlySet<number> = new Set();

/** 0 or 1, by a hash of the index. */
export function halfOf(index: number): number {
  return mix32(index + 1) & 1;
}

const SET = 'trial';

/**
 * Fits on half `half` and measures on the other. Of the half's own texts the rewordings and the others fit the
 * weights; the threshold sees only the others, which stand for a log, and the samples among themselves.
 */
export function tryHalf(data: TrialData, half: number, targetRate: number): HalfResult {
  const isFit = ({ index }: LabelledText): boolean => halfOf(index) === half;
  const weights = fitWeights({
    samples: data.samples,
    rewordings: data.rewordings.filter(isFit),
    others: data.others.filter(isFit),
  });
  return measure(data, weights, targetRate, isFit);
}

/** Measures with given weights: `isFit` chooses the texts that calibrate, all others are measured. */
export function measure(
  { samples, rewordings, others }: TrialData,
  weights: ScoreWeights,
  targetRate: number,
  isFit: (text: LabelledText) => boolean,
): HalfResult {
  const policy = DEFAULT_CONTAMINATION_POLICY;
  const tier = createLexicalTier(samples.map(toSample), { targetRate, weights, policy });
  for (const { text } of others.filter(isFit)) tier.observe([text], NOTHING_FOUND);
  const threshold = tier.thresholds().get(SET)?.score ?? 0;
  const missed: number[] = [];
  let namedFirst = 0;
  const asked = rewordings.filter((text) => !isFit(text));
  for (const { index, text } of asked) {
    const named = bestFirst(tier.suspects([text], NOTHING_FOUND));
    if (!named.some(({ sample }) => sample === index)) missed.push(index);
    else if (named[0]?.sample === index) namedFirst += 1;
  }
  const held = others.filter((text) => !isFit(text));
  const falsePositives = held.flatMap(({ index, text }) => {
    const [best] = bestFirst(tier.suspects([text], NOTHING_FOUND));
    return best === undefined ? [] : [{ text: index, ...best }];
  });
  return {
    weights,
    threshold,
    rewordings: asked.length,
    named: asked.length - missed.length,
    namedFirst,
    missed,
    others: held.length,
    falsePositives,
  };
}

function bestFirst(
  suspects: readonly { readonly sample: number; readonly match: { readonly score?: number } }[],
): { readonly sample: number; readonly score: number }[] {
  return suspects
    .map(({ sample, match }) => ({ sample, score: match.score ?? Number.NaN }))
    .sort((a, b) => b.score - a.score);
}

/** Weights of a logistic model: rewordings with their own sample, others with the few nearest samples. */
export function fitWeights({ samples, rewordings, others }: TrialData): ScoreWeights {
  const index = createRephraseIndex(samples);
  const rows: FitRow[] = [];
  for (const { index: own, text } of rewordings) {
    const candidate = index.candidates(text).find(({ sample }) => sample === own);
    if (candidate !== undefined) rows.push({ features: vector(candidate.features), label: 1 });
  }
  for (const { text } of others) {
    for (const { features } of index.candidates(text).slice(0, 2)) {
      rows.push({ features: vector(features), label: 0 });
    }
  }
  const { intercept, weights } = fitLogistic(rows);
  const [words = 0, textWords = 0, numbers = 0, numberOrder = 0, marks = 0] = weights;
  return { intercept, features: { words, textWords, numbers, numberOrder, marks } };
}

function vector(features: Features): readonly number[] {
  return FEATURE_NAMES.map((name) => features[name]);
}

/** The texts that match no sample at any level: what else a log holds of a benchmark is no background. */
export function withoutFindings({ samples, rewordings, others }: TrialData): TrialData {
  const index = createSampleIndex(samples.map(toSample), DEFAULT_CONTAMINATION_POLICY);
  const isClean = ({ index: id, text }: LabelledText): boolean =>
    index.scan({ id: String(id), parts: [text] }, null).length === 0;
  return { samples, rewordings, others: others.filter(isClean) };
}

export function toSample(prompt: string, index: number): ContaminationSample {
  return { set: SET, id: String(index), prompt, options: [], reference: null };
}

/** Wilson's score interval for `hits` of `total` at 95 % (Wilson 1927). */
export function wilson(hits: number, total: number): readonly [low: number, high: number] {
  const z = 1.959963984540054;
  const share = hits / total;
  const scale = 1 + (z * z) / total;
  const centre = (share + (z * z) / (2 * total)) / scale;
  const reach =
    (z / scale) * Math.sqrt((share * (1 - share)) / total + (z * z) / (4 * total * total));
  return [centre - reach, centre + reach];
}
