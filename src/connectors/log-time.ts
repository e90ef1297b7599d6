import { instantMs } from '../domain/instant.js';

/** Numbers below are seconds (until the year 5138), from here on milliseconds. */
const FIRST_MILLISECONDS = 100_000_000_000;
/** 9999-12-31T23:59:59.999Z */
const LAST_INSTANT = 253_402_300_799_999;

const ISO =
  /^(\d{4})-(\d{2})-(\d{2})(?:[T ](\d{2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,9}))?)?\s?(Z|[+-]\d{2}(?::?\d{2})?)?)?$/i;

/**
 * A log's time as ISO 8601 in UTC with milliseconds, or `null` where it is none: ISO 8601 with `T` or a
 * space (UTC where it names no zone, midnight where it is a date), or seconds or milliseconds since 1970,
 * as a number or as digits.
 *
 * `2018-10-29 03:32:08.296000` is `2018-10-29T03:32:08.296Z`, `1540783928` is `2018-10-29T03:32:08.000Z`.
 */
export function readLogTime(value: unknown): string | null {
  if (typeof value === 'number') return fromEpoch(value);
  if (typeof value !== 'string') return null;
  // Most logs have times as they are wanted.
  if (!Number.isNaN(instantMs(value))) return value;
  const text = value.trim();
  return /^\d{9,14}(?:\.\d+)?$/.test(text) ? fromEpoch(Number(text)) : fromIso(text);
}

function fromEpoch(value: number): string | null {
  return instantOf(value < FIRST_MILLISECONDS ? value * 1_000 : value);
}

/** Milliseconds since 1970, rounded down, as ISO 8601, or `null` where no year of four digits has them. */
export function instantOf(value: number): string | null {
  const milliseconds = Math.floor(value);
  if (!Number.isFinite(milliseconds) || milliseconds < 0 || milliseconds > LAST_INSTANT)
    return null;
  return new Date(milliseconds).toISOString();
}

function fromIso(text: string): string | null {
  const match = ISO.exec(text);
  if (match === null) return null;
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = match
    .slice(1, 7)
    .map((part) => Number(part ?? 0));
  const millisecond = Number((match[7] ?? '').slice(0, 3).padEnd(3, '0'));
  const local = new Date(0);
  local.setUTCFullYear(year, month - 1, day);
  local.setUTCHours(hour, minute, second, millisecond);
  const isReal = local.getUTCMonth() === month - 1 && hour < 24 && minute < 60 && second < 60;
  const offset = offsetMinutes(match[8] ?? 'Z');
  if (!isReal || offset === null) return null;
  const instant = local.getTime() - offset * 60_000;
  if (instant > LAST_INSTANT || new Date(instant).getUTCFullYear() < 0) return null;
  return new Date(instant).toISOString();
}

/** `+02:00`, `+0200` and `+02` are 120. */
function offsetMinutes(zone: string): number | null {
  if (zone.toUpperCase() === 'Z') return 0;
  const hours = Number(zone.slice(1, 3));
  const minutes = Number(zone.slice(3).replace(':', '') || 0);
  if (hours > 23 || minutes > 59) return null;
  return (zone.startsWith('-') ? -1 : 1) * (hours * 60 + minutes);
}
