import type { RandomSource } from '../../src/demo/seeded-random.js';
import type { PairedScore } from '../../src/domain/gate.js';

/** A kind of eval set with two models on it. */
export interface SimulatedDesign {
  readonly name: string;
  /** Samples in each cluster. */
  readonly sizes: readonly number[];
  /** Share of samples that answer as their cluster does. */
  readonly shared: number;
  /** Probabilities that only the candidate, and only the champion, is right. */
  readonly wins: number;
  readonly losses: number;
  /** How much better or worse: 1 for 0/1 scores; `graded` draws it from (0, 1], as a mean of several answers has it. */
  readonly scores: 'binary' | 'graded';
}

/** Paired scores of one simulated evaluation; a third of what the models agree on is wrong. */
export function simulateScores(
  design: SimulatedDesign,
  random: RandomSource,
): readonly PairedScore[] {
  const draw = (): readonly [number, number] => {
    const place = random();
    if (place >= design.wins + design.losses) return random() < 1 / 3 ? [0, 0] : [1, 1];
    const size = design.scores === 'binary' ? 1 : 1 - random();
    return place < design.wins ? [0, size] : [size, 0];
  };
  return design.sizes.flatMap((size, cluster) => {
    const common = draw();
    return Array.from({ length: size }, (_, index): PairedScore => {
      const [champion, candidate] = random() < design.shared ? common : draw();
      const sampleId = `${cluster}-${index}`;
      return { sampleId, cluster: `c${cluster}`, champion, candidate, clean: true, decisive: true };
    });
  });
}

/** As many clusters of one size. */
export function equalSizes(clusters: number, each: number): readonly number[] {
  return new Array<number>(clusters).fill(each);
}

/** Clusters whose sizes fall as 1/rank, with about `mean` samples each: a few hold most of them. */
export function unequalSizes(clusters: number, mean: number): readonly number[] {
  const weights = Array.from({ length: clusters }, (_, rank) => 1 / (rank + 1));
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  return weights.map((weight) => Math.max(1, Math.round((mean * clusters * weight) / total)));
}
