import { parseArgs } from 'node:util';
import type { Decision, GatePolicy } from '../../src/domain/gate.js';
import { decideBetween, trainOn, unchangedWeek } from '../support/unchanged-week.js';
import { figuresTable } from './figures-table.js';

const HELP = `npm run bench:no-change [-- options]: weeks in which nothing changes but the training seed.

  --seeds 100          how many candidates are trained
  --json               one JSON object, and nothing else

Champion and candidates are trained on the same mails by the demo's trainer. What is counted is how often the gate
promotes a candidate that is no better, with superiority on the frozen set, as the demo has it, and on the holdout.
`;

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      seeds: { type: 'string', default: '100' },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) return void process.stdout.write(HELP);
  const week = await unchangedWeek();
  const champion = trainOn(week, 0);
  const policies: Readonly<Record<string, GatePolicy>> = {
    frozen: week.policy,
    holdout: { ...week.policy, superiorityOn: 'holdout' },
  };
  const counts = Object.fromEntries(
    Object.keys(policies).map((name) => [name, { promote: 0, hold: 0, inconclusive: 0 }]),
  ) as Record<string, Record<Decision, number>>;
  const differences: number[] = [];
  for (let seed = 1; seed <= Number(values.seeds); seed += 1) {
    const candidate = trainOn(week, seed);
    for (const [name, policy] of Object.entries(policies)) {
      const { result, suites } = decideBetween(week, champion, candidate, policy);
      const count = counts[name];
      if (count !== undefined) count[result.decision] += 1;
      if (name === 'frozen') differences.push(suites[0]?.clean?.difference ?? 0);
    }
  }
  const same = decideBetween(week, champion, trainOn(week, 0));
  const points = (difference: number): number => Math.round(difference * 10_000) / 100;
  const figures = {
    trainedOn: week.training.length,
    samples: Object.fromEntries([...week.suites].map(([name, { length }]) => [name, length])),
    seeds: Number(values.seeds),
    decisions: counts,
    pointsOnTheFrozenSet: {
      least: points(Math.min(...differences)),
      most: points(Math.max(...differences)),
    },
    sameSeed: {
      decision: same.result.decision,
      points: same.suites.map(({ clean }) => points(clean?.difference ?? NaN)).join(', '),
    },
  };
  process.stdout.write(values.json ? `${JSON.stringify(figures)}\n` : figuresTable(figures));
}

await main();
