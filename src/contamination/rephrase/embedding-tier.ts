import type {
  EmbeddingsClient,
  RephrasingTier,
  TierAnswer,
  TierQuestion,
} from '../../domain/tier.js';
import { createBackground } from './background.js';
import { LARGEST_EXCESS, calibrate } from './calibrate.js';

export interface EmbeddingTierOptions {
  readonly model: string;
  /** Share of a clean log's texts that may be suspected, above 0. */
  readonly targetRate: number;
}

const COSINES = { from: -1, to: 1 };
/**
 * Near-paraphrases of common models reach it. It is the threshold where there are too few texts to calibrate on,
 * and none is higher: the texts that are held against samples are those that words bring near, so many of them
 * may be rephrasings, and what is fitted would be how those score.
 */
const HIGHEST_COSINE = 0.9;

/**
 * Holds texts against samples by the cosine of their embeddings. The threshold is calibrated on the best cosine
 * of each text; where most have no sample that is near it is 0.9, and never more than that unless more than a
 * tenth of all texts reach it, which is no handful of rephrasings but texts, or a model, all alike. A pair with a text that could not be embedded is
 * `unknown`.
 */
export function createEmbeddingTier(
  client: EmbeddingsClient,
  { model, targetRate }: EmbeddingTierOptions,
): RephrasingTier {
  return {
    name: 'embeddings',
    version: `${model}, cosine`,
    isPairwise: false,
    async compare(question, signal) {
      const { texts, samples, pairs } = question;
      const vectors = await client.embed([...texts, ...samples], signal);
      const cosines = pairs.map(({ text, sample }) =>
        cosineOf(vectors[text] ?? null, vectors[texts.length + sample] ?? null),
      );
      const threshold = thresholdOf(question, cosines, targetRate);
      return cosines.map((score): TierAnswer => {
        if (score === null) return { verdict: 'unknown', score };
        return { verdict: score >= threshold ? 'suspect' : 'clear', score };
      });
    },
  };
}

/** Of vectors of length 1. */
function cosineOf(a: Float64Array | null, b: Float64Array | null): number | null {
  if (a === null || b === null || a.length !== b.length) return null;
  return a.reduce((sum, value, index) => sum + value * (b[index] ?? 0), 0);
}

function thresholdOf(
  { texts, pairs, otherTexts }: TierQuestion,
  cosines: readonly (number | null)[],
  targetRate: number,
): number {
  const best = new Array<number>(texts.length).fill(COSINES.from);
  pairs.forEach(({ text }, index) => {
    best[text] = Math.max(best[text] ?? COSINES.from, cosines[index] ?? COSINES.from);
  });
  const background = createBackground(COSINES);
  for (const score of best) background.add(score);
  for (let count = 0; count < otherTexts; count += 1) background.add(COSINES.from);
  const threshold = calibrate(background, targetRate) ?? HIGHEST_COSINE;
  const isCommon = background.countFrom(HIGHEST_COSINE) > LARGEST_EXCESS * background.count;
  return isCommon ? threshold : Math.min(threshold, HIGHEST_COSINE);
}
