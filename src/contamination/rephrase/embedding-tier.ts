import type {
  EmbeddingsClient,
  RephrasingTier,
  TierAnswer,
  TierQuestion,
} from '../../domain/tier.js';
import { createBackground } from './background.js';
import { calibrate } from './calibrate.js';

export interface EmbeddingTierOptions {
  readonly model: string;
  /** Share of a clean log's texts that may be suspected, above 0. */
  readonly targetRate: number;
}

const COSINES = { from: -1, to: 1 };
/** Where there are too few texts to calibrate on: near-paraphrases of common models reach it. */
const UNCALIBRATED_COSINE = 0.9;

/**
 * Holds texts against samples by the cosine of their embeddings. The threshold is calibrated on the best cosine
 * of each text, those that no sample is near to included. A pair with a text that could not be embedded is
 * `unknown`.
 */
export function createEmbeddingTier(
  client: EmbeddingsClient,
  { model, targetRate }: EmbeddingTierOptions,
): RephrasingTier {
  return {
    name: 'embeddings',
    version: `${model}, cosine`,
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
  return calibrate(background, targetRate) ?? UNCALIBRATED_COSINE;
}
