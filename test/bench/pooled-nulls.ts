import type { RandomSource } from '../../src/demo/seeded-random.js';
import type { GatePolicy, PairedScore } from '../../src/domain/gate.js';
import { type HoldoutPool, POOLED_SUITE } from '../../src/domain/pool.js';
import { buildEvidence } from '../../src/gate/evidence.js';
import { clustersBySize, isPoolEnough } from '../../src/gate/pool.js';

/** Weeks that are simulated: both models are equally good in all of them. */
export interface NullWeeks {
  readonly weeks: number;
  /** Fewest and most clusters that a week holds out. */
  readonly clusters: readonly [number, number];
  /** Most samples of a cluster; they have from one on. */
  readonly largest: number;
  /** Share of samples that only one model gets right. */
  readonly discordance: number;
  /** Share of samples that answer as their cluster does. */
  readonly shared: number;
  /** Share of answers that one week's candidate has in common with the one before: most of their rows are the same. */
  readonly alike: number;
}

/** What became of the pools that were decided on. */
export interface NullRates {
  readonly pools: number;
  /** Pools whose one decision promotes. */
  readonly promoted: number;
  /** Pools in which a gate that looks every week at all that is collected promotes at least once. */
  readonly peeked: number;
}

interface Cluster {
  readonly name: string;
  readonly size: number;
  /** Candidate minus champion of each sample, and whether all answer as one. */
  differences: readonly number[];
}

/**
 * Collects holdouts over weeks and decides on them by the gate's own rule; beside it, what looking every week would have
 * come to on the very same pools.
 */
export function simulateNullWeeks(
  design: NullWeeks,
  policy: GatePolicy,
  random: RandomSource,
): NullRates {
  let [pools, promoted, peeked] = [0, 0, 0];
  let pool: Cluster[] = [];
  let hasPeeked = false;
  const known = new Map<string, boolean>();
  const isEnough = (holdouts: Pick<HoldoutPool, 'clusters'>): boolean => {
    const key = JSON.stringify(holdouts.clusters);
    const found = known.get(key) ?? isPoolEnough(holdouts, policy);
    known.set(key, found);
    return found;
  };
  for (let week = 0; week < design.weeks; week += 1) {
    for (const cluster of pool) cluster.differences = answersOf(cluster, design, random);
    pool.push(...heldOut(week, design, random));
    const holdouts = poolOf(pool);
    hasPeeked ||= decides(pool, { ...policy, superiorityOn: 'holdout' }, known);
    if (!isEnough(holdouts)) continue;
    pools += 1;
    if (decides(pool, policy, known, { ...holdouts, isEnough: true })) promoted += 1;
    if (hasPeeked) peeked += 1;
    [pool, hasPeeked] = [[], false];
  }
  return { pools, promoted, peeked };
}

function heldOut(week: number, design: NullWeeks, random: RandomSource): readonly Cluster[] {
  const [fewest, most] = design.clusters;
  const count = fewest + Math.floor(random() * (most - fewest + 1));
  return Array.from({ length: count }, (_, index) => {
    const size = 1 + Math.floor(random() * design.largest);
    const cluster = { name: `w${week}-${index}`, size, differences: [] };
    return { ...cluster, differences: answersOf(cluster, { ...design, alike: 0 }, random) };
  });
}

/** What a week's candidate answers to a cluster: as the one before it did, or anew. */
function answersOf(cluster: Cluster, design: NullWeeks, random: RandomSource): readonly number[] {
  const common = draw(design, random);
  return Array.from({ length: cluster.size }, (_, index) => {
    const before = cluster.differences[index];
    if (before !== undefined && random() < design.alike) return before;
    return random() < design.shared ? common : draw(design, random);
  });
}

function draw({ discordance }: NullWeeks, random: RandomSource): number {
  const place = random();
  if (place < discordance / 2) return 1;
  return place < discordance ? -1 : 0;
}

function poolOf(clusters: readonly Cluster[]): HoldoutPool {
  const samples = scoresOf(clusters);
  const windows = [{ window: 'all', samples: samples.length, clean: samples.length }];
  const standing = { isEnough: false, wanted: null };
  return { span: 1, windows, clusters: clustersBySize(samples), leftOut: {}, ...standing };
}

function scoresOf(clusters: readonly Cluster[]): readonly PairedScore[] {
  return clusters.flatMap(({ name, differences }) =>
    differences.map((difference, index) => ({
      sampleId: `${name}-${index}`,
      cluster: name,
      champion: difference < 0 ? 1 : 0,
      candidate: difference > 0 ? 1 : 0,
      clean: true,
      decisive: true,
    })),
  );
}

/** Whether the gate promotes. What it says of single samples follows from wins and losses: `known` remembers that. */
function decides(
  clusters: readonly Cluster[],
  policy: GatePolicy,
  known: Map<string, boolean>,
  pool?: HoldoutPool,
): boolean {
  const scores = scoresOf(clusters);
  const sum = (sign: number): number =>
    clusters.flatMap(({ differences }) => differences).filter((each) => each === sign).length;
  const key =
    scores.length === clusters.length
      ? `${policy.superiorityOn} ${scores.length} ${sum(1)} ${sum(-1)}`
      : null;
  const found = key === null ? undefined : known.get(key);
  if (found !== undefined) return found;
  const { result } = buildEvidence({
    model: 'm',
    window: 'w',
    release: 'r',
    champion: { modelId: 'a', version: 1 },
    candidate: 'b',
    policy,
    scores: { [pool === undefined ? 'holdout' : POOLED_SUITE]: scores },
    missing: {},
    lineageKnown: true,
    ...(pool !== undefined && { pool }),
  });
  const isPromoted = result.decision === 'promote';
  if (key !== null) known.set(key, isPromoted);
  return isPromoted;
}
