import { createRandom } from '../support/random.js';
import {
  carryOut,
  DIALECTS,
  everyDeath,
  LISTINGS,
  randomSchedule,
  type Schedule,
  type Verdict,
} from './job-schedules.js';

/** What a matrix came to. */
export interface MatrixReport {
  readonly runs: number;
  readonly deaths: number;
  readonly requests: number;
  readonly parked: number;
  readonly adopted: number;
  readonly retried: number;
  /** What was wrong, with the schedule that did it. */
  readonly wrong: readonly string[];
}

/** One worker death at every step of a run, for each protocol and listing given. */
export async function deathsEverywhere(
  names: readonly string[],
  listings: readonly string[] = Object.keys(LISTINGS),
): Promise<MatrixReport> {
  const schedules: Schedule[] = [];
  for (const dialect of DIALECTS.filter(({ name }) => names.includes(name))) {
    for (const listing of listings) {
      for (const deaths of await everyDeath(dialect, listing)) {
        schedules.push({ dialect, listing, deaths, isDoubled: false, faults: [] });
      }
    }
  }
  return report(schedules, () => 0.5);
}

/** The server dies before and after every step that it takes part in. */
export function serverDeathsEverywhere(names: readonly string[]): Promise<MatrixReport> {
  const schedules = DIALECTS.filter(({ name }) => names.includes(name)).flatMap((dialect) =>
    Object.keys(LISTINGS).flatMap((listing) =>
      (['files', 'upload', 'create', 'list', 'read'] as const).flatMap((step) =>
        (['before', 'after'] as const).map((when): Schedule => {
          const faults = [[step, { kind: 'killed', when }]] as const;
          return { dialect, listing, deaths: [], isDoubled: false, faults };
        }),
      ),
    ),
  );
  return report(schedules, () => 0.5);
}

/** Schedules by chance, the same for the same seed. */
export function randomSchedules(count: number, seed: number): Promise<MatrixReport> {
  const random = createRandom(seed);
  return report(
    Array.from({ length: count }, () => randomSchedule(random)),
    createRandom(seed + 1),
  );
}

async function report(schedules: readonly Schedule[], random: () => number): Promise<MatrixReport> {
  const verdicts: Verdict[] = [];
  const wrong: string[] = [];
  for (const schedule of schedules) {
    const verdict = await carryOut(schedule, random);
    verdicts.push(verdict);
    const what = { ...schedule, dialect: schedule.dialect.name };
    for (const problem of verdict.wrong) wrong.push(`${problem}: ${JSON.stringify(what)}`);
  }
  const sum = (of: (verdict: Verdict) => number): number =>
    verdicts.reduce((total, verdict) => total + of(verdict), 0);
  const resolved = (kind: string) => (verdict: Verdict) =>
    verdict.run?.resolutions.filter((each) => each === kind).length ?? 0;
  return {
    runs: schedules.length,
    deaths: sum((verdict) => verdict.run?.deaths ?? 0),
    requests: sum(({ requests }) => requests),
    parked: sum((verdict) => ((verdict.run?.parks.length ?? 0) > 0 ? 1 : 0)),
    adopted: sum(resolved('adopt')),
    retried: sum(resolved('retry')),
    wrong,
  };
}
