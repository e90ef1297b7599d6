import { seededRandom, type RandomSource } from '../../src/demo/seeded-random.js';
import type { Comparison, GatePolicy, PairedScore } from '../../src/domain/gate.js';
import { compare } from '../../src/gate/compare.js';
import { evaluateGate } from '../../src/gate/decide.js';
import type { BoundRules } from '../../src/gate/margin-bound.js';
import { summariseSuite } from '../../src/gate/summarise.js';
import {
  simulateScores,
  type SimulatedDesign,
  simulateUnlike,
  type UnlikeDesign,
} from './gate-simulation.js';

const ALPHA = 0.05;

/** How often a rule said yes, and by which methods the comparisons were made. */
export interface Rate {
  readonly rounds: number;
  readonly yes: number;
  readonly methods: readonly string[];
}

/** Compares models in so many simulated evaluations of a design. */
export function rateOf(
  design: SimulatedDesign,
  rounds: number,
  isYes: (comparison: Comparison) => boolean,
  seed?: number,
): Rate {
  return rateOfDrawn((random) => simulateScores(design, random), rounds, isYes, { seed });
}

/**
 * The same of whatever evaluations are drawn, by other rules if need be. Exact bounds follow from wins and losses alone, so
 * each pair of them is computed once.
 */
export function rateOfDrawn(
  drawScores: (random: RandomSource) => readonly PairedScore[],
  rounds: number,
  isYes: (comparison: Comparison) => boolean,
  {
    seed = 20_261_126,
    rules,
  }: { readonly seed?: number | undefined; readonly rules?: BoundRules } = {},
): Rate {
  const random = seededRandom(seed);
  const known = new Map<string, Comparison>();
  const methods = new Set<string>();
  let yes = 0;
  for (let round = 0; round < rounds; round += 1) {
    const comparison = compareOnce(drawScores(random), known, rules);
    methods.add(comparison.method ?? '');
    if (isYes(comparison)) yes += 1;
  }
  return { rounds, yes, methods: [...methods].sort() };
}

function compareOnce(
  scores: readonly PairedScore[],
  known: Map<string, Comparison>,
  rules?: BoundRules,
): Comparison {
  const single = scores.length === new Set(scores.map(({ cluster }) => cluster)).size;
  const isBinary = scores.every(
    ({ champion, candidate }) => isWhole(champion) && isWhole(candidate),
  );
  const key = single && isBinary ? outcomesOf(scores) : null;
  const found = key === null ? undefined : known.get(key);
  if (found !== undefined) return found;
  const comparison = compare(scores, ALPHA, rules);
  if (comparison === null) throw new RangeError('nothing to compare');
  if (key !== null) known.set(key, comparison);
  return comparison;
}

function isWhole(score: number | null): boolean {
  return score === 0 || score === 1;
}

function outcomesOf(scores: readonly PairedScore[]): string {
  const wins = scores.filter(({ champion, candidate }) => (candidate ?? 0) > (champion ?? 0));
  const losses = scores.filter(({ champion, candidate }) => (candidate ?? 0) < (champion ?? 0));
  return `${scores.length}:${wins.length}:${losses.length}`;
}

/**
 * The largest share that a test can have which errs in at most `alpha` whichever clusters differ, always the same ones: where k
 * differ, their signs are equally likely, and ⌊alpha · 2^k⌋ of 2^k may be rejected. Clusters differ where a sample of theirs
 * does, so that no test makes more of them.
 */
export function exactCeiling(
  design: SimulatedDesign,
  rounds: number,
  alpha = ALPHA,
  seed = 20_261_126,
): number {
  const random = seededRandom(seed);
  let sum = 0;
  for (let round = 0; round < rounds; round += 1) {
    const differing = simulateScores(design, random).filter(
      ({ champion, candidate }) => champion !== candidate,
    );
    const choices = 2 ** new Set(differing.map(({ cluster }) => cluster)).size;
    sum += Math.floor(alpha * choices) / choices;
  }
  return sum / rounds;
}

/** How often the whole gate promotes: superiority on one suite, and guards with margins on others. */
export function promotionRate(
  suites: Readonly<Record<string, SimulatedDesign | UnlikeDesign>>,
  policy: GatePolicy,
  rounds: number,
  seed = 20_261_126,
): Rate {
  const random = seededRandom(seed);
  const methods = new Set<string>();
  let yes = 0;
  for (let round = 0; round < rounds; round += 1) {
    if (promotesOnce(suites, policy, random, methods)) yes += 1;
  }
  return { rounds, yes, methods: [...methods].sort() };
}

function promotesOnce(
  suites: Readonly<Record<string, SimulatedDesign | UnlikeDesign>>,
  policy: GatePolicy,
  random: RandomSource,
  methods: Set<string>,
): boolean {
  const results = Object.entries(suites).map(([suite, design]) =>
    summariseSuite(suite, drawnOf(design, random), {}, policy),
  );
  for (const { clean } of results) methods.add(clean?.method ?? '');
  return evaluateGate(results, policy).decision === 'promote';
}

function drawnOf(
  design: SimulatedDesign | UnlikeDesign,
  random: RandomSource,
): readonly PairedScore[] {
  return 'gain' in design ? simulateUnlike(design, random) : simulateScores(design, random);
}
