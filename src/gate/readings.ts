import type { PairedScore } from '../domain/gate.js';
import { studentQuantile } from './distributions.js';

/** Mean scores of both models on the same samples, 0 to 1. */
export interface Reading {
  readonly count: number;
  readonly champion: number;
  readonly candidate: number;
}

/** How far a mean goes up and down by chance. */
export interface Spread {
  readonly mean: number;
  /** 95 % of the chances lie between. */
  readonly low: number;
  readonly high: number;
}

/** How much better a model is on leaked samples than on clean ones, with a one-sided lower bound. */
export interface LeakGap {
  readonly difference: number;
  readonly lower: number;
  /** How much better it is on all samples than on the clean ones: what leaks add to its score. */
  readonly inflation: number;
  /** Whether leaks add as much as `ALARMING_INFLATION`, and not by chance. */
  readonly isAlarming: boolean;
}

/**
 * What leaks may add to a score before a model is said to remember them. Samples that have near-copies in training are a
 * little easier for every model: 2.5 points on banking77, where 1,070 of 3,080 samples have some.
 */
export const ALARMING_INFLATION = 0.05;

/** What leaks do to the scores of a suite, read in more than one way. */
export interface LeakReadings {
  readonly all: Reading;
  readonly leaked: Reading;
  /** Without the leaked samples. */
  readonly clean: Reading;
  /** Without their kin either; `null` where there are no kin, or nothing else. */
  readonly withoutKin: Reading | null;
  /** What all samples would show if as many were left out at random as have leaked. */
  readonly control: {
    readonly count: number;
    readonly champion: Spread;
    readonly candidate: Spread;
  };
  readonly gap: { readonly champion: LeakGap; readonly candidate: LeakGap };
}

type Model = 'champion' | 'candidate';
type Answered = PairedScore & Readonly<Record<Model, number>>;

/** Of the standard normal distribution, two-sided 95 %. */
const NORMAL_95 = 1.959963984540054;

/**
 * Reads the scores of a suite with leaks, without them, and without their kin; beside them, as a control, what leaving out
 * as many samples at random would do: its mean is that of all n samples, its variance S²/k · (1 − k/n) with k kept, as of
 * every sample drawn without replacement (Cochran 1977, 2.3). What leaked to the anchor alone is in none of it. A gap's bound has the errors of both parts, by clusters, and
 * as many degrees of freedom as the smaller part has clusters, less one.
 *
 * @returns `null` where no sample leaked, or no clean one was answered: then there is nothing to hold one against the other.
 */
export function readingsOf(scores: readonly PairedScore[], alpha: number): LeakReadings | null {
  const answered = scores.filter(
    (score): score is Answered =>
      score.champion !== null && score.candidate !== null && score.dirtyFor === undefined,
  );
  const leaked = answered.filter(({ clean }) => !clean);
  const clean = answered.filter((score) => score.clean);
  if (leaked.length === 0 || clean.length === 0) return null;
  const strangers = clean.filter(({ kin }) => kin !== true);
  const hasKin = strangers.length < clean.length && strangers.length > 0;
  const gap = (model: Model): LeakGap => gapOf(leaked, clean, model, alpha);
  const spread = (model: Model): Spread => spreadOf(answered, clean.length, model);
  return {
    all: readingOf(answered),
    leaked: readingOf(leaked),
    clean: readingOf(clean),
    withoutKin: hasKin ? readingOf(strangers) : null,
    control: {
      count: clean.length,
      champion: spread('champion'),
      candidate: spread('candidate'),
    },
    gap: { champion: gap('champion'), candidate: gap('candidate') },
  };
}

function readingOf(scores: readonly Answered[]): Reading {
  const of = (model: Model): number => mean(scores.map((score) => score[model]));
  return { count: scores.length, champion: of('champion'), candidate: of('candidate') };
}

function spreadOf(scores: readonly Answered[], kept: number, model: Model): Spread {
  const values = scores.map((score) => score[model]);
  const centre = mean(values);
  const squares = values.reduce((sum, value) => sum + (value - centre) ** 2, 0);
  const variance = values.length < 2 ? 0 : squares / (values.length - 1);
  const reach = NORMAL_95 * Math.sqrt((variance / kept) * (1 - kept / values.length));
  return { mean: centre, low: centre - reach, high: centre + reach };
}

function gapOf(
  leaked: readonly Answered[],
  clean: readonly Answered[],
  model: Model,
  alpha: number,
): LeakGap {
  const [one, other] = [partOf(leaked, model), partOf(clean, model)];
  const difference = one.mean - other.mean;
  const inflation = (difference * leaked.length) / (leaked.length + clean.length);
  const degrees = Math.min(one.clusters, other.clusters) - 1;
  if (degrees < 1) return { difference, lower: -1, inflation, isAlarming: false };
  const error = Math.sqrt(one.variance + other.variance);
  const lower = difference - studentQuantile(1 - alpha, degrees) * error;
  return { difference, lower, inflation, isAlarming: inflation >= ALARMING_INFLATION && lower > 0 };
}

/** A mean with its variance by clusters, G/(G−1) · 1/n² · Σ_c (Σ_{i∈c} (x_i − x̄))². */
function partOf(
  scores: readonly Answered[],
  model: Model,
): { readonly mean: number; readonly variance: number; readonly clusters: number } {
  const centre = mean(scores.map((score) => score[model]));
  const sums = new Map<string, number>();
  for (const score of scores) {
    sums.set(score.cluster, (sums.get(score.cluster) ?? 0) + score[model] - centre);
  }
  const clusters = sums.size;
  let squares = 0;
  for (const sum of sums.values()) squares += sum * sum;
  const variance = clusters < 2 ? 0 : ((clusters / (clusters - 1)) * squares) / scores.length ** 2;
  return { mean: centre, variance, clusters };
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
