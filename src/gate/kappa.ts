import { clopperPearson } from './binomial.js';
import { normalQuantile } from './normal.js';

/** What was preferred of two answers. */
export const PREFERENCES = ['first', 'second', 'tie'] as const;
export type Preference = (typeof PREFERENCES)[number];

/** How often people said one thing (rows) and a judge another (columns), in the order of `PREFERENCES`. */
export type AgreementTable = readonly (readonly number[])[];

/** How far a judge agrees with people. */
export interface Agreement {
  readonly count: number;
  /** Share of pairs on which both say the same. */
  readonly observed: number;
  /** The same of two who say each as often, and know nothing of the answers. */
  readonly byChance: number;
  /** Cohen's kappa; `null` where one of the answers is all that anybody ever gave. */
  readonly kappa: number | null;
  /** Its bound from below, one-sided at 1 − alpha. */
  readonly lower: number | null;
}

/** Counts pairs by what people and the judge prefer. */
export function agreementTable(
  pairs: readonly (readonly [people: Preference, judge: Preference])[],
): AgreementTable {
  return PREFERENCES.map((said) =>
    PREFERENCES.map(
      (judged) => pairs.filter(([people, judge]) => people === said && judge === judged).length,
    ),
  );
}

/**
 * Cohen's kappa (1960), κ = (p_o − p_e) / (1 − p_e), bounded by its large-sample error (Fleiss, Cohen and Everitt 1969):
 *
 *     n (1 − p_e)⁴ Var κ = Σ_i p_ii [(1 − p_e) − (p_·i + p_i·)(1 − p_o)]²
 *                          + (1 − p_o)² Σ_{i≠j} p_ij (p_·i + p_j·)² − (p_o p_e − 2 p_e + p_o)²
 *
 * That is 0 where they always say the same, however few pairs there are; there the exact bound of p_o counts (Clopper and
 * Pearson).
 *
 * @throws RangeError for a table without any pairs
 */
export function agreementOf(table: AgreementTable, alpha: number): Agreement {
  const count = sumOf(table.flat());
  if (count === 0) throw new RangeError('nobody compared anything');
  const shares = table.map((row) => row.map((cell) => cell / count));
  const rows = shares.map(sumOf);
  const columns = shares.map((_, at) => sumOf(shares.map((row) => row[at] ?? 0)));
  const observed = sumOf(shares.map((row, at) => row[at] ?? 0));
  const byChance = sumOf(rows.map((share, at) => share * (columns[at] ?? 0)));
  if (byChance >= 1) return { count, observed, byChance, kappa: null, lower: null };
  const kappa = (observed - byChance) / (1 - byChance);
  let spread = -((observed * byChance - 2 * byChance + observed) ** 2);
  shares.forEach((row, i) =>
    row.forEach((share, j) => {
      const weight = (columns[i] ?? 0) + (rows[j] ?? 0);
      const part = i === j ? 1 - byChance - weight * (1 - observed) : weight * (1 - observed);
      spread += share * part ** 2;
    }),
  );
  const error = Math.sqrt(Math.max(0, spread) / count) / (1 - byChance) ** 2;
  const lower =
    observed >= 1
      ? (clopperPearson(count, count, alpha).lower - byChance) / (1 - byChance)
      : kappa - normalQuantile(1 - alpha) * error;
  return { count, observed, byChance, kappa, lower };
}

function sumOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0);
}
