import { readLogTime } from '../connectors/log-time.js';
import { ConfigError, DataError } from '../domain/errors.js';
import { fieldOf } from '../formats/dataset-row.js';
import { placeOf, type RowPlace } from './dataset-options.js';

/** Which of two duplicates survives: the longer, the first in the order of the files, or by a column. */
export type KeepRule =
  | { readonly kind: 'longest' | 'first' }
  | { readonly kind: 'newest' | 'quality'; readonly field: string };

/** What decided: a rule as it was written, or, where none of them did, the hash of the content, or the place. */
export type KeepReason = string;

/** What the rules go by: a row's place is its number. */
export interface RankedRows {
  /** UTF-16 units of prompt and answer. */
  readonly lengths: Uint32Array;
  /** The values of the columns that rules name, row by row. */
  readonly ranks: Float64Array;
}

const RULES = 'longest, first, newest:COLUMN or quality:COLUMN';

/**
 * `quality:score,longest` as rules.
 * @throws ConfigError for what is none, or is there twice.
 */
export function parseKeep(text: string): readonly KeepRule[] {
  const names = text.split(',').map((name) => name.trim());
  if (new Set(names).size < names.length)
    throw new ConfigError(`--keep ${text} says one rule twice`);
  return names.map((name): KeepRule => {
    if (name === 'longest' || name === 'first') return { kind: name };
    const [, kind, field] = /^(newest|quality):(.+)$/u.exec(name) ?? [];
    if (field !== undefined) return { kind: kind === 'newest' ? 'newest' : 'quality', field };
    throw new ConfigError(`--keep ${name} is not understood; it is ${RULES}`);
  });
}

/** A rule as it was written. */
export function ruleName(rule: KeepRule): string {
  return 'field' in rule ? `${rule.kind}:${rule.field}` : rule.kind;
}

/**
 * The values of the columns that rules name, the higher the better; a row without one survives none that has it.
 * @throws DataError `row-shape` where a column holds no time or no number.
 */
export function ranksOf(
  row: Readonly<Record<string, unknown>>,
  rules: readonly KeepRule[],
  place: RowPlace,
): readonly number[] {
  return rules.flatMap((rule) => {
    if (!('field' in rule)) return [];
    const value = fieldOf(row, rule.field) ?? null;
    const rank = value === null ? -Infinity : rankOf(rule.kind, value);
    if (rank !== null) return [rank];
    const what = rule.kind === 'newest' ? 'time' : 'number';
    throw new DataError(
      'row-shape',
      `${placeOf(place)} has no ${what} in its column ${rule.field}`,
    );
  });
}

function rankOf(kind: 'newest' | 'quality', value: unknown): number | null {
  if (kind === 'newest') {
    const time = readLogTime(value);
    return time === null ? null : Date.parse(time);
  }
  const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
  return typeof number === 'number' && Number.isFinite(number) ? number : null;
}

/** The order in which rows survive, and why one survived another. */
export interface KeepOrder {
  /** Negative where row `a` survives row `b`, 0 where no rule tells them apart. */
  readonly compare: (a: number, b: number) => number;
  readonly reason: (kept: number, dropped: number) => KeepReason;
}

export function keepOrder(rules: readonly KeepRule[], { lengths, ranks }: RankedRows): KeepOrder {
  const width = rules.filter((rule) => 'field' in rule).length;
  let column = 0;
  const comparisons = rules.map((rule): ((a: number, b: number) => number) => {
    if (rule.kind === 'first') return (a, b) => a - b;
    if (rule.kind === 'longest') return (a, b) => (lengths[b] ?? 0) - (lengths[a] ?? 0);
    const own = column;
    column += 1;
    return (a, b) => higherFirst(ranks[a * width + own] ?? 0, ranks[b * width + own] ?? 0);
  });
  return {
    compare(a, b) {
      for (const comparison of comparisons) {
        const order = comparison(a, b);
        if (order !== 0) return order;
      }
      return 0;
    },
    reason(kept, dropped) {
      const decisive = rules.find((_, index) => comparisons[index]?.(kept, dropped) !== 0);
      return decisive === undefined ? 'hash' : ruleName(decisive);
    },
  };
}

/**
 * What a column says that no row has is nothing: most likely its name is wrong.
 * @throws ConfigError naming it.
 */
export function requireRanked(rules: readonly KeepRule[], ranks: Float64Array): void {
  const ranked = rules.filter((rule) => 'field' in rule);
  ranked.forEach((rule, column) => {
    const isThere = ranks.some(
      (rank, index) => index % ranked.length === column && rank !== -Infinity,
    );
    if (isThere || ranks.length === 0) return;
    throw new ConfigError(
      `--keep ${ruleName(rule)} goes by a column that no row has; check its name`,
    );
  });
}

function higherFirst(a: number, b: number): number {
  return a === b ? 0 : a > b ? -1 : 1;
}
