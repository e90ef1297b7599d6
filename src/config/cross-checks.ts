import { z } from 'zod';
import { POOLED_SUITE } from '../domain/pool.js';
import { approvalProblems } from './approval-problems.js';
import { judgeProblems } from './judge-problems.js';
import { poolProblems } from './pool-problems.js';
import { priceProblems } from './price-problems.js';
import type { Problem } from './problems.js';
import { providerProblems } from './provider-problems.js';
import { resultsProblems } from './results-problems.js';

const HOLDOUT = 'holdout';
const FROZEN = 'frozen:';
const PIN_FIRST = 'freeze and pin it first: `holdfast evals freeze FILE --name NAME --pin`';

/** Whether the suites that a file names have to be among its eval sets, or are on their way there. */
export type Suites = 'pinned' | 'being-pinned';

const namedSuites = z.array(z.object({ suite: z.string() }).catch({ suite: HOLDOUT })).catch([]);

/** Only what the checks across sections read; whatever is malformed is read as absent and reported elsewhere. */
const looseSchema = z.object({
  evals: z.array(z.object({ name: z.string() }).catch({ name: '' })).catch([]),
  train: z
    .object({
      pricePerMillionTokens: z.number().catch(0),
      hyperparameters: z.record(z.string(), z.unknown()).catch({}),
      provider: z.unknown(),
      baseURL: z.unknown(),
      account: z.unknown(),
      command: z.unknown(),
      deploy: z.unknown(),
      from: z.unknown(),
      replay: z.unknown(),
    })
    .partial()
    .optional()
    .catch(undefined),
  chat: z.object({ baseURL: z.unknown() }).partial().catch({}),
  gate: z
    .object({
      superiorityOn: z.string().optional().catch(undefined),
      guards: namedSuites,
      safety: namedSuites,
      fairness: namedSuites,
    })
    .catch({ guards: [], safety: [], fairness: [] }),
});

/**
 * What is wrong between sections of a file, found even where a section by itself is wrong too. A file whose
 * eval sets are about to be pinned may name suites that are not there yet.
 */
export function crossProblems(raw: unknown, suites: Suites = 'pinned'): readonly Problem[] {
  const { data } = looseSchema.safeParse(raw);
  if (data === undefined) return [];
  const names = data.evals.map((set) => set.name);
  const problems: Problem[] = [];
  names.forEach((name, index) => {
    if (name !== '' && names.indexOf(name) !== index) {
      problems.push({
        path: ['evals', index, 'name'],
        message: 'another eval set has this name',
      });
    }
  });
  problems.push(...approvalProblems(raw), ...judgeProblems(raw), ...poolProblems(raw));
  problems.push(...resultsProblems(raw), ...priceProblems(raw));
  if (data.train !== undefined) {
    problems.push(...epochProblems(data.train), ...providerProblems(data.train, data.chat));
  }
  if (suites === 'being-pinned') return problems;
  const { superiorityOn, guards, safety, fairness } = data.gate;
  if (superiorityOn !== undefined) {
    const path = ['gate', 'superiorityOn'];
    problems.push(...suiteProblems(superiorityOn, path, names, [HOLDOUT, POOLED_SUITE]));
  }
  guards.forEach(({ suite }, index) => {
    problems.push(...suiteProblems(suite, ['gate', 'guards', index, 'suite'], names));
  });
  fairness.forEach(({ suite }, index) => {
    problems.push(...suiteProblems(suite, ['gate', 'fairness', index, 'suite'], names));
  });
  safety.forEach(({ suite }, index) => {
    problems.push(...suiteProblems(suite, ['gate', 'safety', index, 'suite'], names));
  });
  return problems;
}

function suiteProblems(
  suite: string,
  path: readonly PropertyKey[],
  names: readonly string[],
  others: readonly string[] = [HOLDOUT],
): readonly Problem[] {
  const frozen = [...new Set(names)].filter((name) => name !== '').map((name) => FROZEN + name);
  const known = [...others, ...frozen];
  if (known.includes(suite)) return [];
  const how = suite.startsWith(FROZEN) ? `; ${PIN_FIRST}` : '';
  return [{ path, message: `no such suite; there are ${known.join(', ')}${how}` }];
}

/** A host that chooses the number of passes itself may choose many, and then no estimate bounds the bill. */
function epochProblems(train: {
  readonly pricePerMillionTokens?: number | undefined;
  readonly hyperparameters?: Readonly<Record<string, unknown>> | undefined;
}): readonly Problem[] {
  const epochs = train.hyperparameters?.['n_epochs'];
  const isBounded = typeof epochs === 'number' && epochs > 0;
  if ((train.pricePerMillionTokens ?? 0) === 0 || isBounded) return [];
  return [
    {
      path: ['train', 'hyperparameters', 'n_epochs'],
      message: 'expected a number of passes, since each is paid for; train.maximumCost rests on it',
    },
  ];
}
