import type { Run, Window } from './alignment.js';

const SHORTEST_RUN = 2;
/** Runs that are chained at most, the longest first. Chaining is quadratic. */
const MAXIMUM_RUNS = 1_500;
/** Pairs of equal words that are looked at in one window: natural text of 10,000 words stays below. */
const MAXIMUM_MATCHES = 2_000_000;

/** All maximal common runs of at least two words between a sample and a window, by their end. */
export function commonRuns(sample: Int32Array, text: Int32Array, window: Window): readonly Run[] {
  const places = placesOf(sample);
  const runs: Run[] = [];
  let budget = MAXIMUM_MATCHES;
  for (let index = window.from; index < window.to && budget > 0; index += 1) {
    for (const place of places.get(text[index] ?? 0) ?? []) {
      budget -= 1;
      if (budget <= 0) break;
      const follows = place > 0 && index > window.from && sample[place - 1] === text[index - 1];
      if (follows) continue;
      const length = runLength(sample, text, place, index, window.to);
      budget -= length;
      if (length >= SHORTEST_RUN) runs.push({ sample: place, text: index, length });
    }
  }
  return longest(runs).sort(
    (a, b) => a.sample + a.length - (b.sample + b.length) || a.text - b.text,
  );
}

function longest(runs: Run[]): Run[] {
  if (runs.length <= MAXIMUM_RUNS) return runs;
  return runs
    .sort((a, b) => b.length - a.length || a.text - b.text || a.sample - b.sample)
    .slice(0, MAXIMUM_RUNS);
}

function placesOf(sample: Int32Array): ReadonlyMap<number, readonly number[]> {
  const places = new Map<number, number[]>();
  for (let place = 0; place < sample.length; place += 1) {
    const id = sample[place] ?? 0;
    const own = places.get(id);
    if (own === undefined) places.set(id, [place]);
    else own.push(place);
  }
  return places;
}

function runLength(
  sample: Int32Array,
  text: Int32Array,
  place: number,
  index: number,
  to: number,
): number {
  let length = 1;
  while (
    place + length < sample.length &&
    index + length < to &&
    sample[place + length] === text[index + length]
  ) {
    length += 1;
  }
  return length;
}
