import type { Example } from '../domain/record.js';

/**
 * Which rows may stay so that of all answers that are trained on those that the model wrote itself and nobody confirmed
 * are at most `maximumShare`: beside c others floor(c * share / (1 - share)). Rows go whole; one with an answer that
 * somebody confirmed always stays, and its others count. The digests of their contents choose, so that neither order
 * nor week does, and a row that stayed stays while the others grow.
 *
 * 90 confirmed answers and a share of 0.1 leave room for 10.
 */
export function capUnconfirmed(
  rows: readonly Example[],
  maximumShare: number,
): { readonly kept: readonly Example[]; readonly over: readonly Example[] } {
  const sizes = new Map(rows.map((row) => [row, answersOf(row)]));
  let confirmed = 0;
  let beside = 0;
  for (const size of sizes.values()) {
    confirmed += size.confirmed;
    if (size.confirmed > 0) beside += size.unconfirmed;
  }
  let room = Math.floor((confirmed * maximumShare) / (1 - maximumShare) + ROUNDING) - beside;
  const unconfirmed = rows.filter((row) => sizes.get(row)?.confirmed === 0).sort(byContent);
  const over = new Set<Example>();
  for (const row of unconfirmed) {
    const size = sizes.get(row)?.unconfirmed ?? 0;
    // Whoever comes after one that has no room has none either, however short it is.
    if (over.size > 0 || size > room) over.add(row);
    else room -= size;
  }
  return {
    kept: rows.filter((row) => !over.has(row)),
    over: rows.filter((row) => over.has(row)),
  };
}

/** 22 * 0.12 / 0.88 is a little less than 3 in binary fractions. */
const ROUNDING = 1e-9;

/** How many answers of a row are trained on, by whether somebody confirmed them. */
function answersOf({ answerOrigin, trained = [] }: Example): {
  readonly confirmed: number;
  readonly unconfirmed: number;
} {
  const origins = [answerOrigin, ...trained.map(({ origin }) => origin)];
  const unconfirmed = origins.filter((origin) => origin === 'model').length;
  return { confirmed: origins.length - unconfirmed, unconfirmed };
}

function byContent(a: Example, b: Example): number {
  const [one, other] = [`${a.contentDigest} ${a.id}`, `${b.contentDigest} ${b.id}`];
  return one < other ? -1 : one > other ? 1 : 0;
}
