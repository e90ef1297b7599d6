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

/** Two models that are equal in the mean, or apart by a margin, and not alike from cluster to cluster. */
export interface UnlikeDesign {
  readonly sizes: readonly number[];
  /** What the candidate wins in clusters that are not lost as a whole, as a share of their samples; above 0. */
  readonly gain: number;
  /** By how much it is worse in the mean. */
  readonly worse: number;
  /** Whether it wins so many samples, or so much on each. */
  readonly scores: 'binary' | 'graded';
  /** Whether any cluster may be lost, or one of the largest size only. */
  readonly lost?: 'largest';
}

/** Paired scores of one such evaluation: the share of clusters that are lost as a whole makes up for the gain. */
export function simulateUnlike(
  { sizes, gain, worse, scores, lost }: UnlikeDesign,
  random: RandomSource,
): readonly PairedScore[] {
  const most = Math.max(...sizes);
  const mayBeLost = (size: number): boolean => lost === undefined || size === most;
  const sum = (some: readonly number[]): number => some.reduce((total, size) => total + size, 0);
  const lostShare = ((gain + worse) * sum(sizes)) / ((1 + gain) * sum(sizes.filter(mayBeLost)));
  return sizes.flatMap((size, cluster) => {
    const isLost = mayBeLost(size) && random() < lostShare;
    return Array.from({ length: size }, (_, index): PairedScore => {
      const won = scores === 'graded' ? gain : random() < gain ? 1 : 0;
      const [champion, candidate] = isLost ? [1, 0] : [0, won];
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
