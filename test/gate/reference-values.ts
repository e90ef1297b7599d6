import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { PairedScore } from '../../src/domain/gate.js';
import { repositoryRoot } from '../support/paths.js';

type Triple = readonly [number, number, number];

export interface ReferenceComparison {
  readonly name: string;
  readonly rows: readonly (readonly [cluster: string, champion: number, candidate: number])[];
  readonly difference: number;
  readonly standardError: number;
  readonly lower: number;
  readonly upper: number;
  readonly mcnemarP: number | null;
}

/** Values by scipy and statsmodels; `make-reference-values.py` beside the file says how they were made. */
export const reference = JSON.parse(
  readFileSync(join(repositoryRoot, 'test/fixtures/gate/reference-values.json'), 'utf8'),
) as {
  readonly studentQuantile: readonly Triple[];
  readonly studentCdf: readonly Triple[];
  readonly logGamma: readonly (readonly [number, number])[];
  readonly exactMcNemar: readonly Triple[];
  readonly compare: readonly ReferenceComparison[];
  readonly oneSidedMcNemar: readonly Triple[];
  readonly clopperPearson: readonly (readonly [
    hits: number,
    count: number,
    alpha: number,
    lower: number,
    upper: number,
  ])[];
  readonly falseDiscovery: readonly {
    readonly p: readonly number[];
    readonly rate: number;
    readonly rejected: readonly boolean[];
    readonly adjusted: readonly number[];
  }[];
  readonly normalQuantile: readonly (readonly [number, number])[];
  readonly signFlips: readonly {
    readonly name: string;
    readonly sums: readonly number[];
    readonly sizes: readonly number[];
    readonly theta: number;
    readonly p: number;
  }[];
  readonly exactPaired: readonly (readonly [
    count: number,
    wins: number,
    losses: number,
    theta: number,
    p: number,
  ])[];
  readonly shiftedStudentTail: readonly (readonly [
    t: number,
    degrees: number,
    shift: number,
    tail: number,
  ])[];
  readonly nonInferiority: readonly {
    readonly differences: readonly number[];
    readonly margin: number;
    readonly p: number;
  }[];
  readonly kappa: readonly {
    readonly table: readonly (readonly number[])[];
    readonly kappa: number;
    readonly standardError: number;
  }[];
};

/** Whether two numbers agree to `digits` significant digits. */
export function agrees(found: number, expected: number, digits = 10): boolean {
  return Math.abs(found - expected) <= Math.max(Math.abs(expected), 1e-6) * 10 ** -digits;
}

/** A paired score; clean and decisive unless said otherwise. */
export function pair(
  sampleId: string,
  champion: number | null,
  candidate: number | null,
  others: Partial<PairedScore> = {},
): PairedScore {
  return {
    sampleId,
    cluster: sampleId,
    champion,
    candidate,
    clean: true,
    decisive: true,
    ...others,
  };
}

/** Scores of single samples, by how often each pair of scores occurs. */
export function scoresOf(
  counts: { both?: number; wins?: number; losses?: number; neither?: number },
  others: Partial<PairedScore> = {},
  prefix = 's',
): readonly PairedScore[] {
  const kinds: readonly (readonly [number, number, number])[] = [
    [counts.both ?? 0, 1, 1],
    [counts.wins ?? 0, 0, 1],
    [counts.losses ?? 0, 1, 0],
    [counts.neither ?? 0, 0, 0],
  ];
  return kinds
    .flatMap(([amount, champion, candidate]) =>
      Array.from({ length: amount }, () => [champion, candidate] as const),
    )
    .map(([champion, candidate], index) => pair(`${prefix}${index}`, champion, candidate, others));
}
