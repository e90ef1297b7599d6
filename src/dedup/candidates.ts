import { type Chain, NONE } from './band-chains.js';

/**
 * How many texts one is compared with at most, so that any number of look-alikes takes linear time. A text that is near
 * only to few shares bands with few: those come first.
 */
export const CANDIDATE_LIMIT = 256;

/** How many are taken in the order of adding before it is known whether there are too many. */
const FIRST_ADDED = 32;

/**
 * The documents of chains, each once: all in the order of adding where there are at most `CANDIDATE_LIMIT`. Of more the
 * 32 first added come first, and then, up to the limit, those of the shortest chains: what is near to few shares bands
 * with few. Returns whether these were all.
 */
export function* candidatesOf(
  chains: () => readonly Chain[],
): Generator<number, boolean, undefined> {
  const ascending = merged(chains());
  const seen = new Set<number>();
  for (const document of ascending) {
    seen.add(document);
    yield document;
    if (seen.size === FIRST_ADDED) break;
  }
  if (seen.size < FIRST_ADDED) return true;
  const rest: number[] = [];
  for (const document of merged(chains())) {
    if (seen.has(document)) continue;
    rest.push(document);
    if (seen.size + rest.length > CANDIDATE_LIMIT) break;
  }
  if (seen.size + rest.length <= CANDIDATE_LIMIT) {
    yield* rest;
    return true;
  }
  yield* rarestFirst(chains(), seen);
  return false;
}

/** Every document once, ascending. */
function* merged(chains: readonly Chain[]): Generator<number, void, undefined> {
  for (;;) {
    let least = NONE;
    for (const chain of chains) {
      const document = chain.document();
      if (document !== NONE && (least === NONE || document < least)) least = document;
    }
    if (least === NONE) return;
    for (const chain of chains) if (chain.document() === least) chain.advance();
    yield least;
  }
}

function* rarestFirst(
  chains: readonly Chain[],
  seen: Set<number>,
): Generator<number, void, undefined> {
  const counted = chains.map((chain) => ({ chain, count: chain.count(CANDIDATE_LIMIT + 1) }));
  counted.sort((a, b) => a.count - b.count);
  for (const { chain, count } of counted) {
    for (let left = count; left > 0; left -= 1) {
      const document = chain.document();
      chain.advance();
      if (seen.has(document)) continue;
      if (seen.size === CANDIDATE_LIMIT) return;
      seen.add(document);
      yield document;
    }
  }
}
