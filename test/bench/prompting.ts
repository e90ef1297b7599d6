import type { GatePolicy, PairedScore } from '../../src/domain/gate.js';
import { promptingVerdict, type PromptingVerdict } from '../../src/gate/prompting.js';
import { summariseSuite } from '../../src/gate/summarise.js';
import { createRandom } from '../support/random.js';

/**
 * How often a week is told that training bought more than a prompt, or that prompting would have done, by simulation:
 * `npm run bench:prompting [-- ROUNDS]`, 300 rounds unless said otherwise.
 */
const rounds = Number(process.argv[2] ?? 300);
const random = createRandom(1);

const POLICY: GatePolicy = {
  superiorityOn: 'holdout',
  alpha: 0.05,
  minimumDifference: 0.01,
  maximumMissing: 0.02,
  guards: [],
  prompting: { examples: [2, 8, 32], maximumTokens: 8000, margin: 0.02 },
};

/** Shares of samples that models are right on, and how many of their answers follow a sample's difficulty. */
interface World {
  readonly count: number;
  readonly candidate: number;
  readonly rivals: readonly [number, number, number];
  readonly correlated: number;
}

const CHAMPION = 0.6;

const worlds: readonly World[] = [
  { count: 200, candidate: 0.4, rivals: [0.6, 0.6, 0.6], correlated: 0.8 },
  { count: 200, candidate: 0.8, rivals: [0.8, 0.8, 0.8], correlated: 0.8 },
  { count: 200, candidate: 0.8, rivals: [0.7, 0.8, 0.5], correlated: 0.8 },
  { count: 400, candidate: 0.82, rivals: [0.8, 0.8, 0.8], correlated: 0.9 },
  { count: 400, candidate: 0.8, rivals: [0.7, 0.8, 0.5], correlated: 0.95 },
  { count: 1000, candidate: 0.8, rivals: [0.7, 0.8, 0.5], correlated: 0.95 },
  { count: 200, candidate: 0.8, rivals: [0.7, 0.85, 0.5], correlated: 0.8 },
  { count: 400, candidate: 0.8, rivals: [0.7, 0.85, 0.5], correlated: 0.8 },
  { count: 200, candidate: 0.85, rivals: [0.7, 0.8, 0.5], correlated: 0.8 },
  { count: 400, candidate: 0.85, rivals: [0.7, 0.8, 0.5], correlated: 0.8 },
  { count: 200, candidate: 0.9, rivals: [0.7, 0.8, 0.5], correlated: 0.8 },
];

function scoreOf(index: number, { candidate, rivals, correlated }: World): PairedScore {
  const difficulty = random();
  const right = (share: number): number =>
    Number((random() < correlated ? difficulty : random()) < share);
  const [two, eight, many] = rivals;
  return {
    sampleId: `s${index}`,
    cluster: `s${index}`,
    clean: true,
    decisive: true,
    champion: right(CHAMPION),
    candidate: right(candidate),
    rivals: { 2: right(two), 8: right(eight), 32: right(many) },
  };
}

console.log('| n | candidate | rivals | correlated | training | prompting | open |');
console.log('| --- | --- | --- | --- | --- | --- | --- |');
for (const world of worlds) {
  const told: Record<PromptingVerdict['kind'], number> = { training: 0, prompting: 0, open: 0 };
  for (let round = 0; round < rounds; round += 1) {
    const scores = Array.from({ length: world.count }, (_, index) => scoreOf(index, world));
    const verdict = promptingVerdict(summariseSuite('holdout', scores, {}, POLICY), POLICY);
    if (verdict !== null) told[verdict.kind] += 1;
  }
  const percent = (share: number): string => (share * 100).toFixed(0);
  const rates = Object.values(told).map((amount) => ((100 * amount) / rounds).toFixed(1));
  const { count, candidate, rivals, correlated } = world;
  const cells = [count, percent(candidate), rivals.map(percent).join(', '), percent(correlated)];
  console.log(`| ${[...cells, ...rates].join(' | ')} |`);
}
