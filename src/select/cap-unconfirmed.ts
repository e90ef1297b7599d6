import type { Example } from '../domain/record.js';

/**
 * Which rows may stay so that those that the model wrote itself and nobody confirmed are at most `maximumShare` of all
 * that stay: of c other rows beside them, floor(c * share / (1 - share)). The digests of their contents choose, so that
 * neither order nor week does, and a row that stayed stays while the others grow.
 *
 * 90 confirmed rows and a share of 0.1 leave room for 10.
 */
export function capUnconfirmed(
  rows: readonly Example[],
  maximumShare: number,
): { readonly kept: readonly Example[]; readonly over: readonly Example[] } {
  const unconfirmed = rows.filter(isUnconfirmed);
  const others = rows.length - unconfirmed.length;
  const room = Math.floor((others * maximumShare) / (1 - maximumShare) + ROUNDING);
  if (unconfirmed.length <= room) return { kept: rows, over: [] };
  const chosen = new Set(unconfirmed.sort(byContent).slice(0, room));
  return {
    kept: rows.filter((row) => !isUnconfirmed(row) || chosen.has(row)),
    over: rows.filter((row) => isUnconfirmed(row) && !chosen.has(row)),
  };
}

/** 22 * 0.12 / 0.88 is a little less than 3 in binary fractions. */
const ROUNDING = 1e-9;

function isUnconfirmed({ answerOrigin }: Example): boolean {
  return answerOrigin === 'model';
}

function byContent(a: Example, b: Example): number {
  const [one, other] = [`${a.contentDigest} ${a.id}`, `${b.contentDigest} ${b.id}`];
  return one < other ? -1 : one > other ? 1 : 0;
}
