import assert from 'node:assert/strict';
import type { JobHost } from '../../src/domain/fine-tuning.js';
import { createFireworksHost } from '../../src/providers/fireworks.js';
import { createNebiusHost } from '../../src/providers/nebius.js';
import { createOpenAICompatibleHost } from '../../src/providers/openai-compatible.js';
import { createTogetherHost } from '../../src/providers/together.js';
import { runDisturbed, type DisturbedRun } from '../support/providers/disturbed-run.js';
import { FIREWORKS_ACCOUNT, fireworksProtocol } from '../support/providers/fireworks-server.js';
import {
  paidJobs,
  SERVER_KEY,
  startJobServer,
  type Fault,
  type JobServer,
  type Protocol,
  type ServerHabits,
  type Step,
} from '../support/providers/job-server.js';
import { NEBIUS_SERVED_BASE, nebiusProtocol } from '../support/providers/nebius-server.js';
import { openaiProtocol } from '../support/providers/openai-server.js';
import { togetherProtocol } from '../support/providers/together-server.js';
import { createWorldClock, type Death, type WorldClock } from '../support/providers/world.js';

/** A protocol with the adapter for it. */
export interface Dialect {
  readonly name: string;
  readonly protocol: Protocol;
  readonly open: (baseURL: string, clock: WorldClock, through: typeof fetch) => JobHost;
}

const key = SERVER_KEY;
export const DIALECTS: readonly Dialect[] = [
  {
    name: 'openai-compatible',
    protocol: openaiProtocol,
    open: (baseURL, _clock, through) =>
      createOpenAICompatibleHost({ baseURL, key, fetch: through }),
  },
  {
    name: 'nebius',
    protocol: nebiusProtocol,
    open: (baseURL, { sleep }, through) =>
      createNebiusHost({
        baseURL,
        key,
        fetch: through,
        sleep,
        servedBaseModel: NEBIUS_SERVED_BASE,
      }),
  },
  {
    name: 'together',
    protocol: togetherProtocol,
    open: (baseURL, _clock, through) => createTogetherHost({ baseURL, key, fetch: through }),
  },
  {
    name: 'fireworks',
    protocol: fireworksProtocol,
    open: (baseURL, { sleep }, through) =>
      createFireworksHost({ baseURL, key, fetch: through, account: FIREWORKS_ACCOUNT, sleep }),
  },
];

/** How the provider's listing behaves. */
export const LISTINGS: Readonly<Record<string, Partial<ServerHabits>>> = {
  prompt: {},
  'ignores the filter': { ignoresFilter: true },
  '20 s late': { listDelayMs: 20_000 },
  silent: { isSilent: true },
  'without run keys': { forgets: true },
};

/** Everything that happens to a run. */
export interface Schedule {
  readonly dialect: Dialect;
  readonly listing: string;
  readonly deaths: readonly (Death | null)[];
  readonly isDoubled: boolean;
  readonly faults: readonly (readonly [Step, Fault])[];
}

/** What a schedule came to: a run that ended right, or what was wrong. */
export interface Verdict {
  readonly run: DisturbedRun | null;
  readonly wrong: readonly string[];
  readonly requests: number;
}

/** Carries a schedule out against a server of its own and holds the end against what was promised. */
export async function carryOut(schedule: Schedule, random: () => number): Promise<Verdict> {
  const clock = createWorldClock(random);
  const habits = LISTINGS[schedule.listing] ?? {};
  const server = await startJobServer(schedule.dialect.protocol, { now: clock.now, ...habits });
  for (const [step, fault] of schedule.faults) server.fail(step, fault);
  try {
    const open = (through: typeof fetch): JobHost =>
      schedule.dialect.open(server.baseURL, clock, through);
    const run = await runDisturbed(server, clock, open, schedule);
    // Requests that were still on their way arrive, and change nothing any more.
    await clock.advance(3_600_000);
    return { run, wrong: wrongWith(run, server, schedule), requests: server.seen.length };
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    return { run: null, wrong: [`did not end: ${message}`], requests: server.seen.length };
  } finally {
    await server.close();
  }
}

function wrongWith(run: DisturbedRun, { state }: JobServer, schedule: Schedule): readonly string[] {
  const wrong: string[] = [];
  const paid = paidJobs(state);
  if (paid.length !== 1) wrong.push(`${paid.length} jobs are paid for`);
  const isDoubled = schedule.faults.some(([, { kind }]) => kind === 'doubled');
  if (state.jobs.length !== 1 && !isDoubled) wrong.push(`${state.jobs.length} jobs were made`);
  if (run.ended.kind !== 'succeeded') wrong.push(`it ended as ${run.ended.kind}`);
  else if (!run.ended.modelId.includes(paid[0]?.id ?? 'no job'))
    wrong.push('it took another model');
  const isShown = !['silent', 'without run keys'].includes(schedule.listing);
  if (isShown && run.resolutions.includes('adopt')) {
    wrong.push('it was parked although the listing showed the job');
  }
  return wrong;
}

/** Deaths at every operation of each worker of an undisturbed run, before, during and after it. */
export async function everyDeath(
  dialect: Dialect,
  listing: string,
): Promise<readonly (readonly (Death | null)[])[]> {
  const calm = { dialect, listing, deaths: [], isDoubled: false, faults: [] };
  const { run, wrong } = await carryOut(calm, () => 0.5);
  assert.deepEqual(wrong, []);
  return (run?.operations ?? []).flatMap((operations, worker) =>
    operations.flatMap((_, index) =>
      (['before', 'during', 'after'] as const).map((when) => [
        ...Array.from({ length: worker }, () => null),
        { operation: index + 1, when, flightMs: 45_000 },
      ]),
    ),
  );
}

const STEPS: readonly Step[] = ['files', 'upload', 'create', 'list', 'read'];
const WHENS = ['before', 'during', 'after'] as const;

/** A schedule by chance: up to five deaths and five faults, in any protocol, with any listing. */
export function randomSchedule(random: () => number): Schedule {
  const among = <T>(items: readonly T[]): T => {
    const item = items[Math.floor(random() * items.length)];
    assert.ok(item !== undefined);
    return item;
  };
  const count = (most: number): number => Math.floor(random() * (most + 1));
  const deaths = Array.from({ length: count(5) }, () => ({
    operation: 1 + count(24),
    when: among(WHENS),
    flightMs: Math.floor(random() * 60_000),
  }));
  const faults = Array.from(
    { length: count(5) },
    () => [among(STEPS), faultOf(among, random)] as const,
  );
  return {
    dialect: among(DIALECTS),
    listing: among(Object.keys(LISTINGS)),
    deaths,
    isDoubled: random() < 0.3,
    faults,
  };
}

function faultOf(among: <T>(items: readonly T[]) => T, random: () => number): Fault {
  const when = among(['before', 'after'] as const);
  return among<Fault>([
    { kind: 'lost', when },
    { kind: 'killed', when },
    { kind: 'error', when, status: among([500, 502, 503, 408]) },
    {
      kind: 'error',
      when: 'before',
      status: 429,
      code: 'rate_limit_exceeded',
      headers: random() < 0.5 ? { 'retry-after': '3' } : {},
    },
    { kind: 'error', when: 'before', status: 402 },
  ]);
}
