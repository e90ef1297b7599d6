import type { PairedScore } from '../domain/gate.js';

/** What an answered sample is an example of. */
export const EXAMPLE_KINDS = ['regression', 'improvement', 'failure'] as const;
export type ExampleKind = (typeof EXAMPLE_KINDS)[number];

/** How many samples of each kind are shown of a suite. */
const MOST: Readonly<Record<ExampleKind, number>> = { regression: 5, improvement: 3, failure: 3 };

export interface ChosenSample {
  readonly kind: ExampleKind;
  readonly sampleId: string;
  readonly champion: number;
  readonly candidate: number;
}

/**
 * The samples of a suite that are worth a reader's time: those on which the candidate lost and won most against the
 * champion, and those that both get wrong (below 0.5). Clean samples whose references may decide only, since the
 * others are right for one of the models by construction; critical ones first, then by how much, then by id.
 */
export function chooseExamples(scores: readonly PairedScore[]): readonly ChosenSample[] {
  const answered = scores.flatMap(({ sampleId, champion, candidate, clean, decisive, critical }) =>
    champion === null || candidate === null || !clean || !decisive
      ? []
      : [{ sampleId, champion, candidate, critical: critical === true }],
  );
  const gain = (one: { champion: number; candidate: number }): number =>
    one.candidate - one.champion;
  return EXAMPLE_KINDS.flatMap((kind) =>
    answered
      .filter((one) => kindOf(one.champion, one.candidate) === kind)
      .sort(
        (a, b) =>
          Number(b.critical) - Number(a.critical) ||
          Math.abs(gain(b)) - Math.abs(gain(a)) ||
          (a.sampleId < b.sampleId ? -1 : 1),
      )
      .slice(0, MOST[kind])
      .map(({ sampleId, champion, candidate }) => ({ kind, sampleId, champion, candidate })),
  );
}

function kindOf(champion: number, candidate: number): ExampleKind | null {
  if (candidate < champion) return 'regression';
  if (candidate > champion) return 'improvement';
  return candidate < 0.5 ? 'failure' : null;
}
