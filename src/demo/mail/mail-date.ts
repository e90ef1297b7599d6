const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];

const DATE =
  /(\d{1,2})[ -]([A-Za-z]{3})[a-z]*[ -](\d{4}|\d{2})\s+(\d{1,2}):(\d{1,2})(?::(\d{1,2}))?/;

/** Two-digit years by RFC 5322, section 4.3. */
function fullYear(digits: string): number {
  const year = Number(digits);
  if (digits.length > 2) return year;
  return year < 50 ? 2000 + year : 1900 + year;
}

/**
 * The clock time of a Date header, read as UTC, or `null` where there is none. The zone is left out:
 * spammers' zones are often impossible (`0530`, `-1700`), and a week's border is not worth a guess.
 *
 * `Thu, 22 Aug 2002 18:26:25 +0700` is `2002-08-22T18:26:25.000Z`.
 */
export function parseMailDate(value: string): string | null {
  const match = DATE.exec(value);
  if (match === null) return null;
  const [, day = '', month = '', year = '', hour = '', minute = '', second = '0'] = match;
  const monthIndex = MONTHS.indexOf(month.toLowerCase());
  if (monthIndex === -1) return null;
  const parts = [Number(day), Number(hour), Number(minute), Number(second)] as const;
  const time = new Date(Date.UTC(fullYear(year), monthIndex, ...parts));
  const isSame = time.getUTCDate() === parts[0] && time.getUTCHours() === parts[1];
  return isSame ? time.toISOString() : null;
}
