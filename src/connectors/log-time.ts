/** Numbers below this are seconds since 1970, others milliseconds: as milliseconds it is March 1973. */
const SECONDS_BELOW = 100_000_000_000;

/**
 * A log's time as ISO 8601 in UTC, or `null`. Seconds or milliseconds since 1970, or a text as ISO 8601 has
 * it; one without a zone (`2018-10-29 03:32:08.296000`) is UTC.
 */
export function readLogTime(value: unknown): string | null {
  if (typeof value === 'number') return fromMs(value < SECONDS_BELOW ? value * 1000 : value);
  if (typeof value !== 'string') return null;
  const text = value.trim();
  if (/^\d+(?:\.\d+)?$/u.test(text)) return readLogTime(Number(text));
  const match =
    /^(\d{4}-\d{2}-\d{2})(?:[T ](\d{2}:\d{2}(?::\d{2})?)(?:[.,](\d{1,9}))?)?\s*(Z|[+-]\d{2}:?\d{2})?$/iu.exec(
      text,
    );
  if (match === null) return null;
  const [, day = '', clock = '00:00', fraction = '', zone = 'Z'] = match;
  const millis = fraction === '' ? '' : `.${fraction.slice(0, 3).padEnd(3, '0')}`;
  const seconds = clock.length === 5 ? `${clock}:00` : clock;
  const offset = /^[+-]\d{4}$/u.test(zone)
    ? `${zone.slice(0, 3)}:${zone.slice(3)}`
    : zone.toUpperCase();
  return fromMs(Date.parse(`${day}T${seconds}${millis}${offset}`));
}

function fromMs(ms: number): string | null {
  const date = new Date(ms);
  return Number.isNaN(date.getTime()) ? null : date.toISOString();
}
