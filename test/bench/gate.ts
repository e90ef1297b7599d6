import { type RandomSource, seededRandom } from '../../src/demo/seeded-random.js';
import type { Comparison, GatePolicy, PairedScore } from '../../src/domain/gate.js';
import { POOLED_SUITE } from '../../src/domain/pool.js';
import { ROUNDING } from '../../src/gate/clusters.js';
import { marginPower, powerOf } from '../../src/gate/power.js';
import { type PowerPlan, powerPlan } from '../../src/gate/power-plan.js';
import { LOST_CLUSTER_RULES } from '../../src/gate/margin-bound.js';
import { exactCeiling, promotionRate, rateOf, rateOfDrawn, type Rate } from './gate-calibration.js';
import {
  equalSizes,
  type SimulatedDesign,
  simulateScores,
  simulateUnlike,
  unequalSizes,
  type UnlikeDesign,
} from './gate-simulation.js';
import { simulateNullWeeks } from './pooled-nulls.js';

/**
 * How often the gate is wrong, by simulation: `npm run bench:gate [-- ROUNDS]`, 4,000 rounds unless said
 * otherwise. Ends with 1 where a rate is outside of what is allowed.
 */
const rounds = Number(process.argv[2] ?? 4000);
let isOff = false;

/** Three standard errors of a simulated rate. */
function slack(rate: number): number {
  return 3 * Math.sqrt((rate * (1 - rate)) / rounds);
}

function row(name: string, rate: Rate, least: number, most: number): void {
  const share = rate.yes / rate.rounds;
  const isRight = share >= least && share <= most;
  if (!isRight) isOff = true;
  const allowed = `${(least * 100).toFixed(1)} to ${(most * 100).toFixed(1)}`;
  const cells = [
    name,
    rate.methods.join(', '),
    (share * 100).toFixed(1),
    allowed,
    isRight ? '' : 'OFF',
  ];
  console.log(`| ${cells.join(' | ')} |`);
}

function heading(title: string): void {
  console.log(`\n${title}\n\n| design | method | % | allowed | |\n| --- | --- | --- | --- | --- |`);
}

const even = { wins: 0.21, losses: 0.21 };
const sparse = { wins: 0.05, losses: 0.05 };

/** Designs under a true null, and the least share that "lower bound above 0" may have. */
const nulls: readonly (readonly [least: number, SimulatedDesign])[] = [
  [0.035, { name: '10 x 10', sizes: equalSizes(10, 10), shared: 0.3, ...even, scores: 'binary' }],
  [0.035, { name: '10 x 10', sizes: equalSizes(10, 10), shared: 0.3, ...even, scores: 'graded' }],
  [0.035, { name: '20 x 10', sizes: equalSizes(20, 10), shared: 0.3, ...even, scores: 'binary' }],
  [0.035, { name: '30 x 10', sizes: equalSizes(30, 10), shared: 0.3, ...even, scores: 'binary' }],
  [0.035, { name: '50 x 10', sizes: equalSizes(50, 10), shared: 0.3, ...even, scores: 'binary' }],
  [0.035, { name: '100 x 5', sizes: equalSizes(100, 5), shared: 0.3, ...sparse, scores: 'binary' }],
  [0.035, { name: '200 x 1', sizes: equalSizes(200, 1), shared: 0, ...even, scores: 'graded' }],
  [
    0.035,
    { name: '12 unequal', sizes: unequalSizes(12, 10), shared: 0.3, ...even, scores: 'graded' },
  ],
  [
    0.035,
    { name: '30 unequal', sizes: unequalSizes(30, 10), shared: 0.3, ...even, scores: 'binary' },
  ],
  [
    0.035,
    { name: '100 unequal', sizes: unequalSizes(100, 5), shared: 0.3, ...even, scores: 'binary' },
  ],
  [
    0.035,
    {
      name: '60 of 1 and of 20',
      sizes: Array.from({ length: 60 }, (_, index) => (index % 2 === 0 ? 1 : 20)),
      shared: 0.3,
      ...even,
      scores: 'binary',
    },
  ],
  [
    0,
    {
      name: '10 x 10, few differ',
      sizes: equalSizes(10, 10),
      shared: 0.3,
      ...sparse,
      scores: 'binary',
    },
  ],
  [0, { name: '5 x 20', sizes: equalSizes(5, 20), shared: 0.3, ...even, scores: 'binary' }],
  [0, { name: '8 unequal', sizes: unequalSizes(8, 10), shared: 0.3, ...even, scores: 'graded' }],
  [0, { name: '30 x 1', sizes: equalSizes(30, 1), shared: 0, ...even, scores: 'binary' }],
  [0, { name: '200 x 1', sizes: equalSizes(200, 1), shared: 0, ...even, scores: 'binary' }],
  [0, { name: '600 x 1', sizes: equalSizes(600, 1), shared: 0, ...sparse, scores: 'binary' }],
];

heading('Lower bound above 0 though both models are equally good');
for (const [least, design] of nulls) {
  const rate = rateOf(design, rounds, ({ lower }) => lower > 0);
  row(`${design.name}, ${design.scores}`, rate, least, least === 0 ? 0.06 : 0.065);
}

console.log(
  '\nThe most that a test can have there which errs in no more whichever clusters differ:\n',
);
for (const [least, design] of nulls) {
  if (least > 0 || design.sizes.every((size) => size === 1)) continue;
  const [nominal, allowed] = [0.05, 0.06].map((alpha) => exactCeiling(design, rounds, alpha));
  const [at5, at6] = [nominal, allowed].map((share) => ((share ?? 0) * 100).toFixed(1));
  console.log(`- ${design.name}, ${design.scores}: ${at5} % at 5 %, ${at6} % at 6 %`);
}

/** Designs at the border of a margin: the candidate is worse by exactly that much. */
const borders: readonly (readonly [margin: number, SimulatedDesign])[] = [
  [
    0.02,
    {
      name: '600 x 1',
      sizes: equalSizes(600, 1),
      shared: 0,
      wins: 0.04,
      losses: 0.06,
      scores: 'binary',
    },
  ],
  [
    0.02,
    {
      name: '300 x 1, losses only',
      sizes: equalSizes(300, 1),
      shared: 0,
      wins: 0,
      losses: 0.02,
      scores: 'binary',
    },
  ],
  [
    0.1,
    {
      name: '40 x 1',
      sizes: equalSizes(40, 1),
      shared: 0,
      wins: 0.1,
      losses: 0.2,
      scores: 'binary',
    },
  ],
  [
    0.05,
    {
      name: '100 x 5',
      sizes: equalSizes(100, 5),
      shared: 0.3,
      wins: 0.1,
      losses: 0.15,
      scores: 'binary',
    },
  ],
  [
    0.1,
    {
      name: '20 x 10',
      sizes: equalSizes(20, 10),
      shared: 0.3,
      wins: 0.15,
      losses: 0.25,
      scores: 'binary',
    },
  ],
  [
    0.1,
    {
      name: '30 unequal',
      sizes: unequalSizes(30, 10),
      shared: 0.1,
      wins: 0.15,
      losses: 0.25,
      scores: 'binary',
    },
  ],
];

/** Clusters of many sizes, of which none is won: what was not seen matters most. */
const lost = { shared: 0.55, wins: 0, scores: 'binary' } as const;
const mixed = Array.from({ length: 60 }, (_, index) => (index % 2 === 0 ? 1 : 20));
const lossesOnly: readonly (readonly [margin: number, SimulatedDesign])[] = [
  [0.1, { name: '10 x 10', sizes: equalSizes(10, 10), losses: 0.1, ...lost }],
  [0.05, { name: '20 x 50', sizes: equalSizes(20, 50), losses: 0.05, ...lost }],
  [0.05, { name: '25 x 100', sizes: equalSizes(25, 100), losses: 0.05, ...lost }],
  [0.05, { name: '30 x 20', sizes: equalSizes(30, 20), losses: 0.05, ...lost }],
  [0.1, { name: '30 x 10', sizes: equalSizes(30, 10), losses: 0.1, ...lost }],
  [0.1, { name: '60 x 10', sizes: equalSizes(60, 10), losses: 0.1, ...lost }],
  [0.05, { name: '200 x 5', sizes: equalSizes(200, 5), losses: 0.05, ...lost }],
  [0.1, { name: '30 unequal', sizes: unequalSizes(30, 10), losses: 0.1, ...lost }],
  [0.2, { name: '30 unequal', sizes: unequalSizes(30, 10), losses: 0.2, ...lost }],
  [0.1, { name: '60 unequal', sizes: unequalSizes(60, 10), losses: 0.1, ...lost }],
  [0.05, { name: '200 unequal', sizes: unequalSizes(200, 5), losses: 0.05, ...lost }],
  [0.05, { name: '60 of 1 and of 20', sizes: mixed, losses: 0.05, ...lost }],
];
const mostlyLost: readonly (readonly [margin: number, SimulatedDesign])[] = [
  [0.05, { name: '30 x 20', sizes: equalSizes(30, 20), losses: 0.07, ...lost, wins: 0.02 }],
  [0.1, { name: '60 x 10', sizes: equalSizes(60, 10), losses: 0.15, ...lost, wins: 0.05 }],
  [0.1, { name: '60 unequal', sizes: unequalSizes(60, 10), losses: 0.15, ...lost, wins: 0.05 }],
];

heading('Not worse than the margin, though worse by exactly that much');
for (const [margin, design] of borders) {
  const rate = rateOf(design, rounds, ({ lower }) => lower > -margin);
  row(`${design.name}, margin ${margin}`, rate, 0, 0.06);
}
for (const [margin, design] of [...lossesOnly, ...mostlyLost]) {
  const rate = rateOf(design, rounds, ({ lower }) => lower > -margin);
  row(`${design.name}, ${told(design)}, margin ${margin}`, rate, 0, 0.06);
}

function told({ wins, losses }: SimulatedDesign): string {
  return wins === 0
    ? 'losses only'
    : `${Math.round(losses * 100)} % lost, ${Math.round(wins * 100)} % won`;
}

/** Models that are equal in the mean, or worse by exactly a margin, and not alike from cluster to cluster. */
const unlike: readonly (readonly [name: string, sizes: readonly number[]])[] = [
  ['10 x 10', equalSizes(10, 10)],
  ['20 x 10', equalSizes(20, 10)],
  ['60 x 10', equalSizes(60, 10)],
  ['100 x 3', equalSizes(100, 3)],
  ['200 x 1', equalSizes(200, 1)],
  ['12 unequal', unequalSizes(12, 10)],
  ['30 unequal', unequalSizes(30, 10)],
  ['60 unequal', unequalSizes(60, 10)],
  ['60 of 1 and of 20', mixed],
];

heading(
  'A lost cluster is counted (gate.unseenClusters: lost): above 0 though equal in the mean, above the margin though worse by it',
);
for (const [name, sizes] of unlike) {
  unlikeRow(name, { sizes, gain: 0.1, worse: 0, scores: 'binary' });
  unlikeRow(name, { sizes, gain: 0.1, worse: 0, scores: 'graded' });
  unlikeRow(name, { sizes, gain: 0.02, worse: 0, scores: 'graded' });
  unlikeRow(name, { sizes, gain: 0.1, worse: 0.1, scores: 'graded' });
}

const someLarge = [
  ['400 of 1 and 4 of 20', [...equalSizes(400, 1), ...equalSizes(4, 20)], 0.05],
  ['600 of 1 and 10 of 20', [...equalSizes(600, 1), ...equalSizes(10, 20)], 0.04],
  ['200 of 1 and 5 of 20', [...equalSizes(200, 1), ...equalSizes(5, 20)], 0.1],
  ['30 of 1 and 30 of 20', mixed, 0.1],
] as const;
for (const [name, sizes, gain] of someLarge) {
  const design = { sizes, gain, worse: 0, scores: 'graded', lost: 'largest' } as const;
  unlikeRow(`${name}, of which large ones are lost`, design);
}

function unlikeRow(name: string, design: UnlikeDesign): void {
  const draw = (random: RandomSource): readonly PairedScore[] => simulateUnlike(design, random);
  const isAbove = ({ lower }: Comparison): boolean => lower > -design.worse + ROUNDING;
  const told = rateOfDrawn(draw, rounds, isAbove);
  const counted = rateOfDrawn(draw, rounds, isAbove, { rules: LOST_CLUSTER_RULES });
  const plain = ((told.yes / told.rounds) * 100).toFixed(1);
  const { gain, worse, scores } = design;
  row(`${name}, ${scores}, won ${gain}, margin ${worse} (by default ${plain})`, counted, 0, 0.06);
}

const policy: GatePolicy = {
  superiorityOn: 'holdout',
  alpha: 0.05,
  minimumDifference: 0.01,
  maximumMissing: 0.02,
  guards: [{ suite: 'frozen:one', margin: 0.05 }],
};
const better: SimulatedDesign = {
  name: 'better',
  sizes: equalSizes(60, 5),
  shared: 0.2,
  wins: 0.35,
  losses: 0.05,
  scores: 'binary',
};
const equal: SimulatedDesign = { ...better, wins: 0.1, losses: 0.1 };
const steady: SimulatedDesign = { ...better, sizes: equalSizes(120, 5), wins: 0.05, losses: 0.05 };
const worse: SimulatedDesign = { ...steady, wins: 0.05, losses: 0.1 };

heading('The whole gate promotes');
row(
  'equal on the holdout, equal on the guard',
  promotionRate({ holdout: equal, 'frozen:one': steady }, policy, rounds),
  0,
  0.06,
);
row(
  'better on the holdout, at the border of the guard',
  promotionRate({ holdout: better, 'frozen:one': worse }, policy, rounds),
  0,
  0.06,
);
row(
  'equal on the holdout, at the border of the guard',
  promotionRate({ holdout: equal, 'frozen:one': worse }, policy, rounds),
  0,
  0.06,
);

const lostCounting: GatePolicy = { ...policy, unseenClusters: 'lost' };
const unlikeEqual: UnlikeDesign = {
  sizes: equalSizes(20, 10),
  gain: 0.1,
  worse: 0,
  scores: 'binary',
};
const unlikeWorse: UnlikeDesign = { ...unlikeEqual, sizes: equalSizes(30, 10), worse: 0.05 };
row(
  'equal in the mean and not alike on the holdout, equal on the guard, a lost cluster counted',
  promotionRate({ holdout: unlikeEqual, 'frozen:one': steady }, lostCounting, rounds),
  0,
  0.06,
);
row(
  'better on the holdout, at the border of the guard and not alike there, a lost cluster counted',
  promotionRate({ holdout: better, 'frozen:one': unlikeWorse }, lostCounting, rounds),
  0,
  0.06,
);

heading(
  'Fresh holdouts pooled over weeks, equal models: pools that promote, and that a weekly look would promote',
);
for (const largest of [1, 3]) {
  const design = { clusters: [8, 20], largest, discordance: 0.3, shared: 0.3, alike: 0.9 } as const;
  const pool = { windows: 104, difference: 0.15 };
  const pooled = {
    ...policy,
    guards: [],
    superiorityOn: POOLED_SUITE,
    assumedDiscordance: 0.3,
    pool,
  };
  const rates = simulateNullWeeks({ ...design, weeks: 2 * rounds }, pooled, seededRandom(11));
  const clusters = `clusters of ${largest === 1 ? '1' : `1 to ${largest}`}, ${rates.pools} pools`;
  row(
    `decided once, ${clusters}`,
    { rounds: rates.pools, yes: rates.promoted, methods: [] },
    0,
    0.06,
  );
  row(
    `looked at weekly, ${clusters}`,
    { rounds: rates.pools, yes: rates.peeked, methods: [] },
    0.06,
    1,
  );
}

heading('Power: lower bound above 0 for a true difference, beside what was computed');
const powered: readonly (readonly [correlation: number, SimulatedDesign])[] = [
  [
    0,
    {
      name: '400 x 1',
      sizes: equalSizes(400, 1),
      shared: 0,
      wins: 0.075,
      losses: 0.025,
      scores: 'binary',
    },
  ],
  [
    0,
    {
      name: '800 x 1',
      sizes: equalSizes(800, 1),
      shared: 0,
      wins: 0.1,
      losses: 0.06,
      scores: 'binary',
    },
  ],
  [
    0,
    {
      name: '300 x 1',
      sizes: equalSizes(300, 1),
      shared: 0,
      wins: 0.15,
      losses: 0.05,
      scores: 'binary',
    },
  ],
  [
    0,
    {
      name: '100 x 1',
      sizes: equalSizes(100, 1),
      shared: 0,
      wins: 0.1,
      losses: 0.02,
      scores: 'binary',
    },
  ],
  // Two samples of a cluster both answer as it does with a probability of shared².
  [
    0.09,
    {
      name: '60 x 5',
      sizes: equalSizes(60, 5),
      shared: 0.3,
      wins: 0.13,
      losses: 0.07,
      scores: 'binary',
    },
  ],
  [
    0.09,
    {
      name: '40 x 10',
      sizes: equalSizes(40, 10),
      shared: 0.3,
      wins: 0.15,
      losses: 0.08,
      scores: 'binary',
    },
  ],
];
for (const [correlation, design] of powered) {
  const { sizes, wins, losses } = design;
  const computed = powerOf(planOf(sizes, wins + losses, correlation), wins - losses);
  const rate = rateOf(design, rounds, ({ lower }) => lower > 0);
  const told = `${((wins - losses) * 100).toFixed(0)} points, computed ${(computed * 100).toFixed(1)}`;
  row(`${design.name}, ${told}`, rate, computed - slack(computed), computed + slack(computed));
}

heading('Power where a lost cluster is counted: lower bound above 0, beside what was computed');
/** As many evaluations are drawn for the power of samples in clusters (src/gate/cluster-power.ts). */
const DRAWN = 1000;
const lostCounted = [
  ['10 x 10', equalSizes(10, 10), 0.4, 0.2],
  ['10 x 10', equalSizes(10, 10), 0.6, 0.4],
  ['20 x 10', equalSizes(20, 10), 0.4, 0.2],
  ['60 x 5', equalSizes(60, 5), 0.2, 0.08],
  ['60 x 2', equalSizes(60, 2), 0.4, 0.2],
  ['114 x 3', equalSizes(114, 3), 0.2, 0.08],
  ['300 x 3', equalSizes(300, 3), 0.14, 0.04],
  ['1000 x 2', equalSizes(1000, 2), 0.08, 0.02],
  ['60 of 1 and of 20', mixed, 0.4, 0.3],
] as const;
for (const [name, sizes, discordance, difference] of lostCounted) {
  const plan = { ...planOf(sizes, discordance, 0.3), unseen: 'lost' } as const;
  const computed = powerOf(plan, difference);
  const wins = (discordance + difference) / 2;
  const design: SimulatedDesign = {
    ...{ name, sizes, shared: Math.sqrt(0.3), scores: 'binary' },
    ...{ wins, losses: discordance - wins },
  };
  const draw = (random: RandomSource): readonly PairedScore[] => simulateScores(design, random);
  const isAbove = ({ lower }: Comparison): boolean => lower > 0;
  const rate = rateOfDrawn(draw, rounds, isAbove, { rules: LOST_CLUSTER_RULES });
  const plain = rateOfDrawn(draw, rounds, isAbove);
  const within = 3 * Math.sqrt(computed * (1 - computed) * (1 / rounds + 1 / DRAWN));
  const told =
    `${Math.round(discordance * 100)} % discordant, ${Math.round(difference * 100)} points, ` +
    `computed ${(computed * 100).toFixed(1)} (by default ${((100 * plain.yes) / plain.rounds).toFixed(1)})`;
  row(`${name}, ${told}`, rate, Math.max(0, computed - within - 1 / rounds), computed + within);
}

heading('Power: equal models within a margin, beside what was computed');
const singles = [
  [100, 0.1, 0.09],
  [400, 0.1, 0.04],
  [178, 0.2, 0.1],
] as const;
for (const [count, discordance, margin] of singles) {
  marginRow({ name: `${count} x 1`, sizes: equalSizes(count, 1), shared: 0 }, discordance, margin);
}
const oneToFifteen = Array.from({ length: 200 }, (_, index) => 1 + ((index * 7919) % 15));
const clustered = [
  ['20 x 10', equalSizes(20, 10), 0.3, 0.15],
  ['30 x 10', equalSizes(30, 10), 0.1, 0.1],
  ['60 x 2', equalSizes(60, 2), 0.3, 0.15],
  ['60 x 10', equalSizes(60, 10), 0.1, 0.05],
  ['60 x 10', equalSizes(60, 10), 0.3, 0.15],
  ['100 x 5', equalSizes(100, 5), 0.1, 0.05],
  ['60 of 1 and of 20', mixed, 0.1, 0.1],
  ['60 unequal', unequalSizes(60, 10), 0.3, 0.2],
  ['12 unequal', unequalSizes(12, 10), 0.3, 0.4],
  ['10 x 10', equalSizes(10, 10), 0.3, 0.3],
  ['30 unequal', unequalSizes(30, 10), 0.1, 0.2],
  ['200 of 1 to 15', oneToFifteen, 0.1, 0.05],
  ['100 x 5', equalSizes(100, 5), 0.02, 0.03],
] as const;
for (const [name, sizes, discordance, margin] of clustered) {
  marginRow({ name, sizes, shared: 0.55 }, discordance, margin, DRAWN);
}

/** `drawn`: of how many drawn evaluations the computed power is a share; none where it is no share of any. */
function marginRow(
  { name, sizes, shared }: Pick<SimulatedDesign, 'name' | 'sizes' | 'shared'>,
  discordance: number,
  margin: number,
  drawn = Infinity,
): void {
  const half = { wins: discordance / 2, losses: discordance / 2 };
  const computed = marginPower(planOf(sizes, discordance, shared ** 2), margin);
  const design: SimulatedDesign = { name, sizes, shared, ...half, scores: 'binary' };
  const rate = rateOf(design, rounds, ({ lower }) => lower > -margin);
  const within = 3 * Math.sqrt(computed * (1 - computed) * (1 / rounds + 1 / drawn));
  row(
    `${name}, ${Math.round(discordance * 100)} % discordant, margin ${margin}, computed ${(computed * 100).toFixed(1)}`,
    rate,
    Math.max(0, computed - within),
    computed + within,
  );
}

process.exitCode = isOff ? 1 : 0;

function planOf(sizes: readonly number[], discordance: number, correlation: number): PowerPlan {
  return powerPlan(sizes, { discordance, correlation, alpha: 0.05 });
}
