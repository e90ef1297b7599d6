import { ConfigError } from './errors.js';

const DAY_MS = 86_400_000;
const WEEK_MS = 7 * DAY_MS;

/** A half-open stretch of time `[from, to)`, named by the ISO week it begins with. */
export interface Window {
  /** e.g. `2002-W33`. */
  readonly id: string;
  /** ISO 8601, a Monday 00:00 UTC. */
  readonly from: string;
  readonly to: string;
}

/** How windows are laid: `first` is where the chain begins, each window is `weeks` long. */
export interface WindowPlan {
  readonly first: string;
  readonly weeks: number;
}

/** `2002-W33` of the Monday it begins with, by ISO 8601's week date. */
export function isoWeekOf(timeMs: number): string {
  const day = new Date(timeMs);
  const monday = timeMs - ((day.getUTCDay() + 6) % 7) * DAY_MS;
  const thursday = new Date(monday + 3 * DAY_MS);
  const yearStart = Date.UTC(thursday.getUTCFullYear(), 0, 1);
  const week = Math.floor((thursday.getTime() - yearStart) / WEEK_MS) + 1;
  return `${String(thursday.getUTCFullYear()).padStart(4, '0')}-W${String(week).padStart(2, '0')}`;
}

/** Milliseconds of the Monday 00:00 UTC that an ISO week begins with. @throws ConfigError on a bad name. */
export function startOfIsoWeek(week: string): number {
  const match = /^(\d{4})-W(\d{2})$/.exec(week);
  const year = Number(match?.[1]);
  const number = Number(match?.[2]);
  if (match === null || number < 1 || number > 53) {
    throw new ConfigError(`"${week}" is no ISO week; write it like 2026-W07`);
  }
  const fourth = Date.UTC(year, 0, 4);
  const firstMonday = fourth - ((new Date(fourth).getUTCDay() + 6) % 7) * DAY_MS;
  const start = firstMonday + (number - 1) * WEEK_MS;
  if (isoWeekOf(start) !== week) throw new ConfigError(`the year ${year} has no week ${number}`);
  return start;
}

/** The plan's window number `index`, counted from 0. */
export function windowAt(plan: WindowPlan, index: number): Window {
  const from = startOfIsoWeek(plan.first) + index * plan.weeks * WEEK_MS;
  return {
    id: isoWeekOf(from),
    from: new Date(from).toISOString(),
    to: new Date(from + plan.weeks * WEEK_MS).toISOString(),
  };
}

/**
 * The number of the window that `id` names.
 * @throws ConfigError when the week begins no window, naming the nearest ones, or lies before the first.
 */
export function windowIndex(plan: WindowPlan, id: string): number {
  const distance = startOfIsoWeek(id) - startOfIsoWeek(plan.first);
  const index = distance / (plan.weeks * WEEK_MS);
  if (index < 0) throw new ConfigError(`window ${id} lies before the first, ${plan.first}`);
  if (!Number.isInteger(index)) {
    const before = windowAt(plan, Math.floor(index)).id;
    const after = windowAt(plan, Math.ceil(index)).id;
    throw new ConfigError(
      `no window begins with ${id}: windows are ${plan.weeks} weeks long from ${plan.first}; ` +
        `the nearest are ${before} and ${after}`,
    );
  }
  return index;
}

/**
 * The number of the last window that is over at `timeMs`, or -1 when none is.
 * The schedule's nominal time goes in here; the wall clock never does.
 */
export function lastWindowEndedBy(plan: WindowPlan, timeMs: number): number {
  return Math.floor((timeMs - startOfIsoWeek(plan.first)) / (plan.weeks * WEEK_MS)) - 1;
}
