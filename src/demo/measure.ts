import type { ChatClient } from '../domain/chat.js';
import type { Comparison, PairedScore } from '../domain/gate.js';
import { scoreAnswer } from '../evals/scorers/scorer.js';
import { compare } from '../gate/compare.js';
import { askAll, type Labelled } from './serving.js';

/** A labelled sample with the thread that makes it depend on others. */
export interface Measured extends Labelled {
  readonly id: string;
  readonly cluster: string;
}

/** A model's score on each sample, 0 or 1, asked through the chat endpoint. */
export async function scoreAll(
  chat: ChatClient,
  modelId: string,
  samples: readonly Measured[],
): Promise<readonly (0 | 1)[]> {
  const answers = await askAll(
    chat,
    modelId,
    samples.map(({ prompt }) => prompt),
  );
  return samples.map(({ label: reference }, index) => {
    const answer = { text: answers[index] ?? '', toolCalls: [] };
    return scoreAnswer('exact', answer, { reference, options: [] });
  });
}

/** The mean of scores. */
export function accuracy(scores: readonly number[]): number {
  return scores.reduce((sum, score) => sum + score, 0) / Math.max(1, scores.length);
}

/** The gate's own comparison of two models' scores on the same samples, as if all of them were clean. */
export function compareScores(
  samples: readonly Measured[],
  champion: readonly number[],
  candidate: readonly number[],
  alpha: number,
): Comparison {
  const scores = samples.map((sample, index): PairedScore => ({
    sampleId: sample.id,
    cluster: sample.cluster,
    champion: champion[index] ?? null,
    candidate: candidate[index] ?? null,
    clean: true,
    decisive: true,
  }));
  const compared = compare(scores, alpha);
  if (compared === null) throw new RangeError('there is nothing to compare');
  return compared;
}
