import { COMMON, FOUND, MOST, REACHED, type Sought } from '../text/run-seeker.js';
import type { Seeds } from './seeds.js';
import type { Hit } from './windows.js';

/** The hits of the samples that are worth an alignment, ascending by their place in the text. */
export type WorthwhileHits = ReadonlyMap<number, readonly Hit[]>;

const NONE: WorthwhileHits = new Map();

/** Of what was found in a text, the samples that have as many hits as they require. */
export function createWorthwhile(seeds: Seeds): (found: Sought) => WorthwhileHits {
  const { required } = seeds;
  const leastRequired = required.reduce(
    (least, own) => (own > 0 ? Math.min(least, own) : least),
    Infinity,
  );
  return (found) => {
    const { totals, reached, counts } = found;
    if ((totals[MOST] ?? 0) < leastRequired) return NONE;
    const worth = new Map<number, Hit[]>();
    for (let index = 0; index < (totals[REACHED] ?? 0); index += 1) {
      const sample = reached[index] ?? 0;
      if ((counts[sample] ?? 0) >= (required[sample] ?? 0)) worth.set(sample, []);
    }
    if (worth.size > 0) gather(seeds, found, worth);
    return worth;
  };
}

/** Different runs of three words that a text and any one sample have in common, at most. */
export function mostShared({ totals }: Sought): number {
  return (totals[COMMON] ?? 0) + (totals[MOST] ?? 0);
}

function gather(
  { texts, places }: Seeds,
  { totals, runs, starts }: Sought,
  worth: ReadonlyMap<number, Hit[]>,
): void {
  for (let index = 0; index < (totals[FOUND] ?? 0); index += 1) {
    const text = starts[index] ?? 0;
    let entry = (runs[index] ?? 0) - 1;
    for (let isLast = false; !isLast; entry += 1) {
      const sample = texts[entry] ?? -1;
      isLast = sample < 0;
      worth.get(isLast ? ~sample : sample)?.push({ place: places[entry] ?? 0, text });
    }
  }
}
